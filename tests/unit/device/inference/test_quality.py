import cv2
import numpy as np
import pytest

from device.inference.base import Image, Quad, TextBox
from device.inference.images import grey_of
from device.inference.quality import measure, reasons, steepness
from device.inference.reading import Quality

FRAME = (960, 1280)
QUAD = Quad(((100, 150), (1100, 150), (1100, 780), (100, 780)))


def print_card() -> Image:
    image = np.full((810, 1284, 3), 225, np.uint8)
    for row in range(8):
        place = (60, 90 + 90 * row)
        cv2.putText(
            image, "EJEMPLO PRUEBA 0123", place, cv2.FONT_HERSHEY_SIMPLEX, 2, (20, 20, 40), 4
        )
    return image


def blurred(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def judge(image: Image, quad: Quad = QUAD, boxes: dict[str, TextBox] | None = None) -> Quality:
    return measure(image, grey_of(image), quad, FRAME, boxes or {})


class TestReasons:
    def test_takes_a_sharp_well_lit_card(self) -> None:
        assert reasons(judge(print_card())) == ()

    def test_names_blur(self) -> None:
        assert reasons(judge(blurred(print_card(), 9))) == ("quality.blurred",)

    def test_names_darkness(self) -> None:
        assert "quality.dark" in reasons(judge((print_card() * 0.1).astype(np.uint8)))

    def test_names_glare_but_not_white_paper_between_lines(self) -> None:
        image = print_card()
        image[image > 200] = 249
        assert reasons(judge(image)) in ((), ("quality.bright",))
        cv2.circle(image, (600, 400), 220, (255, 255, 255), -1)
        assert "quality.glare" in reasons(judge(image))

    def test_names_a_card_that_leaves_the_frame(self) -> None:
        outside = Quad.of(QUAD.array() - (150, 0))
        assert reasons(judge(print_card(), outside)) == ("card.cut",)

    def test_names_a_card_too_far_away(self) -> None:
        small = Quad.of(QUAD.array() * 0.4 + 200)
        assert reasons(judge(print_card(), small)) == ("card.too_small",)


class TestMeasure:
    def test_names_the_field_under_the_glare_alone(self) -> None:
        image = print_card()
        cv2.rectangle(image, (50, 30), (500, 110), (255, 255, 255), -1)
        boxes = {"curp": TextBox(60, 40, 480, 100), "seccion": TextBox(60, 580, 480, 640)}
        assert judge(image, boxes=boxes).blurred_fields == ("curp",)

    def test_counts_pixels_per_millimetre(self) -> None:
        assert judge(print_card()).px_per_mm == pytest.approx(1000 / 85.60)


class TestSteepness:
    def test_falls_with_blur(self) -> None:
        grey = grey_of(print_card())
        found = [steepness(blurred(grey, sigma)) for sigma in (0.5, 2, 6)]
        assert found == sorted(found, reverse=True)
        assert found[0] > 2 * found[2]

    def test_is_nothing_on_a_blank(self) -> None:
        assert steepness(np.full((100, 100), 128, np.uint8)) == 0
        assert steepness(np.full((2, 2), 128, np.uint8)) == 0
