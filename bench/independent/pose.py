"""Where the card lies before the camera: a pinhole, a pose, and a lens that bends lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.independent.tiers import Tier

Array = NDArray[np.float64]

# ID-1 of ISO/IEC 7810, in millimetres.
CARD_MM = (85.6, 53.98)


@dataclass(frozen=True)
class Pose:
    """A card before a camera. Points of the card are in millimetres from its upper left corner."""

    width: int
    height: int
    focal: float
    rotation: Array
    position: Array
    """Middle of the card in camera coordinates, millimetres."""
    bend: tuple[float, float]

    def plane(self) -> Array:
        """Return the matrix from card millimetres to straight-lined pixels, scaled by depth."""
        camera = np.array(
            [[self.focal, 0, self.width / 2], [0, self.focal, self.height / 2], [0, 0, 1.0]]
        )
        middle = np.array([CARD_MM[0] / 2, CARD_MM[1] / 2])
        offset = self.position - self.rotation[:, :2] @ middle
        return np.asarray(camera @ np.column_stack([self.rotation[:, :2], offset]))

    def project(self, points: Array) -> Array:
        """Return where points of the card appear in the frame, lens included."""
        mapped = np.column_stack([points, np.ones(len(points))]) @ self.plane().T
        return self._bent(mapped[:, :2] / mapped[:, 2:])

    def corners(self) -> Array:
        """Return the corners, TL TR BR BL of the card's own orientation."""
        w, h = CARD_MM
        return self.project(np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float64))

    def straight(self) -> tuple[Array, Array]:
        """Return, for every pixel of the frame, where a lens without bend would show it."""
        across = np.arange(self.width) - self.width / 2
        x, y = np.meshgrid(across, np.arange(self.height) - self.height / 2)
        factor = self._factor((x**2 + y**2) / self._radius() ** 2)
        return x * factor + self.width / 2, y * factor + self.height / 2

    def _radius(self) -> float:
        return 0.5 * float(np.hypot(self.width, self.height))

    def _factor(self, squared: Array) -> Array:
        return np.asarray(1 + self.bend[0] * squared + self.bend[1] * squared**2)

    def _bent(self, straight: Array) -> Array:
        middle = np.array([self.width / 2, self.height / 2])
        wanted = straight - middle
        found = wanted.copy()
        for _ in range(25):
            squared = (found**2).sum(axis=1) / self._radius() ** 2
            found = wanted / self._factor(squared)[:, None]
        return np.asarray(found + middle, np.float64)


def draw_pose(rng: Generator, tier: Tier, size: tuple[int, int]) -> Pose:
    """Draw a pose; the whole card is in the frame unless the tier lets it be cut."""
    width, height = size
    focal = width * float(rng.uniform(0.75, 1.25))
    bend = (float(rng.normal(0, tier.lens_bend)), float(rng.normal(0, tier.lens_bend / 4)))
    cut = rng.random() < tier.cut
    while True:
        turn = float(rng.choice([0, 90, 180, 270], p=[0.4, 0.2, 0.2, 0.2]))
        roll = turn + float(rng.uniform(-tier.roll_deg, tier.roll_deg))
        if rng.random() < tier.free_roll:
            roll = float(rng.uniform(0, 360))
        tilt = tier.tilt_deg * np.sqrt(rng.uniform(0, 1))
        toward = float(rng.uniform(0, 360))
        rotation = _turned(roll, float(tilt), toward)
        spread = np.abs(rotation[:2, :2]) @ np.array(CARD_MM)
        room = min(width / spread[0], height / spread[1])
        scale = room * float(rng.uniform(*tier.share))
        if scale < tier.px_per_mm * max(1.0, width / 1600):
            continue
        depth = focal / scale
        free = np.array([width, height]) - spread * scale
        shift = rng.uniform(-0.5, 0.5, 2) * free * (1.25 if cut else 0.92) / scale
        pose = Pose(width, height, focal, rotation, np.array([*shift, depth]), bend)
        corners = pose.corners()
        margin = -0.06 * width if cut else 4.0
        inside = (corners > margin).all() and (corners < np.array(size) - margin).all()
        if inside:
            return pose


def _turned(roll: float, tilt: float, toward: float) -> Array:
    """Return the rotation that rolls the card, then tilts it away in one direction."""
    a, t, d = np.radians([roll, tilt, toward])
    axis = np.array([np.cos(d), np.sin(d), 0.0])
    cross = np.array([[0, 0, axis[1]], [0, 0, -axis[0]], [-axis[1], axis[0], 0]])
    tilted = np.eye(3) + np.sin(t) * cross + (1 - np.cos(t)) * cross @ cross
    rolled = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    return np.asarray(tilted @ rolled)
