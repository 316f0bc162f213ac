"""From four corner heatmaps to an ordered quad: the arithmetic of the card detector.

A corner may be hidden by a finger, and another rectangle on the table has corners too. So quads
are guessed from peaks, three of which can stand for four, and each guess is weighed by what the
maps say at its corners and by how much it looks like an ID-1 card seen from somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from device.inference.base import Floats

Points = npt.NDArray[np.float64]

_PEAKS = 8
_APART = 5  # cells: two corners of a readable card are never nearer
_REACH = 2  # cells around a corner whose answers count as its own
_ASPECT = 85.60 / 53.98  # ISO/IEC 7810
# Deviations of the logarithms, for views tilted up to about 30 degrees.
_ASPECT_SPREAD, _SIDES_SPREAD = 0.14, 0.16
_NO_EVIDENCE = 0.04
_OPPOSITE = 0.6  # what the opposite corner's channel counts: the classifier tells up from down
_OTHER = 0.15
_OUTSIDE = 6  # cells that a corner may lie outside of the picture
_KEPT = 4  # guesses returned


@dataclass(frozen=True, slots=True)
class Guess:
    """Corners in cells, in the card's own orientation; `certainty` 0…1 is that of the weakest."""

    corners: Points
    certainty: float
    score: float


def softmax_maps(logits: Floats) -> Floats:
    """Return H×W×4 logits as four distributions over the cells."""
    flat = logits.reshape(-1, logits.shape[-1])
    shifted = np.exp(flat - flat.max(axis=0))
    return np.asarray(shifted / shifted.sum(axis=0), np.float32).reshape(logits.shape)


