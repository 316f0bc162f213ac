"""What the detectors are taught is where things are: corners, cores of lines, their edges."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.effects import photographed
from training.geometry import ID1_ASPECT, card_corners
from training.pool import PooledCard
from training.text_detector.sheets import CELL, HEIGHT, UNIT, WIDTH, sheet, target

SEEDS = st.integers(0, 2**32 - 1)


class TestCardCorners:
    @given(SEEDS, st.floats(0, 2 * np.pi))
    def test_keep_the_cards_own_order_whatever_the_turn(self, seed: int, roll: float) -> None:
        corners = card_corners(
            np.random.default_rng(seed), width=200, centre=(128, 128), most_tilt=35, roll=roll
        )
        x, y = corners.T
        twice_the_area = np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)
        assert twice_the_area > 0  # clockwise on a screen: never mirrored

    def test_draw_an_untilted_card_in_the_proportion_of_id_1(self) -> None:
        corners = card_corners(
            np.random.default_rng(3), width=200, centre=(100, 60), most_tilt=0, roll=0
        )
        width = np.linalg.norm(corners[1] - corners[0])
        height = np.linalg.norm(corners[3] - corners[0])
        assert np.isclose(width, 200, atol=0.01)
        assert np.isclose(width / height, ID1_ASPECT, atol=1e-3)
        assert np.allclose(corners.mean(axis=0), (100, 60), atol=0.01)


class TestTarget:
    @given(
        st.floats(8, WIDTH - 120),
        st.floats(8, HEIGHT - 50),
        st.floats(20, 100),
        st.floats(7, 40),
    )
    def test_gives_back_the_box_it_was_made_from(
        self, left: float, top: float, width: float, height: float
    ) -> None:
        box = np.array([[left, top, left + width, top + height]], np.float32)
        answer, weight = target(box)
        rows, columns = np.nonzero(answer[0])
        assert len(rows) > 0
        assert abs(columns.min() * CELL - left) <= CELL
        assert abs((columns.max() + 1) * CELL - (left + width)) <= CELL
        centres = (rows + 0.5) * CELL
        assert np.allclose(centres - answer[1, rows, columns] * UNIT, top, atol=0.01)
        assert np.allclose(centres + answer[2, rows, columns] * UNIT, top + height, atol=0.01)
        assert (weight[rows, columns] > 1).all()

    def test_leaves_a_gap_between_a_label_and_its_value(self) -> None:
        answer, weight = target(np.array([[40, 40, 120, 56], [136, 40, 220, 56]], np.float32))
        row = answer[0, 48 // CELL]
        assert row[100 // CELL] == 1
        assert row[150 // CELL] == 1
        assert row[128 // CELL] == 0
        assert weight[48 // CELL, 128 // CELL] > 1


class TestSheet:
    def _card(self) -> PooledCard:
        image = np.full((810, 1284, 3), 230, np.uint8)
        image[300:330, 200:800] = 20
        boxes = np.array([[200, 300, 800, 330]], np.float32)
        return PooledCard(image, "G", "front", boxes, ("X",))

    def test_is_the_same_for_the_same_seed(self) -> None:
        first = sheet(self._card(), np.random.default_rng(5))
        again = sheet(self._card(), np.random.default_rng(5))
        assert np.array_equal(first.image, again.image)
        assert np.array_equal(first.boxes, again.boxes)

    @given(st.integers(0, 200))
    @settings(max_examples=20)
    def test_moves_the_boxes_with_the_print(self, seed: int) -> None:
        made = sheet(self._card(), np.random.default_rng(seed))
        assert made.image.shape == (HEIGHT, WIDTH, 1)
        left, top, right, bottom = made.boxes[0]
        assert abs(left - 100) < 40
        assert abs(right - 400) < 40
        assert 5 < bottom - top < 25


@given(SEEDS)
@settings(max_examples=30)
def test_effects_keep_shape_and_range(seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    seen = photographed(image, np.random.default_rng(seed), most_blur=1.5)
    assert seen.shape == image.shape
    assert seen.dtype == np.uint8
