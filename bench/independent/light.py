"""The light of a place: lamps near and far, what mirrors in the laminate, and shadows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.independent.pose import CARD_MM, Pose
from bench.independent.tiers import Tier

Map = NDArray[np.float32]


def irradiance(
    rng: Generator, tier: Tier, x_mm: Map, y_mm: Map, *, shadowed: bool
) -> NDArray[np.float32]:
    """Return the light on every point of the card's plane, as R, G, B; about 1 in the middle."""
    share = float(rng.uniform(*tier.uneven))
    middle = np.array(CARD_MM) / 2
    angle, far, high = rng.uniform(0, 2 * np.pi), rng.uniform(20, 320), rng.uniform(90, 500)
    lamp = middle + far * np.array([np.cos(angle), np.sin(angle)])
    squared = (x_mm - lamp[0]) ** 2 + (y_mm - lamp[1]) ** 2 + high**2
    near = high / squared**1.5
    near = near * ((far**2 + high**2) ** 1.5 / high)
    near = np.clip(near, 0, 3).astype(np.float32)
    lit = np.ones_like(near)
    if shadowed:
        lit = _shadow(rng, x_mm, y_mm, float(rng.uniform(*tier.shadow_depth)))
        share = max(share, 0.35)
    warm = rng.normal(0, 0.06)
    tint = np.array([1 + warm, 1.0, 1 - warm], np.float32)
    total = (1 - share) * np.float32(1) + share * near
    return np.asarray((total * lit)[..., None] * (1 + (tint - 1) * share), np.float32)


def _shadow(rng: Generator, x_mm: Map, y_mm: Map, depth: float) -> Map:
    """Return what is left of the light beside a straight or bent edge, or under a hand."""
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * x_mm + np.sin(angle) * y_mm
    across = -np.sin(angle) * x_mm + np.cos(angle) * y_mm
    soft = float(rng.uniform(1.0, 14))
    middle = np.array(CARD_MM) / 2
    place = np.cos(angle) * middle[0] + np.sin(angle) * middle[1] + rng.uniform(-30, 30)
    edge = place + rng.uniform(0, 9) * np.sin(across / rng.uniform(8, 40) + rng.uniform(0, 6))
    dark = 1 / (1 + np.exp(-(along - edge) / soft))
    if rng.random() < 0.4:
        wide = rng.uniform(12, 45)
        dark = dark * (1 / (1 + np.exp((along - edge - wide) / soft)))
    return np.asarray(1 - depth * dark, np.float32)


def mirrored(rng: Generator, tier: Tier, pose: Pose, x_mm: Map, y_mm: Map) -> NDArray[np.float32]:
    """Return what the wavy laminate mirrors of the room, as R, G, B to be added to the card.

    The direction in which each point looks after its reflection is followed to lamps and windows;
    Fresnel's share grows with the angle.
    """
    slope_x, slope_y = _waves(rng, tier.waviness, x_mm, y_mm)
    basis = pose.rotation
    offset = pose.position - basis[:, :2] @ (np.array(CARD_MM) / 2)
    point = [basis[i, 0] * x_mm + basis[i, 1] * y_mm + offset[i] for i in range(3)]
    length = np.sqrt(point[0] ** 2 + point[1] ** 2 + point[2] ** 2)
    view = [-p / length for p in point]
    toward = -basis[:, 2] if basis[2, 2] > 0 else basis[:, 2]
    normal = [toward[i] + slope_x * basis[i, 0] + slope_y * basis[i, 1] for i in range(3)]
    size = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2)
    normal = [n / size for n in normal]
    cosine = np.clip(sum(n * v for n, v in zip(normal, view, strict=True)), 0.02, 1)
    seen = [2 * cosine * n - v for n, v in zip(normal, view, strict=True)]
    fresnel = 0.045 + 0.955 * (1 - cosine) ** 5
    # A dim room, brighter above than below.
    total = np.repeat((0.15 + 0.25 * (0.5 - 0.5 * seen[1]))[..., None], 3, axis=2)
    for _ in range(int(rng.integers(1, 4)) if rng.random() < tier.glare else 0):
        row = int(rng.integers(x_mm.shape[0]))
        column = int(rng.integers(x_mm.shape[1]))
        if not (0 < x_mm[row, column] < CARD_MM[0] and 0 < y_mm[row, column] < CARD_MM[1]):
            continue
        aim = np.array([s[row, column] for s in seen])
        total += _source(rng, tier, seen, aim)
    return np.asarray(fresnel[..., None] * total, np.float32)


