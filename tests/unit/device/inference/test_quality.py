import cv2
import numpy as np
import pytest

from device.inference.base import Image, Quad, Side, TextBox
from device.inference.fingers import covered_mm
from device.inference.images import grey_of
from device.inference.quality import after_reading, causes, measure, of_frame, reasons
from device.inference.reading import Quality
from device.inference.rectify import rectify
from device.inference.sharpness import sharpness

FRAME = (960, 1280)
QUAD = Quad(((100, 150), (1100, 150), (1100, 780.6), (100, 780.6)))
EVERY_FIELD = (
    "nombres", "apellido_paterno", "clave_elector", "curp", "anio_registro", "seccion", "vigencia",
)  # fmt: skip


def print_card() -> Image:
    image = np.full((810, 1284, 3), 225, np.uint8)
    for row in range(16):
        place = (60, 60 + 47 * row)
        text = "EJEMPLO PRUEBA LUISA 0123456789 MUNICIPIO LIBRE"
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20, 20, 40), 3)
    return image


def defocused(image: Image, mm: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), mm * 15), np.uint8)


def shaken(image: Image, mm: float) -> Image:
    length = round(mm * 15) | 1
    kernel = np.full((1, length), 1 / length, np.float32)
    return np.asarray(cv2.filter2D(image, -1, kernel), np.uint8)


def judge(image: Image, quad: Quad = QUAD, boxes: dict[str, TextBox] | None = None) -> Quality:
    return measure(image, grey_of(image), quad, FRAME, boxes or {})


def frame_with_card() -> Image:
    """Lay the card of `QUAD` on a grey table."""
    frame = np.full((*FRAME, 3), 90, np.uint8)
    frame[150:781, 100:1100] = cv2.resize(print_card(), (1000, 631), interpolation=cv2.INTER_AREA)
    return frame


class TestReasons:
    def test_takes_a_sharp_well_lit_card(self) -> None:
        assert reasons(judge(print_card())) == ()
        assert causes(judge(print_card())) == ()

    def test_tells_a_shake_from_a_lens_out_of_focus(self) -> None:
        assert reasons(judge(defocused(print_card(), 0.6))) == ("quality.blurred",)
        assert reasons(judge(shaken(print_card(), 2.0))) == ("quality.motion",)

    def test_lets_pass_the_blur_that_can_be_read(self) -> None:
        assert reasons(judge(defocused(print_card(), 0.15))) == ()

    def test_names_darkness(self) -> None:
        assert "quality.dark" in reasons(judge((print_card() * 0.05).astype(np.uint8)))

    def test_takes_a_white_card_and_names_one_whose_ink_is_washed_out(self) -> None:
        image = print_card()
        image[image > 200] = 254
        assert reasons(judge(image)) == ()
        washed = np.clip(image.astype(int) + 190, 0, 255).astype(np.uint8)
        assert "quality.bright" in reasons(judge(washed))

    def test_names_a_reflection(self) -> None:
        image = print_card()
        cv2.circle(image, (600, 400), 220, (255, 255, 255), -1)
        assert reasons(judge(image)) == ("quality.glare",)

    @pytest.mark.parametrize("shift", [(-150, 0), (0, -155), (185, 0)])
    def test_names_a_card_that_leaves_the_frame(self, shift: tuple[int, int]) -> None:
        outside = Quad.of(QUAD.array() + shift)
        assert reasons(judge(print_card(), outside)) == ("card.cut",)

    def test_takes_the_frames_edge_along_a_side_for_a_cut(self) -> None:
        along = Quad.of(QUAD.array() - (99, 0))
        assert reasons(judge(print_card(), along)) == ("card.cut",)

    def test_takes_a_card_that_looks_cut_for_one(self) -> None:
        # The frame cut its lower fifth off, and the corners were found a little above the cut.
        short = Quad(((100, 400), (1100, 400), (1100, 920), (100, 925)))
        whole = Quad(((140, 300), (1140, 300), (1140, 930.6), (140, 930.6)))
        assert reasons(judge(print_card(), short)) == ("card.cut",)
        assert reasons(judge(print_card(), whole)) == ()

    def test_names_a_card_too_far_away(self) -> None:
        small = Quad.of(QUAD.array() * 0.15 + 200)
        assert reasons(judge(print_card(), small)) == ("card.too_small",)

    def test_counts_the_pixels_of_the_still_and_not_of_the_preview(self) -> None:
        small = judge(print_card(), Quad.of(QUAD.array() * 0.15 + 200))
        assert reasons(small, still_scale=2.0) == ()


