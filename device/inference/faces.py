"""What a face in a picture is: where it is, and which way it looks.

The mesh is that of MediaPipe's face landmarks: 468 points, each with its place and its depth in
pixels of the picture. Left and right are those of the picture, not the person's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from device.inference.base import Floats, Image, Point

# Points of the mesh by what they lie on (MediaPipe's canonical face model).
LEFT_EYE = (33, 133)  # outer corner, inner corner
RIGHT_EYE = (263, 362)
MOUTH_CORNERS = (61, 291)
UNDER_EYES = (118, 347)
NOSE_BRIDGE, CHIN = 6, 199
UNDER_LIP = 18
JAWS = (210, 430)
FOREHEAD, LOWEST = 10, 152
EDGES = (234, 454)  # where the face ends before the ears
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """Which way a head is turned, in degrees: to a side, up or down, and leaning."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Face:
    """One face in pixels of its picture: `box` is x, y, width, height from the brows to the chin.

    `confidence` 0…1 is that of the finder; only the first face that a finder returns has a `mesh`.
    """

    box: tuple[float, float, float, float]
    confidence: float
    eyes: tuple[Point, Point]
    mesh: Floats | None = None

    @property
    def eye_distance(self) -> float:
        """Distance between the eyes in pixels."""
        (x0, y0), (x1, y1) = self.eyes
        return float(np.hypot(x1 - x0, y1 - y0))

    def scaled(self, factor: float) -> Face:
        """Return the same face in a picture that is larger by a factor."""
        x, y, width, height = (factor * value for value in self.box)
        (x0, y0), (x1, y1) = self.eyes
        mesh = None if self.mesh is None else np.asarray(self.mesh * np.float32(factor), np.float32)
        return replace(
            self,
            box=(x, y, width, height),
            eyes=((x0 * factor, y0 * factor), (x1 * factor, y1 * factor)),
            mesh=mesh,
        )


class FaceFinder(Protocol):
    """Finds faces in an R, G, B image; one thread at a time."""

    def find(self, image: Image) -> Sequence[Face]:
        """Return the faces, the largest first and with its mesh."""
        ...


def turn_of(mesh: Floats) -> Turn:
    """Return which way the head is turned, from the depth of the mesh."""
    across = mesh[EDGES[1]] - mesh[EDGES[0]]
    down = mesh[LOWEST] - mesh[FOREHEAD]
    return Turn(
        yaw=float(np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))),
        pitch=float(np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))),
        roll=float(np.degrees(np.arctan2(across[1], across[0]))),
    )
