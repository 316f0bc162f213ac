"""A signature drawn on the screen: strokes in, one PNG out; or the reason why there is none."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

import cv2
import numpy as np

from device.capture.errors import SignatureError

WIDTH_PX, HEIGHT_PX = 900, 300
_PEN_PX = 4
MAX_POINTS = 20_000
# A dot, a tick and a straight line are no signature; lengths in widths of the pad.
MIN_INK = 0.25
MIN_EXTENT = 0.06
# Why a person does not sign. No more is asked: neither the injury nor a witness is our business.
UNSIGNED_REASONS: tuple[str, ...] = ("does_not_write", "injury", "other")

Point = tuple[float, float]
Strokes = tuple[tuple[Point, ...], ...]


@dataclass(frozen=True)
class Signature:
    """The drawn signature; `ink` is the length of all strokes in widths of the pad."""

    png: bytes = field(repr=False)
    ink: float


@dataclass(frozen=True)
class Unsigned:
    """The person cannot sign; `reason` is one of `UNSIGNED_REASONS`."""

    reason: str

    def __post_init__(self) -> None:
        if self.reason not in UNSIGNED_REASONS:
            raise SignatureError("no such reason", code="signature.no_reason")


def parse_strokes(text: str) -> Strokes:
    """Read strokes from JSON: a list of lists of `[x, y]`, each 0…1 of the pad.

    Raises:
        SignatureError: Not that form, or more points than a hand draws.
    """
    try:
        strokes = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SignatureError("strokes are no JSON", code="signature.malformed") from error
    if not isinstance(strokes, list) or not all(isinstance(stroke, list) for stroke in strokes):
        raise SignatureError("strokes are no list of lists", code="signature.malformed")
    if sum(len(stroke) for stroke in strokes) > MAX_POINTS:
        raise SignatureError(f"more than {MAX_POINTS} points", code="signature.malformed")
    return tuple(tuple(_point(point) for point in stroke) for stroke in strokes)


def draw(strokes: Strokes) -> Signature:
    """Draw strokes as black ink on white.

    Raises:
        SignatureError: Less ink than a signature has.
    """
    ink = sum(_length(stroke) for stroke in strokes)
    points = [point for stroke in strokes for point in stroke]
    if ink < MIN_INK or _extent(points) < MIN_EXTENT:
        raise SignatureError("too little ink", code="signature.too_little_ink")
    paper = np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8)
    for stroke in strokes:
        # Fixed-point coordinates: 4 bits after the point keep slow strokes smooth.
        line = np.array([(x * WIDTH_PX * 16, y * HEIGHT_PX * 16) for x, y in stroke], np.int32)
        if len(line) == 1:
            line = np.repeat(line, 2, axis=0)
        if len(line):
            cv2.polylines(paper, [line], False, (0,), _PEN_PX, cv2.LINE_AA, shift=4)
    _, png = cv2.imencode(".png", paper)
    return Signature(png.tobytes(), round(ink, 3))


def _point(value: object) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        raise SignatureError("a point has two numbers", code="signature.malformed")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise SignatureError("a point has two numbers", code="signature.malformed")
        if not math.isfinite(number):
            raise SignatureError("a point has two numbers", code="signature.malformed")
    x, y = cast("list[float]", value)
    # A finger may leave the pad; its stroke goes on along the edge.
    return min(max(float(x), 0.0), 1.0), min(max(float(y), 0.0), 1.0)


def _length(stroke: Sequence[Point]) -> float:
    aspect = HEIGHT_PX / WIDTH_PX
    return sum(math.hypot(x1 - x0, (y1 - y0) * aspect) for (x0, y0), (x1, y1) in pairwise(stroke))


def _extent(points: Sequence[Point]) -> float:
    """Return the smaller side of the box around all points, in heights of the pad."""
    if not points:
        return 0.0
    xs, ys = zip(*points, strict=True)
    return float(min((max(xs) - min(xs)) * WIDTH_PX / HEIGHT_PX, max(ys) - min(ys)))
