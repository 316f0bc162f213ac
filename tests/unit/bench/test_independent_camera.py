"""The second camera: where it says a card is, there it is."""

from itertools import islice

import cv2
import numpy as np
import pytest

from bench.independent.photograph import Photograph, photograph
from bench.independent.pose import CARD_MM, draw_pose
from bench.independent.tables import Table
from bench.independent.tiers import TIERS

SIZE = (1280, 960)
_TABLE = Table(np.full((120, 160, 3), 90, np.uint8), 300.0)


def _card_with_dot(x_mm: float, y_mm: float) -> np.ndarray:
    """A white card of 20 px/mm with a black dot of 3 mm."""
    card = np.full((1080, 1712, 3), 235, np.uint8)
    cv2.circle(card, (round(x_mm * 20), round(y_mm * 20)), 30, (0, 0, 0), -1, cv2.LINE_AA)
    return card


def _shot(seed: int, x_mm: float, y_mm: float, *, difficulty: str = "easy") -> Photograph:
    rng = np.random.default_rng(seed)
    return photograph(_card_with_dot(x_mm, y_mm), _TABLE, rng, difficulty=difficulty, size=SIZE)


@pytest.mark.parametrize("place", [(6.0, 6.0), (79.0, 48.0), (42.8, 27.0)])
def test_a_dot_of_the_card_is_where_the_pose_puts_it(place: tuple[float, float]) -> None:
    shots = (_shot(seed, *place) for seed in range(40))
    for shot in islice((one for one in shots if not one.covered.any()), 2):
        assert _miss_px(shot, place) < 1.0


def _miss_px(shot: Photograph, place: tuple[float, float]) -> float:
    """Return how far the darkest spot around the projected place is from it."""
    wanted = shot.pose.project(np.array([place]))[0]
    grey = cv2.imdecode(np.frombuffer(shot.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    x, y = (round(value) for value in wanted)
    window = grey[y - 24 : y + 25, x - 24 : x + 25].astype(float)
    weight = np.clip(window.max() * 0.6 - window, 0, None)
    rows, columns = np.mgrid[-24:25, -24:25]
    found = np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()
    return float(np.hypot(x + found[0] - wanted[0], y + found[1] - wanted[1]))


@pytest.mark.parametrize("difficulty", TIERS)
def test_corners_follow_the_cards_own_orientation(difficulty: str) -> None:
    for seed in range(30):
        pose = draw_pose(np.random.default_rng(seed), TIERS[difficulty], SIZE)
        corners = pose.corners()
        # Clockwise on a screen whose y grows downwards: the card is never mirrored.
        assert cv2.contourArea(corners.astype(np.float32), oriented=True) > 0
        top = np.linalg.norm(corners[1] - corners[0])
        side = np.linalg.norm(corners[3] - corners[0])
        assert 1.0 < top / side < CARD_MM[0] / CARD_MM[1] * 1.6


def test_easy_and_medium_cards_are_whole_in_the_frame() -> None:
    for difficulty in ("easy", "medium"):
        for seed in range(30):
            corners = draw_pose(np.random.default_rng(seed), TIERS[difficulty], SIZE).corners()
            assert (corners >= 0).all()
            assert (corners < np.array(SIZE)).all()


def test_the_same_seed_gives_the_same_photograph() -> None:
    assert _shot(3, 20, 20, difficulty="hard").jpeg == _shot(3, 20, 20, difficulty="hard").jpeg
    assert _shot(3, 20, 20, difficulty="hard").jpeg != _shot(4, 20, 20, difficulty="hard").jpeg


def test_what_a_finger_covers_is_hidden_and_what_lies_free_is_not() -> None:
    shot = _shot(1, 20, 20)
    shot.covered[:] = 0
    box = (100.0, 100.0, 400.0, 130.0)
    assert not shot.hides(box, 0.1)
    middle = shot.pose.project(np.array([[25.0, 11.5]]))[0].astype(int)
    shot.covered[middle[1] - 12 : middle[1] + 12, middle[0] - 12 : middle[0] + 12] = 1
    assert shot.hides(box, 0.1)
    assert not shot.hides((100.0, 400.0, 400.0, 430.0), 0.1)
