"""How sharp the print of a card is, and whether a shake or the lens blurred it.

Both work on the grey rectified card at 7.5 pixels to the millimetre, so that the same blur of the
print gives the same number at every distance and camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from device.inference.base import Image

WIDTH_PX, HEIGHT_PX = 642, 405
_RIM_PX = 20  # beyond it there may be table, or the edge of the card, which is sharper than print
# Deviations of the blurs between which print is looked for: strokes are 0.2 to 0.5 mm wide, 1.5 to
# 4 pixels here. The first one takes most of the sensor's noise away.
_FINE, _STROKE, _COARSE = 0.8, 1.6, 3.0
_STEEPEST = 0.993
_LEAST_CONTRAST = 16.0
_LEAST_DETAIL = 0.01


@dataclass(frozen=True, slots=True)
class Sharpness:
    """`detail`: energy of strokes over that of coarser shapes; a blur of 0.3 mm leaves 0.25 of it.

    `steepest` and `flattest` are the slopes, per pixel and contrast, of the steepest edges in the
    directions where they are most and least so. A shake flattens edges across itself and leaves
    the others; a lens out of focus flattens all.
    """

    detail: float
    steepest: float
    flattest: float

    @property
    def motion(self) -> float:
        """Return how much steeper edges are in one direction than in another; 1 is no shake."""
        return self.steepest / self.flattest if self.flattest > 0 else 1.0

    @property
    def focus(self) -> float:
        """Return the flattest slope, lowered as much again as a shake lowered it."""
        return self.flattest**2 / self.steepest if self.steepest > 0 else 0.0


def sharpness(grey: Image) -> Sharpness:
    """Measure a grey rectified card; it is brought to 642×405 pixels first where it is larger."""
    if grey.shape[:2] != (HEIGHT_PX, WIDTH_PX):
        size = (WIDTH_PX, HEIGHT_PX)
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    inner = grey[_RIM_PX:-_RIM_PX, _RIM_PX:-_RIM_PX]
    fine = cv2.GaussianBlur(inner, (0, 0), _FINE)
    stroke = cv2.GaussianBlur(inner, (0, 0), _STROKE)
    half = cv2.resize(stroke, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    coarse = cv2.GaussianBlur(half, (0, 0), _COARSE / 2)
    strokes = cv2.norm(fine, stroke, cv2.NORM_L2SQR) / fine.size
    shapes = cv2.norm(half, coarse, cv2.NORM_L2SQR) / half.size
    slopes = _slopes(np.asarray(fine, np.uint8))
    return Sharpness(strokes / max(shapes, _LEAST_DETAIL), max(slopes), min(slopes))


def _slopes(fine: Image) -> tuple[float, float, float, float]:
    """Return the steepest slopes across, down and along both diagonals, of every other row."""
    contrast = max(tone(fine, 0.99) - tone(fine, 0.01), _LEAST_CONTRAST)
    middle, above, below = fine[1:-1:2], fine[:-2:2], fine[2::2]
    pairs = (
        (middle[:, 2:], middle[:, :-2], 1.0),
        (below[:, 1:-1], above[:, 1:-1], 1.0),
        (below[:, 2:], above[:, :-2], 2**-0.5),
        (below[:, :-2], above[:, 2:], 2**-0.5),
    )
    across, down, falling, rising = (
        weight * tone(np.asarray(cv2.absdiff(first, second), np.uint8), _STEEPEST) / contrast
        for first, second, weight in pairs
    )
    return across, down, falling, rising


def tone(values: Image, share: float) -> float:
    """Return the tone below which that share of the pixels lies, by their histogram."""
    histogram = cv2.calcHist([np.ascontiguousarray(values)], [0], None, [256], [0, 256])
    counts = np.cumsum(histogram)
    return float(np.searchsorted(counts, share * counts[-1]))
