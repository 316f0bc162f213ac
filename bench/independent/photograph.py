"""One photograph of a card on a table or in a hand, in linear light from scene to file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.independent import fingers as hands
from bench.independent import light, sensor
from bench.independent.pose import CARD_MM, Pose, draw_pose
from bench.independent.press import Box, Image
from bench.independent.tables import Table
from bench.independent.tiers import TIERS, Tier

Map = NDArray[np.float32]

# Width and height; the first is a station's preview-sized still.
SIZES = ((1280, 960), (1280, 960), (1280, 720), (1600, 1200), (1920, 1080), (1440, 1080))
_RADIUS_MM = 3.18
# Above this level the ink itself is burnt out: nobody can read through it.
_BURNT = 0.72


@dataclass(frozen=True)
class Photograph:
    """A frame as JPEG and what is known of it."""

    jpeg: bytes
    pose: Pose
    covered: Map
    """Share of every pixel that a finger or burnt-out glare takes from the card."""
    conditions: dict[str, Any]

    def hides(self, box: Box, unit_mm: float) -> bool:
        """Say whether a reader cannot see a box of the card whole."""
        x0, y0, x1, y1 = (value * unit_mm for value in box)
        columns = max(8, int((x1 - x0) * 1.5))
        x, y = np.meshgrid(np.linspace(x0, x1, columns), np.linspace(y0, y1, 6))
        places = self.pose.project(np.stack([x.ravel(), y.ravel()], axis=1))
        height, width = self.covered.shape
        inside = (places >= 0).all(axis=1) & (places < np.array([width, height])).all(axis=1)
        if not inside.all():
            return True
        column, row = places.astype(int).T
        return bool((self.covered[row, column] > 0.4).mean() > 0.02)


def photograph(
    card: Image,
    table: Table,
    rng: Generator,
    *,
    difficulty: str,
    size: tuple[int, int] | None = None,
) -> Photograph:
    """Photograph a card of ID-1 size; `table` is what is behind it."""
    tier = TIERS[difficulty]
    width, height = SIZES[int(rng.integers(len(SIZES)))] if size is None else size
    pose = draw_pose(rng, tier, (width, height))
    held = bool(rng.random() < tier.held)
    x_mm, y_mm, nearness = _plane(pose)
    inside = _outline(x_mm, y_mm)
    shadowed = bool(rng.random() < tier.shadow)
    # Light changes slowly: a third of the pixels each way tell it.
    coarse_x, coarse_y = x_mm[::3, ::3], y_mm[::3, ::3]
    lit = _enlarged(light.irradiance(rng, tier, coarse_x, coarse_y, shadowed=shadowed), x_mm)
    scene = _table(table, rng, x_mm, y_mm, held=held) * lit
    shown = _painted(card, pose, x_mm, y_mm) * lit
    gloss = _enlarged(light.mirrored(rng, tier, pose, coarse_x, coarse_y), x_mm)
    covered = np.zeros_like(x_mm)
    fingers = (
        hands.draw_fingers(rng, held=held) if held or rng.random() < tier.fingers * 0.6 else []
    )
    skin = hands.skin_tone(rng)
    for finger in (f for f in fingers if not f.above):
        colour, cover = hands.paint(rng, finger, skin, x_mm, y_mm)
        scene = scene * (1 - cover[..., None]) + colour * lit * cover[..., None]
    scene = scene * (1 - inside[..., None]) + (shown + gloss) * inside[..., None]
    for finger in (f for f in fingers if f.above):
        colour, cover = hands.paint(rng, finger, skin, x_mm, y_mm)
        dark = light.smooth(cover, 0.012 * width)
        scene = scene * (1 - 0.45 * dark[..., None])
        scene = scene * (1 - cover[..., None]) + colour * lit * cover[..., None]
        covered = np.maximum(covered, cover)
    gain = _gain(scene, inside, rng, tier)
    burnt = (gloss.min(axis=2) + 0.05) * gain > _BURNT
    covered = np.maximum(covered, (burnt & (inside > 0.5)).astype(np.float32))
    blur = float(rng.uniform(*tier.defocus_px)) * width / 1280
    scene = _defocused(scene, nearness, inside, rng, blur, tier.depth_blur, held=held)
    motion = float(rng.uniform(*tier.motion_px)) * width / 1280
    scene = sensor.shaken(scene, rng, motion)
    image = sensor.develop(sensor.through_lens(scene * gain, rng), rng, tier)
    conditions = {
        "difficulty": difficulty,
        "presentation": "original",
        "held": held,
        "shadow": shadowed,
        "defocus_px": round(blur, 2),
        "motion_px": round(motion, 2),
        "fingers": sum(f.above for f in fingers),
        "tilt_deg": round(float(np.degrees(np.arccos(abs(pose.rotation[2, 2])))), 1),
        "px_per_mm": round(float(pose.focal / pose.position[2]), 2),
        "burnt_share": round(float((burnt * inside).sum() / max(1.0, float(inside.sum()))), 4),
    }
    return Photograph(sensor.packed(image, rng, tier.jpeg), pose, covered, conditions)


def empty_table(table: Table, rng: Generator, *, difficulty: str) -> Photograph:
    """Photograph what is behind a card, without the card."""
    tier = TIERS[difficulty]
    size = SIZES[int(rng.integers(len(SIZES)))]
    pose = draw_pose(rng, tier, size)
    x_mm, y_mm, _ = _plane(pose)
    lit = light.irradiance(rng, tier, x_mm, y_mm, shadowed=bool(rng.random() < tier.shadow))
    scene = _table(table, rng, x_mm, y_mm, held=False, bare=True) * lit
    scene = light.smooth(scene, float(rng.uniform(*tier.defocus_px)) + 0.4)
    scene = scene * (0.4 / max(0.02, float(scene.mean())))
    image = sensor.develop(sensor.through_lens(scene, rng), rng, tier)
    jpeg = sensor.packed(image, rng, tier.jpeg)
    return Photograph(jpeg, pose, np.zeros_like(x_mm), {"difficulty": difficulty})


def _plane(pose: Pose) -> tuple[Map, Map, Map]:
    """Return for every pixel the point of the card's plane it sees, and how near that is."""
    x, y = pose.straight()
    inverse = np.linalg.inv(pose.plane())
    third = inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2]
    third = np.where(third > 1e-7, third, 1e-7)
    x_mm = (inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]) / third
    y_mm = (inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]) / third
    return x_mm.astype(np.float32), y_mm.astype(np.float32), third.astype(np.float32)