class TestAfterReading:
    def after(self, image: Image, *, missing: bool, read: tuple[str, ...] = EVERY_FIELD) -> object:
        quality = judge(image)
        return after_reading(quality, side=Side.FRONT, read=read, is_key_missing=missing)

    def test_excuses_what_was_read_all_the_same(self) -> None:
        assert self.after(defocused(print_card(), 0.5), missing=False) == ()

    def test_says_why_a_key_field_may_not_have_been_read(self) -> None:
        assert self.after(defocused(print_card(), 0.35), missing=True) == ("quality.blurred",)

    def test_names_a_reflection_only_where_something_is_missing(self) -> None:
        image = print_card()
        cv2.circle(image, (600, 400), 150, (255, 255, 255), -1)
        assert self.after(image, missing=False) == ()
        assert self.after(image, missing=False, read=EVERY_FIELD[1:]) == ("quality.glare",)


class TestOfFrame:
    def test_says_that_it_is_too_dark_or_too_bright_to_find_anything(self) -> None:
        assert of_frame(np.full((480, 640, 3), 12, np.uint8)) == ("quality.dark",)
        assert of_frame(np.full((480, 640, 3), 255, np.uint8)) == ("quality.bright",)
        assert of_frame(frame_with_card()) == ()


class TestMeasure:
    def test_names_the_field_under_the_glare_alone(self) -> None:
        image = print_card()
        cv2.rectangle(image, (50, 30), (500, 110), (255, 255, 255), -1)
        boxes = {"curp": TextBox(60, 40, 480, 100), "seccion": TextBox(60, 580, 480, 640)}
        assert judge(image, boxes=boxes).blurred_fields == ("curp",)

    def test_counts_pixels_per_millimetre_where_there_are_fewest(self) -> None:
        assert judge(print_card()).px_per_mm == pytest.approx(1000 / 85.60, rel=1e-3)
        leaning = Quad(((100, 150), (1100, 150), (1100, 450), (100, 450)))
        found = judge(print_card(), leaning)
        assert found.px_per_mm == pytest.approx(300 / 53.98, rel=1e-3)
        assert found.flatness == pytest.approx(0.476, abs=0.01)


class TestFingers:
    def test_says_how_far_a_finger_reaches_over_the_card(self) -> None:
        frame = frame_with_card()
        cv2.ellipse(frame, (1120, 460), (200, 80), 0, 0, 360, (196, 142, 112), -1)
        assert covered_mm(frame, QUAD) == pytest.approx(180 / 11.68, abs=1.5)

    def test_takes_no_portrait_and_no_red_header_for_a_finger(self) -> None:
        frame = frame_with_card()
        cv2.ellipse(frame, (250, 450), (70, 100), 0, 0, 360, (196, 142, 112), -1)
        cv2.rectangle(frame, (100, 150), (1100, 210), (190, 120, 90), -1)
        assert covered_mm(frame, QUAD) == 0

    def test_takes_no_wooden_table_for_one(self) -> None:
        frame = frame_with_card()
        table = np.full_like(frame, (176, 128, 88))
        table[150:781, 100:1100] = frame[150:781, 100:1100]
        assert covered_mm(table, QUAD) == 0


class TestSharpness:
    def test_falls_with_blur(self) -> None:
        grey = grey_of(print_card())
        found = [sharpness(defocused(grey, mm)) for mm in (0.05, 0.2, 0.5)]
        assert [s.detail for s in found] == sorted((s.detail for s in found), reverse=True)
        assert [s.focus for s in found] == sorted((s.focus for s in found), reverse=True)

    def test_is_about_the_same_from_a_preview_as_from_a_still(self) -> None:
        frame = frame_with_card()
        half = np.asarray(cv2.resize(frame, (640, 480), interpolation=cv2.INTER_AREA), np.uint8)
        small = Quad.of((QUAD.array() + 0.5) * 0.5 - 0.5)
        of_still, of_preview = (
            sharpness(grey_of(defocused(rectify(image, quad), 0.3)))
            for image, quad in ((frame, QUAD), (half, small))
        )
        assert of_preview.detail == pytest.approx(of_still.detail, rel=0.35)

    def test_is_nothing_on_a_blank(self) -> None:
        blank = sharpness(np.full((810, 1284), 128, np.uint8))
        assert (blank.detail, blank.focus) == (0, 0)
