"""The form in which a crop of a line reaches the net: 32 high, at most 384 wide, gray.

The station does the same before it runs the model; a difference here is a difference in reading.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT = 32
WIDTH = 384
STEPS = 96
"""Time steps of the net's output: one for every four columns."""

Pixels = NDArray[np.uint8]


def normalise(gray: Pixels, interpolation: int | None = None) -> Pixels:
    """Scale a gray crop to 32 rows and at most 384 columns; no padding yet.

    Args:
        gray: Rows × columns, of any size over zero.
        interpolation: One of OpenCV's; by default area when shrinking, linear when growing.
    """
    height, width = gray.shape
    columns = int(np.clip(round(width * HEIGHT / height), 4, WIDTH))
    if interpolation is None:
        interpolation = cv2.INTER_AREA if height > HEIGHT else cv2.INTER_LINEAR
    scaled = cv2.resize(gray, (columns, HEIGHT), interpolation=interpolation)
    return np.ascontiguousarray(scaled, np.uint8)


def pad(line: Pixels, width: int = WIDTH) -> Pixels:
    """Fill a line on the right with the median of its last column."""
    padded = np.full((HEIGHT, width), int(np.median(line[:, -1])), np.uint8)
    padded[:, : line.shape[1]] = line
    return padded


def to_input(lines: list[Pixels]) -> NDArray[np.float32]:
    """Lines as one batch for the model: N×32×384×1, float32 in -1…1."""
    batch = np.stack([pad(line) for line in lines])[..., None]
    scaled: NDArray[np.float32] = batch.astype(np.float32) / np.float32(127.5) - np.float32(1)
    return scaled
