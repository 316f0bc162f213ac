"""How much a picture looks like a copy: a first score from colour and from patterns of a screen.

Photocopy: a credential is printed in colour, and a black and white copy is not. What is measured
is how far the card's colours spread around their own mean, so that warm light on a copy does not
pass for print; the same spread outside the card tells a colourless camera from a colourless card.

Screen: the pixels of a display and those of the camera beat against each other and leave narrow
peaks in the spectrum where a print has none.

Limits: a colour copy is not noticed; a strongly faded card scores higher; a screen whose pixels are
finer than the camera's leaves no pattern. A score informs the reviewer and blocks nothing.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from device.inference.base import Image, Quad
from device.inference.reading import Attack

_DETECTED = 0.5
_COLOURFUL = 4.5  # spread in CIELAB units at which a card is surely in colour
_COLOURLESS = 1.6
_PATCH = 256
_PEAK = 5.2  # natural logarithm of a peak over its ring's median, where suspicion begins
_SURE_PEAK = 7.2


def score(image: Image, card: Image, quad: Quad) -> Attack:
    """Return the likelier of the two kinds with its score."""
    scores = {"photocopy": _photocopy(image, card, quad), "screen": _screen(image, quad)}
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


def _screen(image: Image, quad: Quad) -> float:
    centre = quad.array().mean(axis=0)
    left, top = (round(float(c)) - _PATCH // 2 for c in centre)
    patch = image[max(top, 0) : top + _PATCH, max(left, 0) : left + _PATCH, 1]
    if patch.shape != (_PATCH, _PATCH):
        return 0.0
    signal = (patch.astype(np.float32) - np.float32(patch.mean())) * _WINDOW
    spectrum = cv2.dft(signal, flags=cv2.DFT_COMPLEX_OUTPUT)
    power = spectrum[..., 0] ** 2 + spectrum[..., 1] ** 2
    values = np.log(power[_BAND] + 1)
    peak = float(values.max() - np.median(values))
    return float(np.clip((peak - _PEAK) / (_SURE_PEAK - _PEAK), 0, 1))


def _band() -> npt.NDArray[np.bool_]:
    """Return the frequencies searched: print has its energy below them, and the axes carry the
    picture's own edges. The second half mirrors the first and is left out."""
    at = np.fft.fftfreq(_PATCH) * _PATCH
    radius = np.hypot(at[:, None], at[None, :])
    off_axes = (np.abs(at)[:, None] > 3) & (np.abs(at)[None, :] > 3) & (at[:, None] > 0)
    return np.asarray((radius > _PATCH * 0.22) & (radius < _PATCH * 0.48) & off_axes)


_WINDOW = np.outer(np.hanning(_PATCH), np.hanning(_PATCH)).astype(np.float32)
_BAND = _band()
