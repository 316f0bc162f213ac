"""From four corner heatmaps to an ordered quad: the arithmetic of the card detector."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt

from device.inference.base import Floats

_PEAKS = 7
_APART = 5  # cells: two corners of a readable card are never nearer
_REACH = 2  # cells around a peak whose centre of mass is the corner


def softmax_maps(logits: Floats) -> Floats:
    """Return H×W×4 logits as four distributions over the cells."""
    flat = logits.reshape(-1, logits.shape[-1])
    shifted = np.exp(flat - flat.max(axis=0))
    return np.asarray(shifted / shifted.sum(axis=0), np.float32).reshape(logits.shape)


def decode(logits: Floats) -> tuple[npt.NDArray[np.float64], float] | None:
    """Return the corners (4×2, in cells, own orientation) and the evidence of the weakest.

    The four channels are summed before peaks are sought: a net that is unsure which end of the card
    is up spreads each corner over two channels, and its peaks still stand where the corners are.
    The order then is clockwise, turned to where the channels agree most.
    """
    maps = softmax_maps(logits)
    total = maps.sum(axis=2)
    peaks = _peaks(total)
    best: tuple[float, list[tuple[int, int]]] | None = None
    for chosen in combinations(peaks, 4):
        ordered = _clockwise(chosen)
        if ordered is None:
            continue
        evidence = [_mass(total, p) for p in ordered]
        # The product rejects a quad that leans on one strong corner and three guesses.
        score = float(np.prod(np.clip(evidence, 1e-6, 1.5)))
        if best is None or score > best[0]:
            best = (score, ordered)
    if best is None:
        return None
    ordered = best[1]
    shift = max(
        range(4), key=lambda k: sum(_mass(maps[..., c], ordered[(c + k) % 4]) for c in range(4))
    )
    places = [ordered[(c + shift) % 4] for c in range(4)]
    corners = np.array([_centre(total, p) for p in places], np.float64)
    return corners, float(min(min(_mass(total, p), 1.0) for p in places))


def _peaks(total: Floats) -> list[tuple[int, int]]:
    """Return up to seven cells (row, column), strongest first, kept apart."""
    left = total.copy()
    found: list[tuple[int, int]] = []
    strongest = 0.0
    for _ in range(_PEAKS):
        row, column = divmod(int(left.argmax()), left.shape[1])
        if left[row, column] <= max(1e-4, 0.004 * strongest):
            break
        strongest = max(strongest, float(left[row, column]))
        found.append((row, column))
        left[_around(row, _APART), _around(column, _APART)] = 0
    return found


def _clockwise(points: tuple[tuple[int, int], ...]) -> list[tuple[int, int]] | None:
    """Order four cells clockwise on the screen; None when they are no convex quad."""
    places = np.array([(column, row) for row, column in points], np.float64)
    centre = places.mean(axis=0)
    order = np.argsort(np.arctan2(places[:, 1] - centre[1], places[:, 0] - centre[0]))
    ring = places[order]
    edges = np.roll(ring, -1, axis=0) - ring
    following = np.roll(edges, -1, axis=0)
    turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
    if (turns <= 0).any():
        return None
    return [points[int(index)] for index in order]


def _mass(probabilities: Floats, place: tuple[int, int]) -> float:
    row, column = place
    return float(probabilities[_around(row, _REACH), _around(column, _REACH)].sum())


def _centre(probabilities: Floats, place: tuple[int, int]) -> tuple[float, float]:
    """Return the (x, y) centre of mass around a cell, in cells from the map's left top edge."""
    rows, columns = _around(place[0], _REACH), _around(place[1], _REACH)
    part = probabilities[rows, columns].astype(np.float64)
    ys, xs = np.mgrid[
        rows.start : rows.start + part.shape[0], columns.start : columns.start + part.shape[1]
    ]
    weight = max(part.sum(), 1e-12)
    return float((part * xs).sum() / weight + 0.5), float((part * ys).sum() / weight + 0.5)


def _around(index: int, reach: int) -> slice:
    return slice(max(index - reach, 0), index + reach + 1)
