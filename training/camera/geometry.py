"""Where the card lies in the frame: pose in space, projection and slight lens distortion."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.camera.difficulty import Difficulty

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Pose:
    """Projected corners TL, TR, BR, BL of the card's own orientation, and how it was held."""

    corners: Points
    tilt_deg: float
    turn_deg: float
    fill: float


def draw_pose(
    rng: Generator, difficulty: Difficulty, card: tuple[int, int], frame: tuple[int, int]
) -> Pose:
    """Hold a card of (height, width) before a camera with frames of (height, width)."""
    height, width = frame
    tilt = float(rng.uniform(*difficulty.tilt))
    heading = rng.uniform(0, 2 * np.pi)
    if rng.random() < difficulty.upright:
        turn = float(rng.normal(0, 5))
    else:
        turn = float(rng.uniform(-180, 180))
        if rng.random() < 0.5:
            turn = round(turn / 90) * 90 + float(rng.normal(0, 5))
    fill = float(rng.uniform(*difficulty.fill))
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (card[1] / 2, card[0] / 2)
    flat = np.c_[half / card[1], np.zeros(4)]
    spin = _rotation(np.array([0, 0, 1.0]), np.deg2rad(turn))
    lean = _rotation(np.array([np.cos(heading), np.sin(heading), 0]), np.deg2rad(tilt))
    placed = flat @ (lean @ spin).T
    distance = float(rng.uniform(1.6, 3.5))
    projected = placed[:, :2] / (1 + placed[:, 2:] / distance)
    span = np.ptp(projected, axis=0)
    scale = fill * min(width / span[0], height / span[1])
    projected = projected * scale
    low, high = projected.min(axis=0), projected.max(axis=0)
    cut = rng.random() < difficulty.cut
    margin = -0.06 * (high - low) if cut else np.array([2.0, 2.0])
    room_low, room_high = margin - low, np.array([width, height]) - margin - high
    where = rng.beta(2.2, 2.2, 2)
    shift = room_low + (room_high - room_low) * where
    return Pose(projected + shift, tilt, turn, fill)


def _rotation(axis: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    matrix, _ = cv2.Rodrigues(axis * angle)
    return np.asarray(matrix, np.float64)


def lay(
    card: NDArray[np.uint8], mask: NDArray[np.uint8], corners: Points, frame: tuple[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float64]]:
    """Project a card and its mask into an empty frame; return both and the homography.

    The card is first reduced to about its size in the frame, so that fine print is averaged as a
    sensor does and not sampled.
    """
    height, width = card.shape[:2]
    homography = homography_of(corners, (height, width))
    long_side = max(
        float(np.linalg.norm(corners[1] - corners[0])),
        float(np.linalg.norm(corners[2] - corners[3])),
    )
    factor = min(1.0, long_side * 1.25 / width)
    if factor < 0.92:
        size = (max(8, round(width * factor)), max(8, round(height * factor)))
        card = cv2.resize(card, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        mask = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    local = homography_of(corners, card.shape[:2])
    target = (frame[1], frame[0])
    flat = cv2.warpPerspective(
        card, local, target, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    cover = cv2.warpPerspective(mask, local, target, flags=cv2.INTER_LINEAR)
    return flat, cover, homography  # type: ignore[return-value]


def homography_of(corners: Points, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return the homography from pixels of a card of (height, width) to the frame.

    The card's outline runs through the outer edges of its border pixels.
    """
    height, width = size
    outline = np.array(
        [[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]],
        np.float32,
    )
    return np.asarray(cv2.getPerspectiveTransform(outline, corners.astype(np.float32)))


def distort(
    image: NDArray[np.uint8], corners: Points, k: float
) -> tuple[NDArray[np.uint8], Points]:
    """Bend a finished frame by a radial term `k` (share of the half diagonal) and its corners."""
    height, width = image.shape[:2]
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    radius = float(np.hypot(*centre))
    # Nodes every 16 pixels, one beyond each border, so that enlarging them interpolates exactly.
    ys, xs = np.mgrid[-1 : height // 16 + 2, -1 : width // 16 + 2].astype(np.float32) * 16 + 7.5
    u, v = (xs - centre[0]) / radius, (ys - centre[1]) / radius
    stretch = 1 + k * (u * u + v * v)
    map_x, map_y = (
        cv2.resize(grid.astype(np.float32), None, fx=16, fy=16)[16 : 16 + height, 16 : 16 + width]
        for grid in (u * stretch * radius + centre[0], v * stretch * radius + centre[1])
    )
    bent = cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    moved = (corners - centre) / radius
    target = moved.copy()
    for _ in range(8):  # the map runs from the bent frame to the straight one: invert it
        target = moved / (1 + k * (target**2).sum(axis=1, keepdims=True))
    return bent, target * radius + centre  # type: ignore[return-value]
