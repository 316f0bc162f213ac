"""Finds printed segments on a rectified card: the text detector's map becomes boxes."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from device.inference.base import CARD_HEIGHT_PX, CARD_WIDTH_PX, Floats, Image, TextBox
from device.inference.rows import join
from device.inference.tflite import ModelFile, Network

_EDGE_UNIT = 16.0  # the two distance channels count in sixteenths of an input pixel's inverse
_LEAST_CELLS = 2
_FRAMED = (1.5, 7.0)  # width over height of what may stand in a frame: a number of few digits
_TOUCHING = 0.35  # glyph heights
_SLOPE_CELLS = 10  # a shorter segment cannot tell its slope


class TfliteTextDetector:
    """The text network: a kernel per segment and the distances to its upper and lower edge."""

    def __init__(self, model: ModelFile, *, threads: int = 1) -> None:
        self._network = Network(model, threads=threads)
        self._threshold = model.thresholds.get("core", 0.5)
        self._widen = model.thresholds.get("widen", 0.15)

    def find(self, grey: Image) -> list[TextBox]:
        _, height, width, _ = self._network.input_shape
        small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
        maps = self._network.see(np.asarray(small, np.uint8)[None, :, :, None])[0][0]
        boxes = decode(maps, stride=height / maps.shape[0], threshold=self._threshold)
        found = [_on_card(box, width, height, self._widen) for box in boxes]
        # Wide letter-spacing breaks a segment in pieces that all but touch.
        return [unframed(grey, box) for box in join(found, most_gap=_TOUCHING)]


def decode(maps: Floats, *, stride: float, threshold: float) -> list[TextBox]:
    """Return the segments of an H×W×3 map in input pixels, from top to bottom, left to right."""
    kernel = 1 / (1 + np.exp(-maps[..., 0]))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (kernel > threshold).astype(np.uint8), connectivity=8
    )
    boxes = []
    for label in range(1, count):
        x, y, w, h, cells = (int(n) for n in stats[label])
        if cells < _LEAST_CELLS:
            continue
        part = (slice(y, y + h), slice(x, x + w))
        rows, columns = np.nonzero(labels[part] == label)
        weight = kernel[part][rows, columns]
        up = maps[part][rows, columns, 1] * _EDGE_UNIT
        down = maps[part][rows, columns, 2] * _EDGE_UNIT
        middle = (rows + y + 0.5) * stride
        tops, bottoms = middle - up, middle + down
        slope = 0.0
        if w >= _SLOPE_CELLS:
            at = (columns + x + 0.5) * stride
            centred = at - np.average(at, weights=weight)
            lift = 0.5 * (tops + bottoms)
            slope = float((weight * centred * lift).sum() / (weight * centred**2).sum())
        top, bottom = (
            float(np.average(tops, weights=weight)),
            float(np.average(bottoms, weights=weight)),
        )
        if bottom - top < 3:
            continue
        boxes.append(TextBox(x * stride, top, (x + w) * stride, bottom, slope))
    return sorted(boxes, key=lambda box: (box.y0, box.x0))


def _on_card(box: TextBox, width: int, height: int, widen: float) -> TextBox:
    """Scale a box of the input to card pixels; the kernel ends a little inside its segment."""
    to_x, to_y = CARD_WIDTH_PX / width, CARD_HEIGHT_PX / height
    side = widen * box.height
    return TextBox(
        max(0.0, (box.x0 - side) * to_x),
        max(0.0, box.y0 * to_y),
        min(float(CARD_WIDTH_PX), (box.x1 + side) * to_x),
        min(float(CARD_HEIGHT_PX), box.y1 * to_y),
        box.slope * to_y / to_x,
    )


def unframed(grey: Image, box: TextBox) -> TextBox:
    """Return the box without the sides of a printed frame, which would be read as letters.

    A frame goes on above and below the glyphs: its columns are dark there too.
    """
    if not _FRAMED[0] < box.width / box.height < _FRAMED[1]:
        return box
    # High enough that the ends of a blurred letter are paper in it, and a frame's sides are not.
    rim = max(2, round(0.32 * box.height))
    aside = round(0.4 * box.height)
    x0, y0, x1, y1 = box.as_list()
    inner = max(x0 - aside, 0)
    part = grey[max(y0 - rim, 0) : y1 + rim, inner : x1 + aside]
    if part.shape[0] < 8 or part.shape[1] < 8:
        return box
    dark, light = (float(v) for v in np.percentile(part, (4, 75)))
    if light - dark < 30:
        return box
    # The lightest fifth of a column is paper, unless a line runs all the way down.
    columns = np.percentile(part, 80, axis=0) < light - 0.3 * (light - dark)
    reach = min(aside + round(0.55 * box.height), part.shape[1] // 3)
    left, right = np.flatnonzero(columns[:reach]), np.flatnonzero(columns[-reach:])
    if not len(left) or not len(right):
        return box  # a frame has two sides; one dark column is a letter
    # The crop around a box takes in a third of its height on each side: keep the frame out of it.
    air = 0.35 * box.height
    within_x0 = inner + int(left[-1]) + 2 + air
    within_x1 = inner + part.shape[1] - reach + int(right[0]) - 1 - air
    return replace(box, x0=within_x0, x1=within_x1) if within_x1 - within_x0 > air else box
