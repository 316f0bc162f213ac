"""How far something skin-coloured reaches over a card from beyond its edge.

What is printed near the edge of a credential ends there; a finger goes on outside. It is redder
than the card and hides the edge. Colours are compared as ratios of the channels with those of the
card as a whole: shade and warm light change both alike.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from device.inference.base import Image, Quad

_PX_PER_MM = 3.75
_CARD_PX = (321, 203)
_RIM = 0.06  # of the card's size: five millimetres beside it, three above and below
_RIM_PX = (round(_CARD_PX[0] * _RIM), round(_CARD_PX[1] * _RIM))
# Bands along the edge in millimetres, inwards, that a finger fills; between them the corners of
# the quad may be wrong.
_OUTSIDE_MM = (-2.6, -0.8)
_INSIDE_MM = (1.0, 3.0)
_CORNER_MM = 4.0  # the card's corners are round: table shows there
_LEAST_AREA_MM2 = 30.0
_LEAST_BAND_MM2 = 5.0
# Logarithms of red to green and of red to blue over those of the card.
_REDDER, _WARMER = 0.13, 0.22
_LEAST_TONE = 12  # of 255: darker pixels have no colour to speak of
_LOGARITHMS = np.log(np.maximum(np.arange(256), 1)).astype(np.float32)


def covered_mm(frame: Image, quad: Quad) -> float:
    """Return how far the deepest of them reaches from the edge, in millimetres; 0 is none."""
    across, down = _RIM_PX
    right, below = across + _CARD_PX[0], down + _CARD_PX[1]
    target = np.array([[across, down], [right, down], [right, below], [across, below]], np.float32)
    # Single pixels are enough for patches of a centimetre: no averaging first, as for print.
    rimmed = cv2.warpPerspective(
        frame,
        cv2.getPerspectiveTransform(quad.array().astype(np.float32), target),
        (right + across, below + down),
        borderMode=cv2.BORDER_REPLICATE,
    )
    return reach_mm(np.asarray(cv2.blur(rimmed, (3, 3)), np.uint8))


def reach_mm(rimmed: Image) -> float:
    """Return the same for a rectified card that still has its rim of table."""
    mask = cv2.morphologyEx(_skin(rimmed), cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return 0.0
    depth, corners = _depth(mask.shape)
    inside, outside = (
        np.bincount(labels[(depth >= low) & (depth <= high) & ~corners], minlength=count)
        for low, high in (_INSIDE_MM, _OUTSIDE_MM)
    )
    deepest = 0.0
    for label in range(1, count):
        bands = min(inside[label], outside[label]) / _PX_PER_MM**2
        area = stats[label, cv2.CC_STAT_AREA] / _PX_PER_MM**2
        if area >= _LEAST_AREA_MM2 and bands >= _LEAST_BAND_MM2:
            deepest = max(deepest, float(depth[labels == label].max()))
    return deepest


def _skin(rimmed: Image) -> npt.NDArray[np.uint8]:
    red, green, blue = (cv2.LUT(channel, _LOGARITHMS) for channel in cv2.split(rimmed))
    red_green, red_blue = cv2.subtract(red, green), cv2.subtract(red, blue)
    across, down = _RIM_PX
    card = (slice(down, -down, 3), slice(across, -across, 3))  # a ninth tells the median as well
    redder = red_green - np.median(red_green[card]) > _REDDER
    warmer = red_blue - np.median(red_blue[card]) > _WARMER
    return np.asarray(redder & warmer & (rimmed[..., 0] >= _LEAST_TONE), np.uint8)


def _depth(shape: tuple[int, ...]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Return how far inside the card each pixel is, in millimetres, and which are at a corner."""
    rows, columns = np.arange(shape[0]), np.arange(shape[1])
    down = (np.minimum(rows, rows[::-1]) + 0.5 - _RIM_PX[1])[:, None] / _PX_PER_MM
    across = (np.minimum(columns, columns[::-1]) + 0.5 - _RIM_PX[0])[None] / _PX_PER_MM
    at_corner = (down < _CORNER_MM) & (across < _CORNER_MM)
    return np.minimum(down, across).astype(np.float32), np.asarray(at_corner)
