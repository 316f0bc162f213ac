"""The card alone, flat and upright, straight from the full-resolution frame."""

from __future__ import annotations

import cv2
import numpy as np

from device.inference.base import CARD_HEIGHT_PX, CARD_WIDTH_PX, Image, Quad


def rectify(
    image: Image,
    quad: Quad,
    *,
    width: int = CARD_WIDTH_PX,
    height: int = CARD_HEIGHT_PX,
    margin: float = 0.0,
    smooth: bool = False,
) -> Image:
    """Return the card of `quad` as width×height pixels; `margin` adds a rim of that share of the
    size on each side. What lies outside the frame repeats the frame's edge. `smooth` interpolates
    over four pixels each way, which takes three times as long and keeps the finest print.

    A card larger in the frame than here is reduced first, or fine print would turn into noise.
    """
    points = quad.array()
    inset_x, inset_y = margin * width / (1 + 2 * margin), margin * height / (1 + 2 * margin)
    target = np.array(
        [
            [inset_x, inset_y],
            [width - inset_x, inset_y],
            [width - inset_x, height - inset_y],
            [inset_x, height - inset_y],
        ]
    )
    reduction = quad.width_px / max(width - 2 * inset_x, 1.0)
    if reduction > 1.6:
        image, points = _reduced(image, points, 1.25 / reduction)
    homography = cv2.getPerspectiveTransform(
        points.astype(np.float32), (target - 0.5).astype(np.float32)
    )
    return np.asarray(
        cv2.warpPerspective(
            image,
            homography,
            (width, height),
            flags=cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def _reduced(image: Image, points: np.ndarray, scale: float) -> tuple[Image, np.ndarray]:
    """Reduce the part of the image around the points."""
    left, top = np.floor(points.min(axis=0) - 8).clip(0).astype(int)
    right, bottom = np.ceil(points.max(axis=0) + 8).astype(int)
    part = image[top:bottom, left:right]
    if part.size == 0:
        return image, points
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    smaller = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    factor = np.array([size[0] / part.shape[1], size[1] / part.shape[0]])
    return smaller, (points - (left, top) + 0.5) * factor - 0.5


def turned(card: Image) -> Image:
    """Return the card turned by half a turn."""
    return np.asarray(cv2.rotate(card, cv2.ROTATE_180), np.uint8)
