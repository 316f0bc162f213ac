import json
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from device.inference.base import ImageError, Model, Quad, Side, TextBox
from device.inference.reader import CardReader, combine
from device.inference.reading import Reading
from device.inference.scripted import (
    ScriptedClassifier,
    ScriptedDetector,
    ScriptedText,
    ScriptedTextDetector,
    ScriptedTextRecogniser,
)
from tests.unit.device.inference.specimen import CLAVE, MRZ, back, front

TODAY = date(2026, 11, 23)
FRAME = np.random.default_rng(5).integers(0, 255, (810, 1284, 3), np.uint8)


def reader_of(
    texts: Sequence[ScriptedText],
    *,
    side: Side | None = Side.FRONT,
    detector: ScriptedDetector | None = None,
    model: Model = Model.G,
) -> CardReader:
    return CardReader(
        detector or ScriptedDetector(),
        ScriptedClassifier(side, model),
        ScriptedTextDetector(texts),
        ScriptedTextRecogniser(texts),
    )


def read_front() -> Reading:
    return reader_of(front()).read(FRAME, today=TODAY)


def read_back() -> Reading:
    return reader_of(back(), side=Side.BACK).read(FRAME, today=TODAY)


class TestRead:
    def test_reads_a_front(self) -> None:
        found = read_front()
        assert found.values()["clave_elector"] == CLAVE
        assert found.checks == ()
        assert found.mrz is None

    def test_reads_a_back_by_its_zone(self) -> None:
        found = read_back()
        assert found.mrz == MRZ
        assert found.values() == {"cic": "123456789", "numero_ocr": "0001000000001"}
        assert {field.source.value for field in found.fields.values()} == {"mrz"}

    def test_says_which_fields_disagree(self) -> None:
        reader = reader_of(front(clave=CLAVE.replace("09M", "09H")))
        assert "clave_curp.sex" in reader.read(FRAME, today=TODAY).checks

    def test_says_that_there_is_no_card(self) -> None:
        found = reader_of([], detector=ScriptedDetector(finds=False)).read(FRAME, today=TODAY)
        assert (found.found, found.accepted, found.reasons) == (False, False, ("card.not_found",))

    def test_says_that_a_card_is_no_credential(self) -> None:
        found = reader_of([], side=None).read(FRAME, today=TODAY)
        assert (found.found, found.reasons) == (False, ("card.not_a_credential",))

    def test_takes_what_does_not_look_like_a_credential_and_reads_like_one(self) -> None:
        found = reader_of(front(), side=None).read(FRAME, today=TODAY)
        assert found.found
        assert found.values()["clave_elector"] == CLAVE

    def test_turns_a_card_that_stands_on_its_head(self) -> None:
        class FirstUpsideDown:
            calls = 0

            def classify(self, card: np.ndarray) -> object:
                self.calls += 1
                return ScriptedClassifier(Side.FRONT, Model.G, self.calls == 1).classify(card)

        texts = front()
        reader = CardReader(
            ScriptedDetector(),
            FirstUpsideDown(),  # type: ignore[arg-type]  # its answer is a Classification
            ScriptedTextDetector(texts),
            ScriptedTextRecogniser(texts),
        )
        found = reader.read(FRAME, today=TODAY)
        assert found.quad is not None
        assert found.quad.corners[0] == (1283, 809)

    def test_tries_the_other_way_up_where_nothing_can_be_read(self) -> None:
        texts = front()

        class ReadsUpright(ScriptedTextDetector):
            """Finds print only where the light part of the frame is at the bottom."""

            def find(self, grey: np.ndarray) -> list[TextBox]:
                return super().find(grey) if grey[600:].mean() > grey[:200].mean() else []

        reader = CardReader(
            ScriptedDetector(),
            ScriptedClassifier(Side.FRONT, Model.G),
            ReadsUpright(texts),
            ScriptedTextRecogniser(texts),
        )
        upside_down = FRAME.copy()
        upside_down[:200] = 255
        found = reader.read(upside_down, today=TODAY)
        assert found.values()["clave_elector"] == CLAVE
        assert found.quad is not None
        assert found.quad.corners[0] == (1283, 809)

    def test_turns_a_quad_whose_long_sides_stand_upright(self) -> None:
        upright = Quad(((100, 100), (400, 100), (400, 600), (100, 600)))
        found = reader_of(front(), detector=ScriptedDetector(upright)).read(FRAME, today=TODAY)
        assert found.quad is not None
        assert found.quad.corners[0] == (400, 100)

    def test_refuses_back_without_zone_or_front_without_clave(self) -> None:
        assert "read.no_mrz" in reader_of([], side=Side.BACK).read(FRAME, today=TODAY).reasons
        without = reader_of([], side=Side.FRONT).read(FRAME, today=TODAY)
        assert "read.no_clave_elector" in without.reasons
        old = reader_of([], side=Side.BACK, model=Model.C).read(FRAME, today=TODAY)
        assert "read.no_numero_ocr" in old.reasons

    def test_finds_a_card_without_text_networks_and_reads_no_field(self) -> None:
        reader = CardReader(ScriptedDetector(), ScriptedClassifier(), None, None)
        found = reader.read(FRAME, today=TODAY)
        assert found.found
        assert found.fields == {}

    @pytest.mark.parametrize(
        "image",
        [
            np.zeros((1, 1, 3), np.uint8),
            np.zeros((47, 300, 3), np.uint8),
            np.zeros((600, 800), np.uint8),
            np.full((600, 800, 4), 255, np.uint8),
            np.full((600, 800), 65535, np.uint16),
        ],
    )
    def test_survives_any_image(self, image: np.ndarray) -> None:
        found = reader_of([]).read(image, today=TODAY)
        json.dumps(found.to_json(frame="x"))

    def test_refuses_what_is_no_image(self) -> None:
        with pytest.raises(ImageError):
            reader_of([]).read(np.zeros((0, 0, 3), np.uint8), today=TODAY)


