"""Draws a blurred code crisp: a small network says for every half pixel whether it is ink.

It adds no content: what it draws is a code only if the code's own error correction agrees.
"""

from __future__ import annotations

import cv2
import numpy as np

from device.inference.base import Floats, Image
from device.inference.tflite import ModelFile, Network

FINER = 2  # pixels of the drawing for one of the picture, each way
_SEEN_PX = 8  # around a pixel: what changes its answer; even, as the network's cells are
_AROUND_PX = 25  # a few modules: light changes slowly, print does not
_FLOOR = 6.0  # grey levels: below it there is noise alone, which is not made louder
_SPREAD = 45.0  # grey levels of the result for one standard deviation
_SLOPE = 24.0  # grey levels of the drawing for one logit


class CodeSharpener:
    """The sharpening network, run tile by tile."""

    def __init__(self, model: ModelFile, *, threads: int = 1) -> None:
        self._network = Network(model, threads=threads)
        _, self._height, self._width, _ = self._network.input_shape

    def tiles(self, height: int, width: int) -> int:
        """Return how many runs a picture of that size takes."""
        inner_y, inner_x = self._height - 2 * _SEEN_PX, self._width - 2 * _SEEN_PX
        return -(-height // inner_y) * -(-width // inner_x)

    def draw(self, grey: Image) -> Image:
        """Return the picture twice as large: ink black, paper white, doubt grey."""
        height, width = grey.shape[:2]
        inner_y, inner_x = self._height - 2 * _SEEN_PX, self._width - 2 * _SEEN_PX
        rows, columns = -(-height // inner_y), -(-width // inner_x)
        framed = cv2.copyMakeBorder(
            normalised(grey),
            _SEEN_PX,
            rows * inner_y - height + _SEEN_PX,
            _SEEN_PX,
            columns * inner_x - width + _SEEN_PX,
            cv2.BORDER_REPLICATE,
        )
        drawn = np.empty((rows * inner_y * FINER, columns * inner_x * FINER), np.uint8)
        rim = slice(_SEEN_PX * FINER, -_SEEN_PX * FINER)
        for y in range(0, rows * inner_y, inner_y):
            for x in range(0, columns * inner_x, inner_x):
                tile = framed[y : y + self._height, x : x + self._width]
                logits = self._network.see(np.ascontiguousarray(tile, np.uint8)[None, :, :, None])
                part = (slice(y * FINER, (y + inner_y) * FINER), slice(x * FINER, None))
                drawn[part][:, : inner_x * FINER] = _unfolded(logits[0][0])[rim, rim]
        return drawn[: height * FINER, : width * FINER]


def _unfolded(logits: Floats) -> Image:
    """Return the 4×4 blocks of the cells as one picture."""
    rows, columns, _ = logits.shape
    grey = np.clip(127.5 - _SLOPE * logits, 0, 255).astype(np.uint8)
    block = 2 * FINER
    apart = grey.reshape(rows, columns, block, block).transpose(0, 2, 1, 3)
    return np.asarray(apart.reshape(rows * block, columns * block), np.uint8)


def normalised(grey: Image) -> Image:
    """Return the picture with the light taken out: mean 128, and contrast alike everywhere."""
    values = grey.astype(np.float32)
    size = (_AROUND_PX, _AROUND_PX)
    mean = cv2.blur(values, size)
    spread = cv2.sqrt(np.maximum(cv2.blur(values * values, size) - mean * mean, 0))
    level = (values - mean) * (_SPREAD / (spread + _FLOOR)) + 128
    return np.asarray(np.clip(level, 0, 255), np.uint8)
