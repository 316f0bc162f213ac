"""How much a picture looks like a copy: a first score from colour and from patterns of a screen.

A station whose list of models has no attack judge scores by these two measures alone.

Photocopy: a credential is printed in colour, and a black and white copy is not. What is measured
is how far the card's colours spread around their own mean, so that warm light on a copy does not
pass for print; the same spread outside the card tells a colourless camera from a colourless card.

Screen: the pixels of a display and those of the camera beat against each other and leave narrow
peaks in the spectrum where a print has none.

Limits: set on few rendered frames, of which 11 of 14 screens and 9 of 14 grey copies were noticed
and 2 of 84 originals suspected. A colour copy is not noticed; a strongly faded card scores higher;
a screen whose pixels are finer than the camera's leaves no pattern. A score informs the reviewer
and blocks nothing.
"""

from __future__ import annotations

import cv2
import numpy as np

from device.inference.base import Image, Quad
from device.inference.reading import Attack

_DETECTED = 0.5
_COLOURFUL = 4.5  # spread in CIELAB units at which a card is surely in colour
_COLOURLESS = 1.6
_RIM = 40  # card pixels left out at each edge
_BAND = (0.12, 0.47)  # cycles per card pixel: pitches of two to eight
_AROUND = 0.068  # the surroundings of a peak, as a share of the spectrum
_LEAST_PX = 64
# Natural logarithm of the peak over its surroundings: where suspicion begins, where it is sure.
_PEAK, _SURE_PEAK = 3.8, 5.2


def score(image: Image, card: Image, quad: Quad) -> Attack:
    """Return the likelier of the two kinds with its score."""
    scores = {"photocopy": _photocopy(image, card, quad), "screen": _screen(card)}
    kind = max(scores, key=lambda name: scores[name])
    worst = scores[kind]
    return Attack(worst >= _DETECTED, worst, kind if worst >= _DETECTED else None)


def _photocopy(image: Image, card: Image, quad: Quad) -> float:
    rim_y, rim_x = card.shape[0] // 20, card.shape[1] // 20
    inner = card[rim_y:-rim_y, rim_x:-rim_x]
    spread = _colour_spread(cv2.resize(inner, (160, 100), interpolation=cv2.INTER_AREA))
    suspicion = float(np.clip((_COLOURFUL - spread) / (_COLOURFUL - _COLOURLESS), 0, 1))
    if suspicion == 0:
        return 0.0
    small = cv2.resize(image, (160, 120), interpolation=cv2.INTER_AREA)
    scale = np.array([160 / image.shape[1], 120 / image.shape[0]])
    mask = np.ones(small.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(quad.array() * scale).astype(np.int32), 0)
    outside = small[mask == 1]
    colourless_frame = len(outside) > 400 and _colour_spread(outside[None]) < 0.8 and spread < 0.8
    # A grey camera proves nothing about the card.
    return min(suspicion, 0.45) if colourless_frame else suspicion


def _colour_spread(pixels: np.ndarray) -> float:
    lab = cv2.cvtColor(np.ascontiguousarray(pixels, np.uint8), cv2.COLOR_RGB2LAB).astype(np.float32)
    colours = lab[..., 1:].reshape(-1, 2)
    return float(np.sqrt(((colours - np.median(colours, axis=0)) ** 2).sum(axis=1).mean()))


def _screen(card: Image) -> float:
    """Return how surely a raster of one pitch runs over the whole card.

    Print has fine lines too, but of other pitches in other places: the spectrum of every row is
    taken, and their mean logarithm has a narrow peak only where all of them have it.
    """
    inner = card[_RIM:-_RIM, _RIM:-_RIM]
    grey = np.asarray(cv2.cvtColor(inner, cv2.COLOR_RGB2GRAY), np.uint8)
    peak = max(raster(grey), raster(np.ascontiguousarray(grey.T)))
    return float(np.clip((peak - _PEAK) / (_SURE_PEAK - _PEAK), 0, 1))


def raster(grey: Image) -> float:
    """Return how far the sharpest line of the rows' common spectrum stands out, as a logarithm.

    0 is a picture too small to tell.
    """
    if min(grey.shape) < _LEAST_PX:
        return 0.0
    rows = grey[::4].astype(np.float32)
    window = np.hanning(rows.shape[1]).astype(np.float32)
    lines = (rows - cv2.blur(rows, (9, 1))) * window
    spectrum = cv2.dft(lines, flags=cv2.DFT_ROWS | cv2.DFT_COMPLEX_OUTPUT)
    half = rows.shape[1] // 2
    power = spectrum[:, :half, 0] ** 2 + spectrum[:, :half, 1] ** 2
    mean = np.log(power + 1).mean(axis=0).astype(np.float32)
    around = max(9, round(half * _AROUND)) | 1
    prominence = mean - cv2.blur(mean.reshape(1, -1), (around, 1)).reshape(-1)
    low, high = round(2 * half * _BAND[0]), round(2 * half * _BAND[1])
    return float(prominence[low:high].max())
