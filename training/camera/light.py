"""Light on the scene: uneven fall, shadows with soft edges, and glare of windows and lamps."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Map = NDArray[np.float32]


def _grid(height: int, width: int) -> tuple[Map, Map]:
    ys, xs = np.mgrid[0 : height // 8 + 1, 0 : width // 8 + 1].astype(np.float32)
    return ys / (height / 8), xs / (width / 8)


def _full(small: Map, height: int, width: int) -> Map:
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def illumination(rng: Generator, height: int, width: int, unevenness: float) -> Map:
    """Return a smooth factor around 1: a lamp's fall-off, a vignette and a gradient."""
    ys, xs = _grid(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    slope = (xs - 0.5) * np.cos(angle) + (ys - 0.5) * np.sin(angle)
    cx, cy = rng.uniform(-0.2, 1.2, 2)
    spot = np.exp(-((xs - cx) ** 2 + (ys - cy) ** 2) / rng.uniform(0.2, 1.0))
    corner = (xs - 0.5) ** 2 + (ys - 0.5) ** 2
    small = 1 + unevenness * (
        1.3 * slope * rng.uniform(0, 1) + 0.9 * (spot - 0.4) * rng.uniform(0, 1) - 0.5 * corner
    )
    return _full(small.astype(np.float32), height, width)


def shadow(rng: Generator, height: int, width: int, near: NDArray[np.float64]) -> Map:
    """Return a factor in 0.35…1: the edge of a hand, a head or a phone over the card."""
    xs = _grid(height, width)[1]
    small = np.zeros(xs.shape, np.uint8)
    cx, cy = near / (width, height) * xs.shape[::-1]
    angle = rng.uniform(0, 2 * np.pi)
    reach = rng.uniform(0.05, 0.5) * xs.shape[1]
    count = int(rng.integers(4, 9))
    turns = np.sort(rng.uniform(0, 2 * np.pi, count))
    wide = rng.uniform(0.25, 0.7) * xs.shape[1]
    points = np.stack(
        [
            cx
            + np.cos(angle) * (reach + wide * 0.8)
            + wide * np.cos(turns) * rng.uniform(0.7, 1.2, count),
            cy
            + np.sin(angle) * (reach + wide * 0.8)
            + wide * np.sin(turns) * rng.uniform(0.7, 1.2, count),
        ],
        axis=1,
    )
    cv2.fillPoly(small, [points.astype(np.int32)], 255)
    soft = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.6, 8))
    depth = rng.uniform(0.15, 0.6)
    return _full((1 - soft.astype(np.float32) / 255 * depth).astype(np.float32), height, width)


def glare(rng: Generator, height: int, width: int, near: NDArray[np.float64]) -> Map:
    """Return added light 0…1: the mirror image of a window, a lamp or a tube on the plastic."""
    ys, xs = _grid(height, width)
    cx, cy = near / (width, height)
    angle = rng.uniform(0, np.pi)
    aspect = width / height
    u = (xs - cx) * aspect * np.cos(angle) + (ys - cy) * np.sin(angle)
    v = -(xs - cx) * aspect * np.sin(angle) + (ys - cy) * np.cos(angle)
    kind = rng.integers(3)
    size = rng.uniform(0.04, 0.16)
    if kind == 0:
        small = np.exp(-(u**2 + v**2) / (2 * size**2))
    elif kind == 1:
        small = np.exp(-((np.abs(u) / (size * 4)) ** 4) - (v / (size * 0.5)) ** 2)
    else:
        panes = (np.abs(np.abs(u) - size * 0.62) < size * 0.5) & (
            np.abs(np.abs(v) - size * 0.8) < size * 0.68
        )
        small = cv2.GaussianBlur(panes.astype(np.float32), (0, 0), rng.uniform(0.8, 3.5))
    halo = np.exp(-(u**2 + v**2) / (2 * (size * 3) ** 2)) * 0.25
    return _full(np.clip(small + halo, 0, 1).astype(np.float32), height, width)
