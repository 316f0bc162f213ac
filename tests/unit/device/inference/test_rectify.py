import numpy as np
import pytest

from device.inference.base import CARD_HEIGHT_PX, CARD_WIDTH_PX, Image, Quad
from device.inference.rectify import rectify, turned


def card() -> Image:
    """A card whose four quarters differ."""
    image = np.zeros((CARD_HEIGHT_PX, CARD_WIDTH_PX, 3), np.uint8)
    image[:405, :642], image[:405, 642:] = (250, 0, 0), (0, 250, 0)
    image[405:, :642], image[405:, 642:] = (0, 0, 250), (200, 200, 200)
    return image


def whole(image: Image) -> Quad:
    height, width = image.shape[:2]
    return Quad.of(
        [(-0.5, -0.5), (width - 0.5, -0.5), (width - 0.5, height - 0.5), (-0.5, height - 0.5)]
    )


class TestRectify:
    def test_leaves_a_rectified_card_as_it_is(self) -> None:
        image = card()
        assert np.array_equal(rectify(image, whole(image)), image)

    def test_turns_the_card_to_its_own_orientation(self) -> None:
        image = turned(card())
        assert np.array_equal(rectify(image, whole(image).turned()), card())

    def test_reduces_a_card_larger_than_the_result(self) -> None:
        image = np.repeat(np.repeat(card(), 3, axis=0), 3, axis=1)
        found = rectify(image, whole(image))
        assert found.shape == card().shape
        assert np.abs(found[100:300, 100:500].astype(int) - (250, 0, 0)).max() <= 1

    def test_repeats_the_edge_of_the_frame_outside_of_it(self) -> None:
        image = card()
        found = rectify(image, Quad.of(whole(image).array() - (400, 0)))
        assert tuple(found[100, 10]) == (250, 0, 0)

    @pytest.mark.parametrize("size", [(1, 1), (2, 300)])
    def test_survives_a_frame_of_no_size(self, size: tuple[int, int]) -> None:
        image = np.zeros((*size, 3), np.uint8)
        assert rectify(image, Quad.of([(0, 0), (9, 0), (9, 9), (0, 9)])).shape == card().shape


class TestQuad:
    def test_has_a_positive_area_when_it_runs_clockwise(self) -> None:
        quad = Quad(((0, 0), (10, 0), (10, 6), (0, 6)))
        assert quad.area_px == pytest.approx(60)
        assert quad.turned().area_px == pytest.approx(60)
        assert quad.width_px == pytest.approx(10)
