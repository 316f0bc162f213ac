"""The corners of the card from its four edges, at the full resolution of the frame.

The network's corners are good to about a hundredth of the card. In the strip of the frame around
each of its edges, straight lines are looked for along which the picture changes nearly all the way;
the four that together make the likeliest ID-1 card are taken, and bent a little through the exact
places, for lenses bend. Rounded corners are left out, and what a finger covers is outvoted. An edge
that is not seen stays where the network put it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt

from device.inference.base import Floats, Image, Quad

Points = npt.NDArray[np.float64]

# Lengths are in widths of the card unless the name says otherwise.
_REACH = 0.045  # how far from the network's edge the true one is looked for
_FAR_REACH = 0.12  # and how far where the near ones make no card
_STEP = 0.0015  # between the offsets looked at
_LEAST_STEP_PX = 0.3
_NEAR = 0.011  # within which the exact edge is sought along a line
_LEAST_NEAR_PX = 3.5
_FINE = 25  # offsets there, odd
_PLACES = 56  # along an edge
_ROUNDED = 0.05  # the corner's radius is 3.18 mm of 85.60
_ENDS = 0.0038  # between the offsets tried at either end of a line
_LINES = 3  # kept of each strip
_APART = 0.008
_LEAST_SEEN = 0.4  # share of the places in the frame that must agree
_LEAST_INSIDE = 0.35  # of a place's offsets
# A change votes in full that stands out by so much from the strip's quieter part; print is loud.
_QUIET_SHARE, _STANDS_OUT, _LEAST_CHANGE = 30, 3.0, 3.0
_OUT_OF_SIGHT = 0.5  # the vote of a place of the line that lies outside the frame
_LEAST_SCORE = 0.25
_SURE = 0.55  # scores from which four lines need no further search
_TRUST = 0.02  # deviation of the network's edges; the tails are heavy
_DISTANT, _MISSHAPEN = 0.09, 0.05  # what each costs
_UNSEEN = 0.12  # what the network's own edge scores
_ASPECT = 85.60 / 53.98  # ISO/IEC 7810
_ASPECT_SPREAD = 0.018
_FOCAL = 2.2  # focal length over the card's width in pixels; that of real stations is about it
_BOW = 3.0  # how firmly an edge is held straight, in places that agree


@dataclass(frozen=True, slots=True)
class _Strip:
    """One side of the quad: where it runs, which way is out, and the part without the corners."""

    start: Points
    end: Points
    normal: Points
    rounded: float

    @property
    def places(self) -> Points:
        return np.linspace(self.rounded, 1 - self.rounded, _PLACES)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line in a strip: offset from the side in pixels as a polynomial of 0…1 along it."""

    fit: Points
    score: float
    moved: float  # from the network's edge, root mean square of its ends, in widths

    def at(self, strip: _Strip, place: float) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return a point of the line and the direction in which it runs there."""
        a, b, c = self.fit.tolist()
        slope, offset = b + 2 * c * place, a + b * place + c * place * place
        (x, y), (end_x, end_y) = strip.start.tolist(), strip.end.tolist()
        out_x, out_y = strip.normal.tolist()
        along_x, along_y = end_x - x, end_y - y
        point = x + place * along_x + offset * out_x, y + place * along_y + offset * out_y
        return point, (along_x + slope * out_x, along_y + slope * out_y)


def refined(image: Image, quad: Quad) -> tuple[Quad, float]:
    """Return the quad with its corners where the edges seen in `image` meet, and how well they
    are seen: 1 is a card with four clear edges, 0 none.
    """
    width = quad.width_px
    strips = _strips(quad)
    best: tuple[list[_Line], float] = ([], -np.inf)
    for reach in (_REACH, _FAR_REACH):
        found = [_lines(image, strip, width, reach) for strip in strips]
        chosen = _together(strips, found, width)
        if chosen[1] > best[1]:
            best = chosen
        if min(line.score for line in best[0]) > _SURE and best[1] > _SURE:
            break
    lines, score = best
    bent = [_bent(image, strip, line, width) for strip, line in zip(strips, lines, strict=True)]
    for candidate in (bent, lines):
        pairs = [(candidate[corner - 1], candidate[corner]) for corner in range(4)]
        better = Quad.of([_meeting(strips, pair, corner) for corner, pair in enumerate(pairs)])
        if 0.7 * quad.area_px < better.area_px < 1.4 * quad.area_px:
            return better, max(score, 0.0)
    return quad, 0.0


def _strips(quad: Quad) -> list[_Strip]:
    corners = quad.array()
    strips = []
    for index in range(4):
        start, end = corners[index], corners[(index + 1) % 4]
        along = end - start
        length = max(float(np.linalg.norm(along)), 1.0)
        rounded = min(_ROUNDED * quad.width_px / length, 0.2)
        strips.append(_Strip(start, end, np.array([along[1], -along[0]]) / length, rounded))
    return strips


def _lines(image: Image, strip: _Strip, width: float, reach: float) -> list[_Line]:
    """Return the likeliest lines of a strip, and the network's own edge."""
    own = _Line(np.zeros(3), _UNSEEN, 0.0)
    step = max(_STEP * width, _LEAST_STEP_PX)
    half = int(np.ceil(reach * width / step))
    steps = np.arange(-half, half + 1, dtype=np.float64) * step
    changes, inside = _changes(image, strip, np.zeros(3), steps, blur=0.9)
    usable = inside.mean(axis=1) > _LEAST_INSIDE
    if usable.sum() < _PLACES * 0.3:
        return [own]
    # A weak edge all along is more than a strong mark on a part of it.
    usual_change = float(np.percentile(changes[usable][inside[usable]], _QUIET_SHARE))
    enough = max(_STANDS_OUT * usual_change, _LEAST_CHANGE)
    votes = np.minimum(changes / enough, 1.0)
    votes = np.asarray(cv2.dilate(votes, np.ones((1, 3), np.uint8)), np.float32)
    votes = np.where(inside, votes, _OUT_OF_SIGHT) * usable[:, None]
    tried = max(5, 2 * round(half * step / (_ENDS * width)) + 1)
    index, ends = _crossings(half, tried)
    score = votes.reshape(-1)[index].sum(axis=1) / float(usable.sum())
    usual = min(float(np.median(score)), 0.6)
    score = (score - usual) / (1 - usual)
    moved = np.sqrt((ends**2).mean(axis=1)) * half * step / width
    ranked = score - _DISTANT * np.log1p((moved / _TRUST) ** 2)
    found: list[_Line] = []
    while len(found) < _LINES:
        best = int(ranked.argmax())
        if score[best] < _LEAST_SCORE or ranked[best] == -np.inf:
            break
        first, last = ends[best] * half * step
        # From the ends of the places looked at to the ends of the side.
        slope = (last - first) / (1 - 2 * strip.rounded)
        fit = np.array([first - slope * strip.rounded, slope, 0.0])
        found.append(_Line(fit, float(score[best]), float(moved[best])))
        near = np.abs(ends - ends[best]).max(axis=1) * half * step < _APART * width
        ranked[near] = -np.inf
    return [*found, own]


