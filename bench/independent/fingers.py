"""Fingers that hold the card or lie on it, shaded as soft cylinders with a nail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.independent.pose import CARD_MM

# Linear light.
_SKINS = ((0.62, 0.36, 0.24), (0.5, 0.27, 0.17), (0.38, 0.19, 0.11), (0.24, 0.11, 0.06))


@dataclass(frozen=True)
class Finger:
    """A finger in millimetres of the card's plane: it comes from `base` and ends at `tip`."""

    tip: tuple[float, float]
    base: tuple[float, float]
    radius: float
    reach: float
    """From the tip to where the hand begins."""
    above: bool
    """Whether it lies on the card; else it is behind it."""


def draw_fingers(rng: Generator, *, held: bool) -> list[Finger]:
    """Draw a thumb over one edge and fingers behind, or one finger that presses the card down."""
    found = []
    edge = int(rng.integers(4))
    if held:
        found.append(_at_edge(rng, edge, float(rng.uniform(2, 9)), above=True))
        other = (edge + 2) % 4 if rng.random() < 0.5 else edge
        for _ in range(int(rng.integers(1, 4))):
            found.append(_at_edge(rng, other, float(rng.uniform(-3, 8)), above=False))
        if rng.random() < 0.4:
            found.append(_at_edge(rng, other, float(rng.uniform(1, 7)), above=True))
    else:
        for _ in range(int(rng.integers(1, 3))):
            found.append(_at_edge(rng, edge, float(rng.uniform(1, 10)), above=True))
    return found


def _at_edge(rng: Generator, edge: int, inward: float, *, above: bool) -> Finger:
    w, h = CARD_MM
    along = float(rng.uniform(0.1, 0.9))
    lean = float(rng.normal(0, 25))
    places = ((along * w, 0.0), (w, along * h), (along * w, h), (0.0, along * h))
    ways = ((0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0))
    (x, y), (out_x, out_y) = places[edge], ways[edge]
    radius = float(rng.uniform(6.5, 9.5))
    # The end of the capsule is a radius beyond its axis.
    tip = (x - out_x * (inward - radius), y - out_y * (inward - radius))
    base = (tip[0] + out_x * 90 + abs(out_y) * lean, tip[1] + out_y * 90 + abs(out_x) * lean)
    return Finger(tip, base, radius, float(rng.uniform(42, 60)), above)


def paint(
    rng: Generator,
    finger: Finger,
    skin: NDArray[np.float64],
    x_mm: NDArray[np.float32],
    y_mm: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return colour and coverage of a finger over the frame, in linear light."""
    colour = np.zeros((*x_mm.shape, 3), np.float32)
    cover = np.zeros_like(x_mm)
    tip, base = np.array(finger.tip, np.float32), np.array(finger.base, np.float32)
    axis = (base - tip) / np.linalg.norm(base - tip)
    dx, dy = x_mm - tip[0], y_mm - tip[1]
    along = dx * axis[0] + dy * axis[1]
    across = dy * axis[0] - dx * axis[1]
    near = (np.abs(across) < 7 * finger.radius) & (along > -1.2 * finger.radius)
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if len(rows) == 0:
        return colour, cover
    window = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    colour[window], cover[window] = _shaded(rng, finger, skin, along[window], across[window])
    return colour, cover


def _shaded(
    rng: Generator,
    finger: Finger,
    skin: NDArray[np.float64],
    along: NDArray[np.float32],
    across: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return colour and coverage of a finger by the place along and across it."""
    # Fingers swell at the joint, taper to the tip and end in a hand.
    radius = finger.radius * (0.92 + 0.1 * np.cos(np.minimum(along - 24, 25) / 11))
    radius = radius * (1 + np.clip((along - finger.reach) / 16, 0, 2.6) ** 1.5)
    beyond = np.where(along < 0, np.hypot(along, across), np.abs(across))
    cover = _soft_step(radius - beyond, 0.12)
    shade = 0.35 + 0.65 * np.sqrt(1 - 0.92 * np.clip(beyond / radius, 0, 1) ** 2)
    shade *= 1 + 0.18 * np.clip(across / finger.radius, -1, 1) * float(rng.choice([-1, 1]))
    shade *= 1 - 0.16 * _ridge(along - 23, 0.9) - 0.1 * _ridge(along - 26, 0.8)
    colour = shade[..., None] * skin
    if finger.above:
        nail = np.hypot((along - 3.2) / 5.6, across / (finger.radius * 0.66))
        on_nail = _soft_step(1 - nail, 0.05)[..., None]
        tone = np.clip(skin * 1.12 + np.array([0.06, 0.03, 0.03]), 0, 1)
        gloss = 0.25 * _ridge(across + 1.5, 1.3)[..., None]
        colour = colour * (1 - on_nail) + on_nail * (shade[..., None] * tone + gloss)
    return np.asarray(colour, np.float32), np.asarray(cover, np.float32)


def _soft_step(values: NDArray[Any], soft: float) -> NDArray[np.float32]:
    return np.asarray(1 / (1 + np.exp(-np.clip(values / soft, -60, 60))), np.float32)


def _ridge(values: NDArray[Any], width: float) -> NDArray[np.float32]:
    return np.asarray(np.exp(-((values / width) ** 2)), np.float32)


def skin_tone(rng: Generator) -> NDArray[np.float64]:
    """Draw the colour of a hand, in linear light."""
    tone = np.array(_SKINS[int(rng.integers(len(_SKINS)))])
    return np.asarray(tone * rng.uniform(0.85, 1.2, 3))
