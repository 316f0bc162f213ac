"""Which rhythms the pixels of a card have: what dots of print and pixels of a display leave.

A halftone or a display is faint in the pixels and narrow in their spectrum, at the same place in
every piece of one card; lines of the print are at other places in each. So the spectra of pieces
are put together: their mean, their strongest and their weakest, and how far each stands out of its
surroundings. Brightness and its differences of colour are told apart, as the inks are.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

from device.inference.base import Floats, Image

PIECE = 96
_HALF = PIECE // 2
_AROUND = 9  # cells of the spectrum that are the surroundings of one
_LEAST = 0.05  # a power below that of rounding


def spectra(pieces: Image) -> Image:
    """Return the pictures of the spectra, PIECE high, of rows of square pieces.

    Each row of pieces gives four pictures side by side, half as wide as a piece: how strong the
    mean is, and how far the mean, the strongest and the weakest stand out.
    """
    rows, columns = pieces.shape[0] // PIECE, pieces.shape[1] // PIECE
    power = _power(pieces)
    drawn = np.empty((PIECE, rows * 4 * _HALF, 3), np.uint8)
    for row in range(rows):
        own = power[row * columns : (row + 1) * columns]
        mean = own.mean(axis=0)
        tiles = [mean * 14 + 42]
        for spectrum in (mean, own.max(axis=0), own.min(axis=0)):
            around = cv2.blur(spectrum, (_AROUND, _AROUND))
            tiles.append((spectrum - around) * 32 + 64)
        at = row * 4 * _HALF
        together = np.concatenate(tiles, axis=1)
        drawn[:, at : at + 4 * _HALF] = np.clip(together + 0.5, 0, 255).astype(np.uint8)
    return drawn


def _power(pieces: Image) -> Floats:
    """Return the logarithm of each piece's power, N×PIECE×PIECE/2×3, the slowest in the middle."""
    values = pieces.astype(np.float32)
    red, green, blue = values[..., 0], values[..., 1], values[..., 2]
    planes = ((red + 2 * green + blue) / 4, red - green, blue - green)
    window, energy = _window()
    power = []
    for top in range(0, pieces.shape[0], PIECE):
        for left in range(0, pieces.shape[1], PIECE):
            own = []
            for plane in planes:
                piece = plane[top : top + PIECE, left : left + PIECE]
                waves = cv2.dft((piece - piece.mean()) * window, flags=cv2.DFT_COMPLEX_OUTPUT)
                half = waves[:, :_HALF]
                own.append(half[..., 0] ** 2 + half[..., 1] ** 2)
            power.append(np.stack(own, axis=2))
    found = np.roll(np.stack(power), _HALF, axis=1)
    return np.asarray(np.log(found / energy + np.float32(_LEAST)), np.float32)


@functools.cache
def _window() -> tuple[Floats, np.float32]:
    line = np.hanning(PIECE + 2)[1:-1].astype(np.float32)
    window = np.outer(line, line)
    return window, np.float32((window**2).sum())
