"""How much a live photo looks like a photo of a photo: of a screen, or of a print.

Three traces, each a score 0…1, of which the likeliest counts. A screen's pixels beat against the
camera's and leave a raster over the skin. A telephone or a print has four straight edges that meet
around the face, the lower one below the chin, where a person's neck and shoulders would hide
whatever hangs on the wall behind. And a grey face in a coloured room is a photocopy.

What fills the whole picture, has no border and no raster is not noticed. It informs; a person
decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt

from device.inference.attack import raster
from device.inference.base import Image
from device.inference.faces import OVAL, Face
from device.inference.images import grey_of

SUSPECTED = 0.5

# Where suspicion begins, and where it is sure: prominence of the raster over a face.
_PEAK, _SURE_PEAK = 1.6, 3.0
_SLANT = np.tan(np.radians(12))
_GAP_PX = 40  # fingers that hold a telephone hide as much of its edge
_BEYOND = 0.05  # how far an edge may go on after its corner, as a share of the longer side
_COVERED = 0.5  # how much of an edge must be seen
_TRIED = 4  # edges of each side that are tried, the longest
_COLOURFUL, _COLOURLESS = 7.0, 3.0  # mean distance from grey, CIELAB
_DARK, _BURNT = 60.0, 235.0  # lightness 0…255

Segments = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Copy:
    """The score of each trace."""

    raster: float
    edges: float
    grey: float

    @property
    def score(self) -> float:
        """The likeliest trace."""
        return max(self.raster, self.edges, self.grey)


def look(image: Image, face: Face, small: Image) -> Copy:
    """Score a photo; `small` is the same picture reduced, where edges are looked for."""
    small_face = face.scaled(small.shape[0] / image.shape[0])
    return Copy(
        raster=_raster(image, face),
        edges=1.0 if has_edges_around(small, small_face) else 0.0,
        grey=_grey(small, small_face),
    )


def _raster(image: Image, face: Face) -> float:
    x, y, width, height = face.box
    part = image[max(int(y), 0) : int(y + height), max(int(x), 0) : int(x + width)]
    if part.size == 0:
        return 0.0
    grey = grey_of(part)
    peak = max(raster(grey), raster(np.ascontiguousarray(grey.T)))
    return float(np.clip((peak - _PEAK) / (_SURE_PEAK - _PEAK), 0, 1))


def has_edges_around(image: Image, face: Face) -> bool:
    """Say whether four straight edges around a face make one frame."""
    grey = cv2.GaussianBlur(grey_of(image), (0, 0), 1.0)
    least = int(0.9 * face.box[3])
    lines = cv2.HoughLinesP(
        cv2.Canny(grey, 30, 90), 1, np.pi / 360, 50, minLineLength=least, maxLineGap=_GAP_PX
    )
    if lines is None:
        return False
    segments = lines.reshape(-1, 4).astype(np.float32)
    x, y, width, height = face.box
    upright = _ordered(segments[_is_upright(segments)], axis=1)
    level = _ordered(segments[_is_upright(segments[:, [1, 0, 3, 2]])], axis=0)
    sides = (
        upright[upright[:, ::2].max(axis=1) < x],
        level[level[:, 1::2].max(axis=1) < y],
        upright[upright[:, ::2].min(axis=1) > x + width],
        level[level[:, 1::2].min(axis=1) > y + height],
    )
    beyond = _BEYOND * max(image.shape[:2])
    return any(_is_frame(four, beyond) for four in product(*(_longest(side) for side in sides)))


def _longest(segments: Segments) -> Segments:
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    return segments[np.argsort(-lengths)[:_TRIED]]


def _is_frame(edges: tuple[Segments, ...], beyond: float) -> bool:
    """Say whether each edge runs from one corner to the next: most of the way, and no farther."""
    left, top, right, bottom = edges
    corners = [_crossing(*pair) for pair in ((left, top), (top, right), (right, bottom),
                                             (bottom, left))]  # fmt: skip
    top_left, top_right, bottom_right, bottom_left = corners
    return all(
        _spans(edge, start, end, beyond)
        for edge, start, end in (
            (left, top_left, bottom_left),
            (top, top_left, top_right),
            (right, top_right, bottom_right),
            (bottom, bottom_left, bottom_right),
        )
    )


def _crossing(one: Segments, other: Segments) -> Segments:
    """Return where the lines of two segments cross; an upright and a level one always do."""
    a, b = one[2:] - one[:2], other[2:] - other[:2]
    between = other[:2] - one[:2]
    share = (between[0] * b[1] - between[1] * b[0]) / (a[0] * b[1] - a[1] * b[0])
    return np.asarray(one[:2] + share * a, np.float32)


def _spans(edge: Segments, start: Segments, end: Segments, beyond: float) -> bool:
    whole = float(np.linalg.norm(end - start))
    if whole < 1:
        return False
    along = (end - start) / whole
    first, last = float((edge[:2] - start) @ along), float((edge[2:] - start) @ along)
    covered = min(last, whole) - max(first, 0.0)
    return first >= -beyond and last <= whole + beyond and covered >= _COVERED * whole


def _is_upright(segments: Segments) -> npt.NDArray[np.bool_]:
    across = np.abs(segments[:, 2] - segments[:, 0])
    down = np.abs(segments[:, 3] - segments[:, 1])
    return np.asarray(across < _SLANT * down, np.bool_)


def _ordered(segments: Segments, *, axis: int) -> Segments:
    """Return the segments from left to right (axis 0), or from the top down (axis 1)."""
    swapped = segments[:, axis] > segments[:, axis + 2]
    ordered = segments.copy()
    ordered[swapped] = segments[swapped][:, [2, 3, 0, 1]]
    return ordered


def _grey(image: Image, face: Face) -> float:
    assert face.mesh is not None
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32)
    distance = np.hypot(lab[..., 1] - 128, lab[..., 2] - 128)
    inside = np.zeros(distance.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint(face.mesh[list(OVAL), :2]).astype(np.int32), 1)
    skin = distance[inside == 1]
    # In the dark nothing has a colour, nor where light has burnt it away.
    if skin.size == 0 or not _DARK < float(lab[..., 0][inside == 1].mean()) < _BURNT:
        return 0.0
    suspicion = float(np.clip((_COLOURFUL - skin.mean()) / (_COLOURFUL - _COLOURLESS), 0, 1))
    # A grey camera proves nothing about the face.
    is_grey_camera = float(np.percentile(distance, 99)) < _COLOURFUL
    return 0.0 if is_grey_camera else suspicion
