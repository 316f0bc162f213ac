"""Where on a card a barcode may lie: dense, even texture of ink and paper, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from device.inference.base import Image

_REDUCED_PX = 480  # width at which texture is looked for
_AROUND = 0.022  # of the card's width: a few modules, or two letters of small print
_SHARE = 0.4  # of the strongest texture of the card
_LEAST_CONTRAST = 7.0  # grey levels
_LEAST_WIDTH, _LEAST_HEIGHT = 0.055, 0.026  # of the card's width
_RIM = 0.02  # of the card's width around a region: a code wants a quiet zone
_COVERED = 0.5
_LEAST_INK = 0.15


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of pixels; `x1` and `y1` are past its end."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def area(self) -> int:
        return max(0, self.x1 - self.x0) * max(0, self.y1 - self.y0)

    def overlap(self, other: Region) -> int:
        """Return the pixels that both cover."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        return Region(x0, y0, min(self.x1, other.x1), min(self.y1, other.y1)).area


def find_regions(grey: Image, known: Iterable[Region] = ()) -> list[Region]:
    """Return rectangles that look like codes, the smallest first: they cost least to look at.

    `known` are what is read or is no code: what lies in one for the most part is left out.
    """
    scale = min(1.0, _REDUCED_PX / grey.shape[1])
    size = (round(grey.shape[1] * scale), max(1, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    around = max(3, round(size[0] * _AROUND)) | 1
    texture = cv2.blur(np.abs(small - cv2.blur(small, (around, around))), (around, around))
    known = list(known)
    for region in known:
        rows = slice(int(region.y0 * scale), int(region.y1 * scale) + 1)
        texture[rows, int(region.x0 * scale) : int(region.x1 * scale) + 1] = 0
    strongest = float(np.percentile(texture, 99.5))
    if strongest < _LEAST_CONTRAST:
        return []
    dense = (texture > max(_SHARE * strongest, _LEAST_CONTRAST)).astype(np.uint8)
    kernel = np.ones((around // 2 | 1, around // 2 | 1), np.uint8)
    dense = np.asarray(cv2.morphologyEx(dense, cv2.MORPH_OPEN, kernel), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dense, connectivity=4)
    rim = _RIM * size[0]
    found = []
    for x, y, width, height, _ in stats[1:].tolist():
        if width < _LEAST_WIDTH * size[0] or height < _LEAST_HEIGHT * size[0]:
            continue
        region = Region(
            max(0, int((x - rim) / scale)),
            max(0, int((y - rim) / scale)),
            min(grey.shape[1], int((x + width + rim) / scale)),
            min(grey.shape[0], int((y + height + rim) / scale)),
        )
        if _is_dark_enough(grey, region) and all(
            region.overlap(other) < _COVERED * region.area for other in known
        ):
            found.append(region)
    return sorted(found, key=lambda region: region.area)


def _is_dark_enough(grey: Image, region: Region) -> bool:
    """Say whether a code's share of the region is ink: print and signatures have far less."""
    part = grey[region.y0 : region.y1 : 2, region.x0 : region.x1 : 2]
    low, high = np.percentile(part, (5, 95))
    return bool((part < (low + high) / 2).mean() > _LEAST_INK)