def _source(rng: Generator, tier: Tier, seen: list[Map], aim: NDArray[np.float64]) -> Map:
    """Return the light of one lamp or window around the direction `aim`."""
    aside = np.cross(aim, [0.3, 0.9, 0.1])
    aside /= np.linalg.norm(aside)
    upward = np.cross(aside, aim)
    turn = rng.uniform(0, np.pi)
    first = np.cos(turn) * aside + np.sin(turn) * upward
    second = -np.sin(turn) * aside + np.cos(turn) * upward
    u = sum(s * a for s, a in zip(seen, first, strict=True))
    v = sum(s * a for s, a in zip(seen, second, strict=True))
    light = float(rng.uniform(*tier.glare_light)) * 4
    kind = rng.random()
    if kind < 0.4:
        radius = float(rng.uniform(0.01, 0.045))
        soft = radius * float(rng.uniform(0.15, 0.8))
        form = 1 / (1 + np.exp((np.sqrt(u**2 + v**2) - radius) / soft))
    elif kind < 0.65:
        form = _between(u, float(rng.uniform(0.1, 0.3)), 0.02) * _between(v, 0.012, 0.006)
    else:
        wide, high = rng.uniform(0.04, 0.16, 2)
        soft = float(rng.uniform(0.004, 0.02))
        form = _between(u, float(wide), soft) * _between(v, float(high), soft)
        form = form * (1 - 0.8 * _between(u, 0.006, 0.003))
        light *= 0.35
    colour = np.array([1 + rng.normal(0, 0.08), 1, 1 + rng.normal(0, 0.08)])
    return np.asarray(light * form[..., None] * colour, np.float32)


def _between(values: Map, half: float, soft: float) -> Map:
    return np.asarray(
        1 / (1 + np.exp(np.clip((np.abs(values) - half) / soft, -60, 60))), np.float32
    )


def _waves(rng: Generator, waviness: float, x_mm: Map, y_mm: Map) -> tuple[Map, Map]:
    """Return the slopes of a slightly wavy sheet: a bow and some ripples."""
    slope_x = rng.normal(0, waviness) * (x_mm - CARD_MM[0] / 2) / 40
    slope_y = rng.normal(0, waviness) * (y_mm - CARD_MM[1] / 2) / 40
    for _ in range(4):
        angle, period = rng.uniform(0, 2 * np.pi), rng.uniform(7, 50)
        phase = (np.cos(angle) * x_mm + np.sin(angle) * y_mm) / period * 2 * np.pi
        ripple = waviness * rng.normal(0, 0.5) * np.cos(phase + rng.uniform(0, 6.3))
        slope_x = slope_x + ripple * np.cos(angle)
        slope_y = slope_y + ripple * np.sin(angle)
    return np.asarray(slope_x, np.float32), np.asarray(slope_y, np.float32)


def drop_shadow(rng: Generator, x_mm: Map, y_mm: Map, *, far: bool) -> Map:
    """Return the light left on the table around a card that lies on it, or is held above it."""
    reach = float(rng.uniform(6, 30)) if far else float(rng.uniform(0.3, 2.2))
    angle = rng.uniform(0, 2 * np.pi)
    dx, dy = reach * np.cos(angle), reach * np.sin(angle)
    soft = reach * 0.5 + 0.4
    inside = _between(x_mm - CARD_MM[0] / 2 - dx, CARD_MM[0] / 2, soft) * _between(
        y_mm - CARD_MM[1] / 2 - dy, CARD_MM[1] / 2, soft
    )
    return np.asarray(1 - float(rng.uniform(0.25, 0.6)) * inside, np.float32)


def smooth(image: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Blur with a Gaussian; nothing below a twentieth of a pixel."""
    if sigma < 0.05:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
