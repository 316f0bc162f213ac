"""Fingers and thumbs that hold a card by its edges and corners."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.render.portrait import SKINS

Image = NDArray[np.uint8]


def hold(
    image: Image, corners: NDArray[np.float64], rng: Generator, reach: tuple[float, float]
) -> Image:
    """Draw one to three fingertips over the border of the card, in place.

    `reach` spans how far they cover it, as a share of the card's width. Returns what they cover.
    """
    covered = np.zeros(image.shape[:2], np.uint8)
    skin = np.array(SKINS[int(rng.integers(len(SKINS)))]) + rng.normal(0, 8, 3)
    centre = corners.mean(axis=0)
    side = int(rng.integers(4))
    a, b = corners[side], corners[(side + 1) % 4]
    length = float(np.linalg.norm(corners[1] - corners[0]))
    width = length * rng.uniform(0.13, 0.21)
    count = int(rng.choice([1, 1, 2, 3]))
    places = rng.uniform(0.0, 1.0) if count == 1 else np.linspace(0.25, 0.25 + 0.2 * count, count)
    for place in np.atleast_1d(places):
        edge = a + (b - a) * place
        inward = (centre - edge) / max(1.0, float(np.linalg.norm(centre - edge)))
        inward = inward + rng.normal(0, 0.12, 2)
        tip = edge + inward * length * rng.uniform(*reach)
        _finger(image, covered, tip, -inward, width * rng.uniform(0.85, 1.1), skin, rng)
    return covered


def _finger(
    image: Image,
    covered: Image,
    tip: NDArray[np.float64],
    direction: NDArray[np.float64],
    width: float,
    skin: NDArray[np.float64],
    rng: Generator,
) -> None:
    height, frame_width = image.shape[:2]
    direction = direction / np.linalg.norm(direction)
    normal = np.array([-direction[1], direction[0]])
    # The finger goes on until it leaves the frame.
    border = np.where(direction > 0, (frame_width, height), (0, 0))
    exits = (border - tip) / np.where(np.abs(direction) < 1e-6, 1e-6, direction)
    reach = max(width * 1.5, float(exits.min()) + width)
    along = np.array([0, 0.12, 0.35, 0.7, 1.0])
    half = np.array([0.0, 0.28, 0.42, 0.5, 0.55]) * width
    spine = tip + np.outer(along * reach, direction)
    spine[1:3] = tip + np.outer(np.array([0.1, 0.35]) * width, direction)
    outline = np.concatenate(
        [spine + normal * half[:, None], (spine - normal * half[:, None])[::-1]]
    )
    x0, y0 = np.maximum(np.floor(outline.min(axis=0) - width * 0.4), 0).astype(int)
    x1, y1 = np.ceil(outline.max(axis=0) + width * 0.4).astype(int)
    x1, y1 = min(int(x1), frame_width), min(int(y1), height)
    if x0 >= x1 or y0 >= y1:
        return
    shape = np.zeros((y1 - y0, x1 - x0), np.uint8)
    shift = np.array([x0, y0])
    cv2.fillPoly(shape, [((outline - shift) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    shape = cv2.GaussianBlur(shape, (0, 0), width * 0.06)  # type: ignore[assignment]
    cover = np.asarray(np.clip((shape.astype(np.float32) - 100) / 60, 0, 1))
    ys, xs = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    across = np.abs((xs - tip[0]) * normal[0] + (ys - tip[1]) * normal[1]) / (width * 0.5)
    tone = skin * (1.08 - 0.42 * np.clip(across, 0, 1.2)[..., None] ** 2)
    rough = rng.standard_normal((int(y1 - y0), int(x1 - x0)), dtype=np.float32)
    grain = cv2.GaussianBlur(rough, (0, 0), 1.5)
    tone = tone + 10 * grain[..., None]
    below = covered[y0:y1, x0:x1]
    np.maximum(below, (cover * 255).astype(np.uint8), out=below)
    window = image[y0:y1, x0:x1]
    fall = cv2.GaussianBlur(cover, (0, 0), width * 0.14)[..., None]
    window[:] = (window * (1 - 0.4 * fall)).astype(np.uint8)
    window[:] = np.clip(window + cover[..., None] * (tone - window), 0, 255).astype(np.uint8)
    if rng.random() < 0.7:
        nail = tip + direction * width * 0.32 - shift
        angle = float(np.degrees(np.arctan2(direction[1], direction[0])))
        layer = np.ascontiguousarray(window)
        colour = tuple(np.clip(skin * 1.06 + [8, -4, 0], 0, 255).tolist())
        cv2.ellipse(
            layer,
            (int(nail[0]), int(nail[1])),
            (int(width * 0.24), int(width * 0.27)),
            angle,
            0,
            360,
            colour,
            -1,
            cv2.LINE_AA,
        )
        window[:] = cv2.addWeighted(layer, 0.55, window, 0.45, 0)
