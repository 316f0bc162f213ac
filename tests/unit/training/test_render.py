"""A rendered side reports exactly what it prints."""

import functools
import itertools
from pathlib import Path

import numpy as np
import pytest

from domain.credential.fields import FIELD_NAMES
from training import fonts
from training.people import MODELS, invent_person
from training.render import (
    HEIGHT,
    WIDTH,
    Ink,
    RenderedCard,
    glyphs,
    invent_style,
    render_card,
)

SIDES = list(itertools.product(MODELS, ("front", "back")))


@functools.cache
def _card(model: str, side: str, seed: int = 3) -> RenderedCard:
    rng = np.random.default_rng(seed)
    return render_card(invent_person(rng, model=model), side, model, rng)


class TestRenderCard:
    @pytest.mark.parametrize(("model", "side"), SIDES)
    def test_boxes_lie_on_the_card_and_do_not_cover_each_other(self, model: str, side: str) -> None:
        segments = _card(model, side).segments
        for segment in segments:
            x0, y0, x1, y1 = segment.box
            assert 0 <= x0 < x1 <= WIDTH
            assert 0 <= y0 < y1 <= HEIGHT
        for one, other in itertools.combinations(segments, 2):
            width = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
            height = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
            assert min(width, height) <= 3, (one.text, other.text)

    @pytest.mark.parametrize(("model", "side"), SIDES)
    def test_image_and_mask_have_the_size_of_an_id1_card(self, model: str, side: str) -> None:
        card = _card(model, side)
        assert card.image.shape == (HEIGHT, WIDTH, 3)
        assert card.image.dtype == np.uint8
        assert card.mask[HEIGHT // 2, WIDTH // 2] == 255
        assert card.mask[0, 0] == 0

    @pytest.mark.parametrize(("model", "side"), SIDES)
    def test_fields_are_those_of_the_contract_and_are_printed(self, model: str, side: str) -> None:
        card = _card(model, side)
        assert set(card.fields) <= set(FIELD_NAMES)
        printed = {segment.text for segment in card.segments}
        for name, value in card.fields.items():
            if name in ("cic", "numero_ocr"):
                continue
            for line in [value] if isinstance(value, str) else value:
                assert line in printed

    @pytest.mark.parametrize("model", [model for model in MODELS if model != "C"])
    def test_backs_print_the_three_lines_in_order(self, model: str) -> None:
        card = _card(model, "back")
        lines = [segment for segment in card.segments if segment.role == "mrz"]
        assert [line.text for line in lines] == card.mrz
        assert [line.box[1] for line in lines] == sorted(line.box[1] for line in lines)

    def test_the_back_of_model_c_prints_the_ocr_number_alone(self) -> None:
        card = _card("C", "back")
        assert card.mrz == []
        assert set(card.fields) == {"numero_ocr"}

    @pytest.mark.parametrize("model", ["G", "H", "new"])
    def test_recent_models_print_no_codes_of_entity_and_one_combined_vigencia(
        self, model: str
    ) -> None:
        fields = _card(model, "front").fields
        assert not {"estado", "municipio", "localidad", "emision"} & set(fields)
        assert "-" in str(fields["vigencia"])

    @pytest.mark.parametrize("model", ["D", "E", "F"])
    def test_earlier_models_carry_a_pdf417_and_recent_ones_dense_qr(self, model: str) -> None:
        assert "PDF417" in {code["format"] for code in _card(model, "back").barcodes}
        recent = [code["format"] for code in _card("G", "back").barcodes]
        assert recent.count("QRCode") == 3

    def test_the_same_seed_renders_the_same_pixels(self) -> None:
        first, second = (_card.__wrapped__("E", "front") for _ in range(2))
        assert np.array_equal(first.image, second.image)

    def test_ink_is_inside_its_box(self) -> None:
        card = _card("G", "back")
        line = next(segment for segment in card.segments if segment.role == "mrz")
        x0, y0, x1, y1 = line.box
        inside = card.image[y0:y1, x0:x1].min(axis=2)
        for edge in (inside[:4], inside[-4:], inside[:, :4], inside[:, -4:]):
            assert (edge < 170).any()

    def test_a_side_that_is_none_is_refused(self) -> None:
        with pytest.raises(ValueError):
            _card("E", "top")

    def test_a_person_of_another_model_is_refused(self) -> None:
        rng = np.random.default_rng(0)
        with pytest.raises(ValueError):
            render_card(invent_person(rng, model="E"), "front", "G", rng)


class TestFonts:
    def test_held_out_families_never_appear_in_training_styles(self) -> None:
        rng = np.random.default_rng(2)
        for _ in range(120):
            style = invent_style(rng, "E")
            used = {style.value_face.family, style.label_face.family, style.mono_face.family}
            assert not used & fonts.HELD_OUT

    def test_an_empty_machine_is_told_which_packages_to_install(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fonts, "FOLDERS", ())
        fonts.installed.cache_clear()
        try:
            with pytest.raises(fonts.FontsMissingError, match=r"fonts-dejavu-core.*fonts-ocr-b"):
                fonts.installed()
        finally:
            fonts.installed.cache_clear()

    def test_the_fonts_of_a_fresh_machine_are_enough(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        present = (
            "DejaVuSans.ttf",
            "DejaVuSans-Bold.ttf",
            "DejaVuSansMono.ttf",
            "LiberationSans-Regular.ttf",
            "LiberationSans-Bold.ttf",
            "OCRB.otf",
        )
        for face in fonts.installed():
            if Path(face.path).name in present:
                (tmp_path / Path(face.path).name).symlink_to(face.path)
        monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
        fonts.installed.cache_clear()
        fonts.faces.cache_clear()
        try:
            for seed, model in enumerate(MODELS):
                side = ("front", "back")[seed % 2]
                assert _card.__wrapped__(model, side, seed).segments
        finally:
            fonts.installed.cache_clear()
            fonts.faces.cache_clear()

    def test_every_typeface_of_values_draws_the_letters_of_spanish(self) -> None:
        for face in fonts.faces(("sans", "narrow", "serif", "mono"), "all"):
            absent = _drawing(face, "\ufffe")
            drawings = [_drawing(face, letter) for letter in "ÑÁÉÍÓÚÜN#&/()'"]
            assert absent not in drawings, face.path
            assert len(set(drawings)) == len(drawings), face.path


def _drawing(face: fonts.Typeface, letter: str) -> tuple[tuple[int, ...], bytes]:
    coverage, _, _ = glyphs(letter, Ink(face, 30))
    return coverage.shape, coverage.tobytes()