def _enlarged(coarse: Map, like: Map) -> Map:
    height, width = like.shape
    rows, columns = coarse.shape[:2]
    large = cv2.resize(coarse, (columns * 3, rows * 3), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[:height, :width], np.float32)


def _outline(x_mm: Map, y_mm: Map) -> Map:
    """Return the share of each pixel that the card with its round corners takes."""
    w, h = CARD_MM
    dx = np.abs(x_mm - w / 2) - (w / 2 - _RADIUS_MM)
    dy = np.abs(y_mm - h / 2) - (h / 2 - _RADIUS_MM)
    distance = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0)) + np.minimum(np.maximum(dx, dy), 0)
    return np.asarray(np.clip(0.5 - (distance - _RADIUS_MM) / 0.1, 0, 1), np.float32)


def _painted(card: Image, pose: Pose, x_mm: Map, y_mm: Map) -> Map:
    """Return the card's colours over the frame, from a copy as fine as the frame needs."""
    scale = pose.focal / pose.position[2]
    wide = min(card.shape[1], int(CARD_MM[0] * scale * 1.35))
    high = round(wide * card.shape[0] / card.shape[1])
    linear = sensor.to_linear(card)
    small = cv2.resize(linear, (wide, high), interpolation=cv2.INTER_AREA)
    across, down = wide / CARD_MM[0], high / CARD_MM[1]
    return np.asarray(
        cv2.remap(
            small, x_mm * across - 0.5, y_mm * down - 0.5, cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        ).clip(0, 1),
        np.float32,
    )  # fmt: skip