class TestToJson:
    def test_has_the_keys_of_the_contract(self) -> None:
        line = json.loads(json.dumps(read_back().to_json(frame="b.jpg")))
        assert set(line) == {
            "frame", "found", "corners", "model", "side", "fields", "confidence", "source", "mrz",
            "barcodes", "quality", "accepted", "reasons", "attack", "checks", "ms",
        }  # fmt: skip
        assert line["frame"] == "b.jpg"
        assert (line["model"], line["side"]) == ("G", "back")
        assert line["mrz"] == list(MRZ)
        assert set(line["attack"]) == {"detected", "score", "kind"}

    def test_gives_a_domicile_as_a_list(self) -> None:
        line = read_front().to_json(frame="f.jpg")
        assert isinstance(line["fields"]["domicilio"], list)
        assert "mrz" not in line
        assert set(line["confidence"]) == set(line["fields"]) == set(line["source"])

    def test_hides_values_from_logs(self) -> None:
        assert CLAVE not in repr(read_front())
        assert MRZ[0] not in repr(read_back())


class TestPreview:
    def test_says_where_the_card_is(self) -> None:
        found = reader_of([]).preview(FRAME)
        assert found.quad is not None
        assert found.quality is not None

    def test_says_that_there_is_none(self) -> None:
        reader = reader_of([], detector=ScriptedDetector(finds=False))
        assert reader.preview(FRAME).reasons == ("card.not_found",)


class TestCombine:
    def test_takes_what_most_frames_say(self) -> None:
        good = read_front()
        other = reader_of(front(clave=CLAVE.replace("M000", "M009"))).read(FRAME, today=TODAY)
        joined = combine([good, other, good, good], today=TODAY)
        assert joined.values()["clave_elector"] == CLAVE

    def test_keeps_what_the_other_frames_said(self) -> None:
        good = read_front()
        wrong = CLAVE.replace("M000", "M009")
        other = reader_of(front(clave=wrong)).read(FRAME, today=TODAY)
        voted = combine([good, other, good, good], today=TODAY)
        assert voted.values()["clave_elector"] == CLAVE
        assert [rival.value for rival in voted.rivals["clave_elector"]] == [wrong]
        torn = combine([good, other], today=TODAY)
        assert "clave_elector" not in torn.fields
        assert {rival.value for rival in torn.rivals["clave_elector"]} == {CLAVE, wrong}

    def test_abstains_where_frames_contradict_each_other(self) -> None:
        good = read_front()
        other = reader_of(front(clave=CLAVE.replace("M000", "M009"))).read(FRAME, today=TODAY)
        joined = combine([good, other], today=TODAY)
        assert "clave_elector" not in joined.fields
        assert "read.no_clave_elector" in joined.reasons

    def test_fills_in_what_another_frame_read(self) -> None:
        texts = front()
        half = reader_of(texts[:12]).read(FRAME, today=TODAY)
        rest = reader_of(texts[11:]).read(FRAME, today=TODAY)
        joined = combine([half, rest], today=TODAY)
        assert set(joined.fields) == set(read_front().fields)

    def test_leaves_the_other_side_out(self) -> None:
        joined = combine([read_back(), read_front(), read_back()], today=TODAY)
        assert joined.side is Side.BACK
        assert set(joined.fields) == {"cic", "numero_ocr"}

    def test_finds_nothing_in_nothing(self) -> None:
        nothing = Reading(found=False, reasons=("card.not_found",))
        assert combine([nothing, nothing], today=TODAY) is nothing
        with pytest.raises(ValueError, match="at least one"):
            combine([], today=TODAY)
