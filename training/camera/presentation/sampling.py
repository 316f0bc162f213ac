"""Patterns finer than a pixel, averaged over each pixel of the frame as a sensor does.

A halftone or a display repeats itself on a lattice. Every repeating pattern is a sum of waves, and
a square pixel behind a lens weakens a wave of known frequency by a known factor. So each wave is
drawn on the frame's own pixels with that factor: what is too fine to be resolved folds into moiré
where, and as strongly as, it would before a camera, without drawing anything at a higher
resolution.
"""

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Dot = Literal["round", "line", "square"]
_WEAKEST = 0.004  # a wave below this share of full contrast is not seen in eight bits
_CELL = 32
_HARMONICS = ((1, 0), (0, 1), (1, 1), (1, -1), (2, 0), (0, 2))


@dataclass(frozen=True)
class Footprint:
    """Where the pixels of a window lie, in millimetres of the thing that is shown.

    `jacobian` is millimetres per pixel in the middle, `blur_px` the deviation of the lens's blur.
    """

    x: Map
    y: Map
    jacobian: NDArray[np.float64]
    blur_px: float

    @property
    def px_per_mm(self) -> float:
        return float(1 / np.sqrt(abs(np.linalg.det(self.jacobian))))

    def contrast(self, frequency: NDArray[np.float64]) -> float:
        """Return what is left of a wave of (x, y) cycles per millimetre."""
        per_px = self.jacobian.T @ frequency
        lens = np.exp(-2 * (np.pi * self.blur_px) ** 2 * float(per_px @ per_px))
        return float(np.sinc(per_px[0]) * np.sinc(per_px[1]) * lens)

    def phase(self, frequency: NDArray[np.float64], offset: float = 0.0) -> Map:
        """Return the phase of a wave at every pixel, in radians."""
        fx, fy = (2 * np.pi * frequency).astype(np.float32)
        return self.x * fx + self.y * fy + np.float32(offset)


def footprint(
    homography: NDArray[np.float64],
    window: tuple[int, int, int, int],
    px_per_mm: float,
    blur_px: float,
) -> Footprint:
    """Return the footprint of a window (x, y, width, height) of the frame."""
    x0, y0, width, height = window
    back = np.linalg.inv(homography)
    xs = np.arange(x0, x0 + width, dtype=np.float64)[None]
    ys = np.arange(y0, y0 + height, dtype=np.float64)[:, None]
    depth = back[2, 0] * xs + back[2, 1] * ys + back[2, 2]
    u = (back[0, 0] * xs + back[0, 1] * ys + back[0, 2]) / depth / px_per_mm
    v = (back[1, 0] * xs + back[1, 1] * ys + back[1, 2]) / depth / px_per_mm
    middle = (height // 2, width // 2)
    next_x = (middle[0], min(middle[1] + 1, width - 1))
    next_y = (min(middle[0] + 1, height - 1), middle[1])
    jacobian = np.array(
        [
            [u[next_x] - u[middle], u[next_y] - u[middle]],
            [v[next_x] - v[middle], v[next_y] - v[middle]],
        ]
    )
    if abs(np.linalg.det(jacobian)) < 1e-9:  # a window of one row or column
        jacobian = np.eye(2) / px_per_mm
    return Footprint(u.astype(np.float32), v.astype(np.float32), jacobian, blur_px)


@functools.cache
def _dot_waves(dot: Dot) -> NDArray[np.float32]:
    """Return the strength of each harmonic at each of 256 coverages of a halftone cell."""
    axis = (np.arange(_CELL) + 0.5) / _CELL
    x, y = np.meshgrid(axis, axis)
    match dot:
        case "round":
            height = np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)
        case "line":
            height = np.cos(2 * np.pi * x) + 0.02 * np.cos(2 * np.pi * y)
        case "square":
            height = -np.maximum(np.abs(x - 0.5), np.abs(y - 0.5))
            height = np.roll(height, (_CELL // 2, _CELL // 2), (0, 1))
    rank = np.empty(_CELL * _CELL)
    rank[np.argsort(-height.ravel(), kind="stable")] = np.arange(_CELL * _CELL)
    rank = rank.reshape(_CELL, _CELL) / (_CELL * _CELL)
    table = np.zeros((len(_HARMONICS), 256), np.float32)
    for level in range(256):
        spectrum = np.fft.fft2(rank < level / 255) / (_CELL * _CELL)
        for n, (kx, ky) in enumerate(_HARMONICS):
            table[n, level] = 2 * spectrum[ky, kx].real
    return table


def halftone(
    coverage: NDArray[np.uint8],
    where: Footprint,
    *,
    lines_per_mm: float,
    angle: float,
    dot: Dot,
    offset: tuple[float, float],
) -> Map:
    """Return what share of each pixel the dots of one ink cover, 0…1; `coverage` is 0…255."""
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    share = coverage.astype(np.float32) / 255
    for waves, (kx, ky) in zip(_dot_waves(dot), _HARMONICS, strict=True):
        frequency = lines_per_mm * (kx * turn[0] + ky * turn[1])
        contrast = where.contrast(frequency)
        if abs(contrast) * float(np.abs(waves).max()) < _WEAKEST:
            continue
        strength = (waves * np.float32(contrast))[coverage]
        share += strength * np.cos(where.phase(frequency, kx * offset[0] + ky * offset[1]))
    return np.clip(share, 0, 1)


def display(cell: NDArray[np.float32], where: Footprint, *, pitch_mm: float, reach: int = 3) -> Map:
    """Return the light of a display's pixels as a factor around 1 for each channel.

    `cell` is one period of the layout, height × width × 3, `pitch_mm` the size of that period.
    """
    height, width = cell.shape[:2]
    spectrum = np.fft.fft2(cell, axes=(0, 1)) / (height * width)
    mean = spectrum[0, 0].real
    gains = np.ones((*where.x.shape, 3), np.float32)
    for ky in range(-reach, reach + 1):
        for kx in range(reach + 1):
            if kx == 0 and ky <= 0:
                continue
            frequency = np.array([kx, ky]) / pitch_mm
            contrast = where.contrast(frequency)
            parts = 2 * contrast * spectrum[ky, kx] / mean
            if float(np.abs(parts).max()) < _WEAKEST:
                continue
            phase = where.phase(frequency)
            cosine, sine = np.cos(phase), np.sin(phase)
            for channel in range(3):
                part = parts[channel]
                gains[..., channel] += np.float32(part.real) * cosine
                gains[..., channel] -= np.float32(part.imag) * sine
    return np.maximum(gains, 0)