def _changes(
    image: Image, strip: _Strip, fit: Points, steps: Points, *, blur: float
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return how much the picture changes across a line, places×steps, and what is in frame."""
    places = strip.places
    offsets = fit[0] + fit[1] * places + fit[2] * places**2
    base = strip.start + places[:, None] * (strip.end - strip.start)
    out = (offsets[:, None] + steps)[..., None] * strip.normal
    at = (base[:, None, :] + out).astype(np.float32)
    x, y = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
    height, width = image.shape[:2]
    seen = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside = (x >= 1) & (x <= width - 2) & (y >= 1) & (y <= height - 2)
    soft = cv2.GaussianBlur(seen.astype(np.float32), (7, 1), blur, sigmaY=0.1)
    slopes = np.zeros_like(soft)
    slopes[:, 1:-1] = 0.5 * (soft[:, 2:] - soft[:, :-2])
    strength = np.sqrt((slopes * slopes).sum(axis=2))
    return np.asarray(strength * inside, np.float32), inside


@cache
def _crossings(half: int, tried: int) -> tuple[npt.NDArray[np.intp], Points]:
    """Return, for each pair of ends (-1…1), the flat places×offsets index met at each place."""
    one = np.linspace(-1, 1, tried)
    ends = np.stack(np.meshgrid(one, one, indexing="ij"), axis=-1).reshape(-1, 2)
    share = np.linspace(0, 1, _PLACES)[None, :]
    crossed = ends[:, :1] * (1 - share) + ends[:, 1:] * share
    column = np.rint((crossed + 1) * half).astype(np.intp)
    return column + np.arange(_PLACES) * (2 * half + 1), ends


def _together(
    strips: list[_Strip], found: list[list[_Line]], width: float
) -> tuple[list[_Line], float]:
    """Return the four lines, one of each strip, that make the likeliest card, and its score."""
    choices = np.array(list(product(*(range(len(lines)) for lines in found))))
    corners = np.empty((len(choices), 4, 2))
    for corner in range(4):
        before, after = found[corner - 1], found[corner]
        meetings = np.array(
            [[_meeting(strips, (p, q), corner) for q in after] for p in before]
        ).reshape(len(before), len(after), 2)
        corners[:, corner] = meetings[choices[:, corner - 1], choices[:, corner]]
    worth = [
        np.array([line.score - _DISTANT * np.log1p((line.moved / _TRUST) ** 2) for line in lines])
        for lines in found
    ]
    score = sum(worth[side][choices[:, side]] for side in range(4)) / 4 - _misshape(corners, width)
    best = int(np.argmax(score))
    return [found[side][choices[best, side]] for side in range(4)], float(score[best])


def _misshape(corners: Points, width: float) -> Points:
    """Return the cost of proportions, N×4×2 to N: how far from ID-1 each card, seen by a camera.

    The tilt is told from how the sides converge; the more tilt, the less is known of the length.
    """
    centred = (corners - corners.mean(axis=1, keepdims=True)) / (width * _FOCAL)
    # The homography from the unit square: P. Heckbert, Fundamentals of Texture Mapping, 1989.
    p0, p1, p2, p3 = (centred[:, corner] for corner in range(4))
    sums, right, low = p0 - p1 + p2 - p3, p1 - p2, p3 - p2
    area = _cross(right, low)
    area = np.where(np.abs(area) < 1e-9, 1e-9, area)
    g, h = _cross(sums, low) / area, _cross(right, sums) / area
    long = np.column_stack([p1 - p0 + g[:, None] * p1, g])
    short = np.column_stack([p3 - p0 + h[:, None] * p3, h])
    first, second = np.linalg.norm(long, axis=1), np.linalg.norm(short, axis=1)
    flat = np.linalg.norm(long[:, :2], axis=1) * np.linalg.norm(short[:, :2], axis=1)
    spread = _ASPECT_SPREAD + first * second / np.maximum(flat, 1e-9) - 1
    skew = (long * short).sum(axis=1) / np.maximum(first * second, 1e-9)
    aspect = np.log(np.maximum(first, 1e-9) / np.maximum(second, 1e-9) / _ASPECT)
    off = (aspect / spread) ** 2 + (skew / (1.5 * spread)) ** 2
    return np.asarray(_MISSHAPEN * np.log1p(off), np.float64)


def _cross(first: Points, second: Points) -> Points:
    return first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]


def _bent(image: Image, strip: _Strip, line: _Line, width: float) -> _Line:
    """Return the line through the exact places of the edge, or as it is where none are seen."""
    if line.score == _UNSEEN and not line.fit.any():
        return line
    near = max(_NEAR * width, _LEAST_NEAR_PX)
    steps = np.linspace(-near, near, _FINE)
    changes, inside = _changes(image, strip, line.fit, steps, blur=1.1)
    whole = inside.all(axis=1)
    peak = changes.argmax(axis=1).clip(1, _FINE - 2)
    rows = np.arange(_PLACES)
    before, here, after = (changes[rows, peak + d].astype(np.float64) for d in (-1, 0, 1))
    bend = before - 2 * here + after
    part = np.where(bend < -1e-6, 0.5 * (before - after) / np.where(bend == 0, 1, bend), 0)
    exact = steps[peak] + part.clip(-0.5, 0.5) * (steps[1] - steps[0])
    usable = whole & (here > 0.4 * np.median(here))
    if usable.sum() < max(8, _LEAST_SEEN * whole.sum()):
        return line
    fit, agree = _through(strip.places - 0.5, exact, usable)
    if agree < _LEAST_SEEN * whole.sum():
        return line
    a, b, c = fit
    return _Line(line.fit + np.array([a - b / 2 + c / 4, b - c, c]), line.score, line.moved)


def _through(places: Points, exact: Points, usable: npt.NDArray[np.bool_]) -> tuple[Points, int]:
    """Return the parabola that most places agree on, and how many do."""
    terms = np.stack([np.ones_like(places), places, places**2], axis=1)
    hold = np.diag([1e-6, 1e-6, _BOW])
    weights = usable.astype(np.float64)
    fit: Points = np.zeros(3)
    left: Points = exact
    spread = 1.0
    for _ in range(6):
        weighed = terms * weights[:, None]
        fit = np.asarray(np.linalg.solve(weighed.T @ terms + hold, weighed.T @ exact))
        left = np.asarray(np.abs(exact - terms @ fit), np.float64)
        spread = max(1.5 * float(np.median(left[usable])), 0.25)
        weights = usable / (1 + (left / spread) ** 2) ** 2
    return fit, int((usable & (left < max(2.5 * spread, 1.0))).sum())


def _meeting(strips: list[_Strip], lines: tuple[_Line, _Line], corner: int) -> tuple[float, float]:
    """Return where the line that ends at a corner meets the one that starts there."""
    (px, py), (ux, uy) = lines[0].at(strips[corner - 1], 1.0)
    (qx, qy), (vx, vy) = lines[1].at(strips[corner], 0.0)
    cross = ux * vy - uy * vx
    if abs(cross) < 1e-6:
        return qx, qy
    along = ((qx - px) * vy - (qy - py) * vx) / cross
    return px + along * ux, py + along * uy
