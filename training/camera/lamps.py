"""Two exposures of one thing, each under one of a station's two lamps."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.backgrounds import background
from training.camera import sensor
from training.camera.difficulty import LEVELS
from training.camera.geometry import Points, draw_pose
from training.camera.presentation import Presentation, Shown, lay_shown, present

Image = NDArray[np.uint8]
Map = NDArray[np.float32]

# How sharply a surface mirrors a lamp (size of the spot, as a share of the frame's width), and how
# brightly, as a share of the lamp's light on white paper.
_MIRRORS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "plastic": ((0.03, 0.08), (0.25, 1.0)),
    "paper": ((0.25, 0.45), (0.0, 0.015)),
    "glass": ((0.012, 0.03), (0.4, 1.5)),
}


@dataclass(frozen=True)
class LampShots:
    """The left lamp's frame, then the right one's; the card has the same corners in both."""

    left: Image
    right: Image
    corners: Points


def lamp_pair(
    card: Image,
    mask: Image,
    rng: Generator,
    *,
    presentation: Presentation = "original",
    size: tuple[int, int] = (720, 960),
    room: float = 0.25,
) -> LampShots:
    """Photograph a card twice; `room` is the room's light over that of a lamp under it."""
    shown = present(card, mask, presentation, rng)
    height, width = size
    pose = draw_pose(rng, LEVELS["easy"], shown.card, size)
    laid = lay_shown(shown, pose.corners, size, 0.4)
    frame = background(rng, height, width)
    cover = (laid.cover.astype(np.float32) / 255)[..., None]
    albedo = (frame + cover * (laid.flat.astype(np.float32) - frame)) / 255
    kind = _surface(shown, presentation)
    spread, strength = (float(rng.uniform(*span)) for span in _MIRRORS[kind])
    centre = pose.corners.mean(axis=0) + rng.normal(0, 0.04 * width, 2)
    shots = []
    for side in (-1, 1):
        lamp = _fall(size, side)
        lit = (room + lamp)[..., None] * albedo**2.2
        if laid.glow is not None:
            glow = laid.glow[..., None]
            lit = lit * (1 - glow) + glow * (0.8 * albedo**2.2 + 0.01 * (room + lamp)[..., None])
        spot = _spot(size, centre + np.array([side * 0.16 * width, 0.0]), spread * width)
        mirrored = np.ones(size, np.float32) if laid.gloss is None else laid.gloss
        lit += (spot * strength * cover[..., 0] * mirrored)[..., None]
        exposed = np.clip(lit * 0.6, 0, 1) ** (1 / 2.2) * 255
        image = sensor.noise(exposed.astype(np.uint8), rng, float(rng.uniform(1, 4)))
        shots.append(sensor.jpeg(image, 90))
    return LampShots(shots[0], shots[1], pose.corners)


def _surface(shown: Shown, presentation: Presentation) -> str:
    if shown.glow is not None:
        return "glass"
    return "plastic" if presentation in ("original", "template", "laminated") else "paper"


def _fall(size: tuple[int, int], side: int) -> Map:
    """Return the light of a lamp beside the frame, 1 in the middle."""
    height, width = size
    xs = np.arange(width, dtype=np.float32)[None] / width - 0.5
    ys = (np.arange(height, dtype=np.float32)[:, None] - height / 2) / width
    away = (xs - 1.5 * side) ** 2 + ys**2 + 1.5**2
    middle = 1.5**2 + 1.5**2
    return np.asarray((middle / away) ** 1.5, np.float32)


def _spot(size: tuple[int, int], at: NDArray[np.float64], radius: float) -> Map:
    height, width = size
    xs = np.arange(width, dtype=np.float32)[None] - np.float32(at[0])
    ys = np.arange(height, dtype=np.float32)[:, None] - np.float32(at[1])
    spot = np.exp(-(xs**2 + ys**2) / np.float32(2 * radius**2))
    return np.asarray(cv2.GaussianBlur(spot, (0, 0), 1.5), np.float32)
