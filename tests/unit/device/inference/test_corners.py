import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.inference.base import Floats
from device.inference.corners import decode

CARD = np.array([[14.0, 20.0], [50.0, 17.0], [52.0, 41.0], [12.0, 44.0]])


def heatmaps(corners: np.ndarray, *, doubt: float = 0.0) -> Floats:
    """Logits whose channels peak at the corners; `doubt` moves that share to the opposite one."""
    at = np.arange(64) + 0.5
    bumps = [
        np.exp(-((at[None, :] - x) ** 2 + (at[:, None] - y) ** 2) / (2 * 0.9**2))
        for x, y in corners
    ]
    maps = [(1 - doubt) * bumps[c] + doubt * bumps[(c + 2) % 4] for c in range(4)]
    return np.log(np.stack(maps, axis=2) + 1e-7).astype(np.float32)


class TestDecode:
    @pytest.mark.parametrize("turn", range(4))
    def test_keeps_the_own_orientation_of_the_card(self, turn: int) -> None:
        corners = np.roll(CARD, turn, axis=0)
        found = decode(heatmaps(corners))
        assert found is not None
        assert found[0] == pytest.approx(corners, abs=0.15)
        assert found[1] > 0.9

    @pytest.mark.parametrize("doubt", [0.2, 0.49])
    def test_finds_corners_that_two_channels_share(self, doubt: float) -> None:
        found = decode(heatmaps(CARD, doubt=doubt))
        assert found is not None
        assert found[0] == pytest.approx(CARD, abs=0.15)

    @settings(deadline=None, max_examples=30)
    @given(st.floats(0, 2 * np.pi), st.floats(16, 26))
    def test_finds_a_card_at_any_turn(self, angle: float, half: float) -> None:
        unit = np.array([[-1, -0.63], [1, -0.63], [1, 0.63], [-1, 0.63]]) * half
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        corners = unit @ turn.T + 32
        found = decode(heatmaps(corners))
        assert found is not None
        assert found[0] == pytest.approx(corners, abs=0.2)

    def test_sees_no_quad_where_all_peaks_are_one(self) -> None:
        assert decode(heatmaps(np.full((4, 2), 30.0))) is None
