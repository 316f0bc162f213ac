"""What two exposures of one card under two lamps tell: how it returns light, and whether it does.

Each lamp lights its own side more, so anything that returns light changes between the exposures
by a slope across the picture; what gives its own light, a screen, hardly does. Beyond that slope a
glossy surface mirrors each lamp in another place: on plastic a bright spot moves, on plain paper
nothing does.

Limits: set on simulated pairs. Photo paper and laminated copies mirror the lamps as a card does,
and a card worn dull may do so no longer. A score informs the reviewer and blocks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from device.inference.base import Floats, Image, Quad
from device.inference.reading import Attack
from device.inference.rectify import rectify

_DETECTED = 0.5
_SIZE = (160, 100)  # width, height at which the card is compared
_AROUND = 0.25  # how far around it the table is compared, as a share of its size
_GAMMA = 2.2
_BURNT, _DARK = 250, 6
_FLOOR = 0.004  # linear light of a sensor's black, which no ratio may be taken of
# Slope of the table's change from edge to edge, as a logarithm: below it the lamps did nothing.
_LEAST_SLOPE = 0.12
# Share of the table's change that the card shows: a screen's, and a thing's that returns light.
_GLOWING, _LIT = 0.25, 0.6
# Light of the moving spots over that of the card's white: plain paper's, and a plastic's.
_MATT, _GLOSSY = 0.02, 0.08


@dataclass(frozen=True, slots=True)
class LampPair:
    """What changes between the exposures.

    `response` is how much of the table's change the card shows, None where the table shows none;
    `highlight` is how bright the spots are that moved, over the card's own white.
    """

    response: float | None
    highlight: float


def lamp_pair_score(
    first: Image, second: Image, quad: Quad, second_quad: Quad | None = None
) -> Attack:
    """Return how much two exposures, one under each lamp, look like a screen or like paper.

    `quad` is where the card is in the first, and in the second too without `second_quad`. Where
    the lamps made no difference to the table nothing is known, and the score is 0.
    """
    seen = compare(first, second, quad, second_quad)
    if seen.response is None:
        return Attack(False, 0.0, None)
    screen = float(np.clip((_LIT - seen.response) / (_LIT - _GLOWING), 0, 1))
    paper = float(np.clip((_GLOSSY - seen.highlight) / (_GLOSSY - _MATT), 0, 1))
    # What gives its own light is no paper, however little it mirrors.
    paper *= 1 - screen
    score, kind = max((screen, "screen"), (paper, "print"))
    detected = score >= _DETECTED
    return Attack(detected, score, kind if detected else None)


def compare(first: Image, second: Image, quad: Quad, second_quad: Quad | None = None) -> LampPair:
    """Return what changed between two exposures of one card."""
    quads = (quad, second_quad or quad)
    ones, others = (
        _linear(_seen(image, place)) for image, place in zip((first, second), quads, strict=True)
    )
    height, width = ones.shape
    rim_x, rim_y = (
        round(width * _AROUND / (1 + 2 * _AROUND)),
        round(height * _AROUND / (1 + 2 * _AROUND)),
    )
    inside = np.zeros(ones.shape, bool)
    # The card's own edge belongs to neither: a corner found a pixel off would move it.
    inside[rim_y + 3 : height - rim_y - 3, rim_x + 3 : width - rim_x - 3] = True
    outside = np.ones(ones.shape, bool)
    outside[rim_y - 3 : height - rim_y + 3, rim_x - 3 : width - rim_x + 3] = False
    usable = (np.maximum(ones, others) < _light(_BURNT)) & (
        np.minimum(ones, others) > _light(_DARK)
    )
    change = np.log((ones + _FLOOR) / (others + _FLOOR)).astype(np.float32)
    table = _surface(change, outside & usable)
    card = _surface(change, inside & usable)
    response = None
    if table is not None and card is not None:
        table_slope, card_slope = table[1:3], card[1:3]
        strength = float(np.hypot(*table_slope))
        if strength >= _LEAST_SLOPE:
            response = float(table_slope @ card_slope) / strength**2
    return LampPair(response, _highlight(ones, others, card, inside))


def _seen(image: Image, quad: Quad) -> Image:
    width = round(_SIZE[0] * (1 + 2 * _AROUND))
    height = round(_SIZE[1] * (1 + 2 * _AROUND))
    points = quad.array()
    middle = points.mean(axis=0)
    wider = Quad.of(middle + (points - middle) * (1 + 2 * _AROUND))
    return rectify(image, wider, width=width, height=height)


def _light(value: float) -> float:
    return float((value / 255) ** _GAMMA)


def _linear(image: Image) -> Floats:
    brightest = cv2.GaussianBlur(image, (0, 0), 1.2).max(axis=2)
    return np.asarray((brightest.astype(np.float32) / 255) ** np.float32(_GAMMA), np.float32)


def _basis(shape: tuple[int, ...]) -> Floats:
    """Return level, slopes from edge to edge, and bends, for every pixel."""
    y, x = np.mgrid[-0.5 : 0.5 : shape[0] * 1j, -0.5 : 0.5 : shape[1] * 1j].astype(np.float32)
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _surface(change: Floats, where: np.ndarray) -> Floats | None:
    """Return the factors of `_basis` for a surface through most of the values."""
    rows, columns = np.nonzero(where)
    if len(rows) < 200:
        return None
    values = change[rows, columns]
    basis = _basis(change.shape)[rows, columns]
    kept = np.ones(len(rows), bool)
    factors = np.zeros(basis.shape[1], np.float32)
    for _ in range(4):  # spots and shadows are no part of the slope
        factors = np.linalg.lstsq(basis[kept], values[kept], rcond=None)[0]
        rest = np.abs(values - basis @ factors)
        kept = rest <= max(float(np.quantile(rest, 0.8)), 1e-6)
    return np.asarray(factors, np.float32)


def _highlight(ones: Floats, others: Floats, card: Floats | None, inside: np.ndarray) -> float:
    """Return the light of what is brighter in one exposure than its slope explains."""
    half = np.ones_like(ones) if card is None else np.exp(0.5 * (_basis(ones.shape) @ card))
    # Where one exposure is burnt out its true light is unknown, but for a spot it is enough.
    rest = cv2.GaussianBlur(ones / half - others * half, (0, 0), 2.5)[inside]
    white = float(np.quantile(np.minimum(ones / half, others * half)[inside], 0.95))
    found = max(float(np.quantile(rest, 0.995)), -float(np.quantile(rest, 0.005)))
    return found / max(white, 0.02)
