"""Where the corners of a held card fall in a picture: a pinhole camera over a tilted ID-1 card."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

ID1_ASPECT = 85.60 / 53.98  # ISO/IEC 7810
Corners = NDArray[np.float32]  # 4×2: top left, top right, bottom right, bottom left of the card


def card_corners(
    rng: Generator, *, width: float, centre: tuple[float, float], most_tilt: float, roll: float
) -> Corners:
    """Project the corners of a card about `width` pixels wide, tilted up to `most_tilt` degrees.

    `roll` is the turn of the card in the picture plane, in radians.
    """
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float) * (0.5, 0.5 / ID1_ASPECT)
    points = np.column_stack([half, np.zeros(4)])
    axis = rng.uniform(0, 2 * np.pi)
    tilt = np.deg2rad(most_tilt * np.sqrt(rng.random()) * rng.choice([0.35, 1.0]))
    points = points @ _rotation(np.array([np.cos(axis), np.sin(axis), 0]), tilt).T
    points = points @ _rotation(np.array([0, 0, 1.0]), roll).T
    distance = rng.uniform(1.6, 5)
    projected = points[:, :2] * (distance / (distance + points[:, 2:]))
    return (projected * width + np.array(centre)).astype(np.float32)


def any_roll(rng: Generator) -> float:
    """A turn in radians: mostly near one of the four ways to hold a card, sometimes any."""
    if rng.random() < 0.35:
        return float(rng.uniform(0, 2 * np.pi))
    quarter = rng.choice([0, 1, 2, 3], p=[0.5, 0.15, 0.2, 0.15])
    return float(quarter * np.pi / 2 + np.deg2rad(rng.normal(0, 12)))


def _rotation(axis: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)
