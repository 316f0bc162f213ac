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
    @pytest.mark.parametrize("turn", [0, 2])
    def test_keeps_the_own_orientation_of_the_card(self, turn: int) -> None:
        corners = np.roll(CARD, turn, axis=0)
        found = decode(heatmaps(corners))[0]
        assert found.corners == pytest.approx(corners, abs=0.15)
        assert found.certainty > 0.9

    @pytest.mark.parametrize("doubt", [0.2, 0.49])
    def test_finds_corners_that_two_channels_share(self, doubt: float) -> None:
        assert decode(heatmaps(CARD, doubt=doubt))[0].corners == pytest.approx(CARD, abs=0.15)

    @pytest.mark.parametrize("hidden", range(4))
    def test_completes_a_corner_that_a_finger_hides(self, hidden: int) -> None:
        logits = heatmaps(CARD)
        logits[..., hidden] = 0
        found = decode(logits)[0].corners
        assert np.delete(found, hidden, axis=0) == pytest.approx(
            np.delete(CARD, hidden, axis=0), abs=0.15
        )
        assert found[hidden] == pytest.approx(CARD[hidden], abs=6)

    def test_prefers_the_shape_of_a_card_to_another_strong_corner(self) -> None:
        logits = heatmaps(CARD)
        stray = heatmaps(np.array([[3.0, 3.0]] * 4))
        logits[..., 0] = np.logaddexp(logits[..., 0] - 0.5, stray[..., 0])
        assert decode(logits)[0].corners == pytest.approx(CARD, abs=0.2)

    @settings(deadline=None, max_examples=30)
    @given(st.floats(0, 2 * np.pi), st.floats(16, 26))
    def test_finds_a_card_at_any_turn(self, angle: float, half: float) -> None:
        unit = np.array([[-1, -0.63], [1, -0.63], [1, 0.63], [-1, 0.63]]) * half
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        corners = unit @ turn.T + 32
        assert decode(heatmaps(corners))[0].corners == pytest.approx(corners, abs=0.2)

    def test_sees_no_quad_where_all_peaks_are_one(self) -> None:
        assert decode(heatmaps(np.full((4, 2), 30.0))) == []
