"""What a face is: geometry that holds at every scale and turn."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from device.inference.base import Floats
from device.inference.faces import EDGES, FOREHEAD, LOWEST, Face, turn_of

ANGLES = st.floats(-60, 60)
COORDINATES = st.floats(-2000, 2000)


def straight_mesh() -> Floats:
    """A face that looks straight into the camera: an upright cross without depth."""
    mesh = np.zeros((468, 3), np.float32)
    mesh[list(EDGES)] = [(-50, 0, 0), (50, 0, 0)]
    mesh[[FOREHEAD, LOWEST]] = [(0, -70, 0), (0, 70, 0)]
    return mesh


def turned(mesh: Floats, degrees: float, axes: tuple[int, int]) -> Floats:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    result = mesh.copy()
    one, other = axes
    result[:, one] = c * mesh[:, one] - s * mesh[:, other]
    result[:, other] = s * mesh[:, one] + c * mesh[:, other]
    return result


class TestTurnOf:
    @given(ANGLES)
    def test_tells_a_head_turned_to_a_side(self, degrees: float) -> None:
        turn = turn_of(turned(straight_mesh(), degrees, (0, 2)))
        assert np.allclose((turn.yaw, turn.pitch, turn.roll), (degrees, 0, 0), atol=0.01)

    @given(ANGLES)
    def test_tells_a_head_that_looks_up_or_down(self, degrees: float) -> None:
        turn = turn_of(turned(straight_mesh(), degrees, (1, 2)))
        assert np.allclose((turn.yaw, turn.pitch, turn.roll), (0, degrees, 0), atol=0.01)

    @given(ANGLES)
    def test_tells_a_head_that_leans(self, degrees: float) -> None:
        turn = turn_of(turned(straight_mesh(), degrees, (0, 1)))
        assert np.allclose((turn.yaw, turn.pitch, turn.roll), (0, 0, degrees), atol=0.01)

    @given(ANGLES, st.floats(0.05, 20))
    def test_does_not_depend_on_the_size_of_the_picture(self, degrees: float, by: float) -> None:
        mesh = turned(straight_mesh(), degrees, (0, 2))
        face = Face((0, 0, 100, 100), 0.9, ((30, 40), (70, 40)), mesh).scaled(by)
        assert face.mesh is not None
        assert np.isclose(turn_of(face.mesh).yaw, degrees, atol=0.05)


class TestFace:
    @given(COORDINATES, COORDINATES, st.floats(1, 500), st.floats(0.1, 10))
    def test_scales_with_its_picture_and_back(
        self, x: float, y: float, width: float, by: float
    ) -> None:
        face = Face((x, y, width, width), 0.5, ((x, y), (x + width / 2, y)))
        there = face.scaled(by)
        assert np.isclose(there.eye_distance, by * face.eye_distance)
        assert np.allclose(there.scaled(1 / by).box, face.box, atol=1e-6)