def decode(logits: Floats) -> list[Guess]:
    """Return up to four guesses, the best first; none when the maps show no quad."""
    maps = softmax_maps(logits)
    total = maps.sum(axis=2)
    peaks = _peaks(total)
    guesses = _guesses(np.array([_centre(total, peak) for peak in peaks]).reshape(-1, 2), len(maps))
    if not len(guesses):
        return []
    size = (2 * _REACH + 1, 2 * _REACH + 1)
    masses = cv2.boxFilter(maps, -1, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
    said = _answers(np.asarray(masses, np.float32), guesses)
    scores = _evidence(said) - _distortion(guesses)
    found: list[Guess] = []
    for index in np.argsort(-scores):
        corners = guesses[index]
        if any(_same(corners, other.corners) for other in found):
            continue
        weakest = float(np.minimum(said[index].sum(axis=1), 1).min())
        found.append(_own_way(corners, said[index], weakest, float(scores[index])))
        if len(found) == _KEPT:
            break
    return found


def _own_way(corners: Points, said: Floats, certainty: float, score: float) -> Guess:
    """Turn a lengthwise quad by half a turn where the channels agree better that way."""
    upright, turned = np.trace(said), np.trace(np.roll(said, -2, axis=0))
    return Guess(np.roll(corners, -2, axis=0) if turned > upright else corners, certainty, score)


def _peaks(total: Floats) -> list[tuple[int, int]]:
    """Return up to eight cells (row, column), strongest first, kept apart."""
    left = total.copy()
    found: list[tuple[int, int]] = []
    for _ in range(_PEAKS):
        row, column = divmod(int(left.argmax()), left.shape[1])
        if left[row, column] <= 2e-4:
            break
        found.append((row, column))
        left[_around(row, _APART), _around(column, _APART)] = 0
    return found


@cache
def _choices(count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return all fours and all threes (with each of the three as the middle) of so many peaks."""
    fours = np.array(list(combinations(range(count), 4)), np.intp).reshape(-1, 4)
    threes = [(a, b, c) for trio in combinations(range(count), 3) for a, b, c in _middles(trio)]
    return fours, np.array(threes, np.intp).reshape(-1, 3)


def _middles(trio: tuple[int, ...]) -> list[tuple[int, int, int]]:
    a, b, c = trio
    return [(a, b, c), (b, c, a), (c, a, b)]


def _guesses(peaks: Points, size: int) -> Points:
    """Return N×4×2 convex quads, clockwise, each in both lengthwise and crosswise order."""
    fours, threes = _choices(len(peaks))
    quads = peaks[fours]
    if len(threes):
        a, b, c = (peaks[threes[:, i]] for i in range(3))
        # The fourth corner of a parallelogram: near enough to be corrected by the second pass.
        quads = np.concatenate([quads, np.stack([a, b, c, a + c - b], axis=1)])
    if not len(quads):
        return quads
    offsets = quads - quads.mean(axis=1, keepdims=True)
    order = np.argsort(np.arctan2(offsets[..., 1], offsets[..., 0]), axis=1)
    ring = np.take_along_axis(quads, order[..., None], axis=1)
    edges = np.roll(ring, -1, axis=1) - ring
    following = np.roll(edges, -1, axis=1)
    turns = edges[..., 0] * following[..., 1] - edges[..., 1] * following[..., 0]
    lengths = np.linalg.norm(edges, axis=2)
    near = (np.abs(ring - size / 2) < size / 2 + _OUTSIDE).all(axis=(1, 2))
    ring = ring[(turns > 0).all(axis=1) & (lengths.min(axis=1) > _APART) & near]
    return np.concatenate([ring, np.roll(ring, -1, axis=1)])


def _answers(masses: Floats, guesses: Points) -> Floats:
    """Return, per guess, what each channel says at each corner: N×4 corners×4 channels."""
    size = masses.shape[0]
    cells = np.floor(guesses).astype(int)
    inside = ((cells >= 0) & (cells < size)).all(axis=2)
    cells = cells.clip(0, size - 1)
    said = masses[cells[..., 1], cells[..., 0]] * inside[..., None]
    return np.asarray(said, np.float32)


def _evidence(said: Floats) -> npt.NDArray[np.float64]:
    weights = np.full((4, 4), _OTHER)
    for corner in range(4):
        weights[corner, corner] = 1
        weights[corner, (corner + 2) % 4] = _OPPOSITE
    likeness = np.minimum((said * weights).sum(axis=2), 1) + _NO_EVIDENCE
    return np.asarray(np.log(likeness).sum(axis=1))


def _distortion(guesses: Points) -> npt.NDArray[np.float64]:
    """Return how unlike an ID-1 card, long sides first, each quad is; 0 is one seen from above."""
    lengths = np.log(np.linalg.norm(np.roll(guesses, -1, axis=1) - guesses, axis=2))
    top, right, bottom, left = lengths.T
    aspect = (top + bottom - right - left) / 2 - np.log(_ASPECT)
    sides = (top - bottom) ** 2 + (right - left) ** 2
    distance = (aspect / _ASPECT_SPREAD) ** 2 + sides / _SIDES_SPREAD**2
    return np.asarray(0.5 * distance)


def _same(first: Points, second: Points) -> bool:
    """Say whether two quads are one, whichever way it is held."""
    return any(
        bool(np.linalg.norm(first - np.roll(second, turn, axis=0), axis=1).max() < 2)
        for turn in range(4)
    )


def _centre(probabilities: Floats, place: tuple[int, int]) -> tuple[float, float]:
    """Return the (x, y) centre of mass around a cell, in cells from the map's left top edge."""
    rows, columns = _around(place[0], _REACH), _around(place[1], _REACH)
    part = probabilities[rows, columns].astype(np.float64)
    ys = np.arange(rows.start, rows.start + part.shape[0]) + 0.5
    xs = np.arange(columns.start, columns.start + part.shape[1]) + 0.5
    weight = max(float(part.sum()), 1e-12)
    return float(part.sum(axis=0) @ xs / weight), float(part.sum(axis=1) @ ys / weight)


def _around(index: int, reach: int) -> slice:
    return slice(max(index - reach, 0), index + reach + 1)