def _table(
    table: Table,
    rng: Generator,
    x_mm: Map,
    y_mm: Map,
    *,
    held: bool,
    bare: bool = False,
) -> Map:
    """Return what is behind the card: the plane it lies on, or a room far behind a hand."""
    linear = sensor.to_linear(table.image)
    high, wide = linear.shape[:2]
    if held:
        # Far away, so that it neither turns nor tilts with the card.
        height, width = x_mm.shape
        zoom = float(rng.uniform(0.55, 1.0)) * wide / width
        turn = np.radians(rng.uniform(-15, 15))
        matrix = zoom * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        matrix = np.column_stack([matrix, rng.uniform(0, 200, 2)])
        far = cv2.warpAffine(
            linear, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT,
        )  # fmt: skip
        return np.asarray(far, np.float32) * float(rng.uniform(0.3, 1.1))
    density = wide / table.width_mm
    turn = np.radians(rng.uniform(0, 360))
    dx, dy = x_mm - CARD_MM[0] / 2, y_mm - CARD_MM[1] / 2
    u = (np.cos(turn) * dx - np.sin(turn) * dy) * density + wide * rng.uniform(0.35, 0.65)
    v = (np.sin(turn) * dx + np.cos(turn) * dy) * density + high * rng.uniform(0.35, 0.65)
    seen = cv2.remap(
        linear, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    if bare:
        return np.asarray(seen, np.float32)
    return np.asarray(seen * light.drop_shadow(rng, x_mm, y_mm, far=False)[..., None], np.float32)


def _gain(scene: Map, inside: Map, rng: Generator, tier: Tier) -> float:
    """Return the exposure of a camera that looks at the whole frame, and mostly at the card."""
    weight = 0.25 + inside
    mean = float((scene[::4, ::4].mean(axis=2) * weight[::4, ::4]).sum() / weight[::4, ::4].sum())
    gain = float(rng.uniform(*tier.exposure)) * 0.5 / max(mean, 0.02)
    paper = float(np.percentile(scene[::4, ::4][inside[::4, ::4] > 0.5].mean(axis=1), 70))
    return min(gain, tier.brightest / max(paper, 0.02))


def _defocused(
    scene: Map, nearness: Map, inside: Map, rng: Generator, blur: float, depth: float, *, held: bool
) -> Map:
    """Blur by the distance from the plane in focus; a far background has its own blur."""
    width = inside.shape[1]
    relative = nearness / np.median(nearness[inside > 0.5])
    # The focus is somewhere on the card or a little off it.
    focus = 1 + float(rng.normal(0, 0.04))
    extra = depth * 22 * width / 1280 * np.abs(relative - focus)
    amount = np.sqrt((0.45 * width / 1280) ** 2 + blur**2 * (1 - 0.4 * depth) + extra**2)
    if held:
        amount = np.where(inside > 0.5, amount, max(blur, float(rng.uniform(2, 9)) * width / 1280))
    amount = light.smooth(amount.astype(np.float32), 1.0)
    low, high = float(amount.min()), float(amount.max())
    levels = np.geomspace(low, max(high, low * 1.05), 4 if high > 2 * low else 3)
    out = sharp = light.smooth(scene, float(levels[0]))
    for at, (least, most) in enumerate(pairwise(levels)):
        soft = light.smooth(scene, float(most))
        share = np.clip((amount - least) / (most - least), 0, 1)[..., None].astype(np.float32)
        out = sharp + (soft - sharp) * share if at == 0 else out + (soft - sharp) * share
        sharp = soft
    return np.asarray(out, np.float32)
