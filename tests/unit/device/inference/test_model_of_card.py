"""The model is settled by what was read: years, header, fields that a model has or lacks."""

from dataclasses import replace

import numpy as np
import pytest

from device.inference.base import Emissions, TextBox, TextLine
from device.inference.model_of_card import headings, is_credential, of_both, settle
from device.inference.reading import Barcode, FieldReading, Reading
from domain.credential.fields import Model, Side, Source

UNSURE = dict.fromkeys(Model, 1 / 7)


def fields(**values: str) -> dict[str, FieldReading]:
    return {name: FieldReading(value, 0.99, Source.TEXT) for name, value in values.items()}


@pytest.mark.parametrize(
    ("texts", "printed", "model"),
    [
        (["INSTITUTO FEDERAL ELECTORAL"], {"emision": "2010", "vigencia": "2020"}, Model.C),
        (["INSTITUTO FEDERAL ELECTORAL"], {"emision": "2014", "vigencia": "2024"}, Model.D),
        (["INSTITUTO NACIONAL ELECTORAL"], {"emision": "2015", "vigencia": "2025"}, Model.E),
        (["INSTITUTO NACIONAL ELECTORAL"], {"emision": "2031", "vigencia": "2031-2041"}, Model.NEW),
    ],
)
def test_front_alone_tells_the_model(
    texts: list[str], printed: dict[str, str], model: Model
) -> None:
    found = settle(
        UNSURE, side=Side.FRONT, texts=texts, fields=fields(**printed), mrz=None, barcodes=()
    )
    assert found is model


@pytest.mark.parametrize(
    ("looks_like", "model", "heading"),
    [
        (Model.E, Model.G, "CREDENCIAL PARA VOTAR"),
        (Model.F, Model.H, "CREDENCIAL PARA VOTAR DESDE EL EXTRANJERO"),
    ],
)
def test_combined_years_speak_against_older_models(
    looks_like: Model, model: Model, heading: str
) -> None:
    chances = {**dict.fromkeys(Model, 0.05), looks_like: 0.4, model: 0.3}
    found = settle(
        chances,
        side=Side.FRONT,
        texts=["INSTITUTO NACIONAL ELECTORAL", heading],
        fields=fields(emision="2021", vigencia="2021 - 2031"),
        mrz=None,
        barcodes=(),
    )
    assert found is model


def test_living_abroad_tells_f_from_e() -> None:
    found = settle(
        {**dict.fromkeys(Model, 0.05), Model.E: 0.5, Model.F: 0.2},
        side=Side.FRONT,
        texts=["INSTITUTO NACIONAL ELECTORAL", "DESDE EL EXTRANJERO"],
        fields=fields(emision="2018", vigencia="2028"),
        mrz=None,
        barcodes=(),
    )
    assert found is Model.F


def test_a_back_without_machine_readable_zone_is_model_c() -> None:
    found = settle(
        UNSURE,
        side=Side.BACK,
        texts=(),
        fields=fields(numero_ocr="0001000000001"),
        mrz=None,
        barcodes=(),
    )
    assert found is Model.C


def test_pdf417_and_expiry_tell_the_age_of_a_back() -> None:
    found = settle(
        {**dict.fromkeys(Model, 0.05), Model.G: 0.4, Model.E: 0.3},
        side=Side.BACK,
        texts=(),
        fields={},
        mrz=(
            "IDMEX1234567897<<0001000000001",
            "9001011M2512312MEX<01<<00001<0",
            "EJEMPLO<PRUEBA<<LUISA<<<<<<<<<",
        ),
        barcodes=(Barcode("PDF417", b"x", "x"),),
    )
    assert found is Model.E


def test_nothing_read_leaves_the_classifiers_answer() -> None:
    chances = {**dict.fromkeys(Model, 0.1), Model.G: 0.4}
    found = settle(chances, side=Side.FRONT, texts=(), fields={}, mrz=None, barcodes=())
    assert found is Model.G


def test_who_lives_abroad_is_rare_and_must_be_printed_or_plain_to_see() -> None:
    for sure, model in ((0.5, Model.G), (0.9, Model.H)):
        chances = {**dict.fromkeys(Model, 0.0), Model.H: sure, Model.G: 1 - sure}
        found = settle(chances, side=Side.BACK, texts=(), fields={}, mrz=None, barcodes=())
        assert found is model


def box(x0: float, y0: float, x1: float, y1: float) -> TextBox:
    return TextBox(x0, y0, x1, y1)


def line(text: str, confidence: float = 0.97) -> TextLine:
    emissions = Emissions(np.zeros((1, 2), np.float32), "A", 0, 1)
    return TextLine(text, confidence, box(0, 0, 10, 10), (), emissions)


ZONE = (
    "IDMEX1234567897<<0001000000001",
    "9001011M2812318MEX<01<<00001<6",
    "EJEMPLO<<LUISA" + "<" * 16,
)


class TestBack:
    @pytest.mark.parametrize(
        ("heading", "model"),
        [
            ("INSTITUTO NACIONAL ELECTORAL", Model.E),
            ("CREDENCIAL PARA VOTAR DESDE EL EXTRANJERO", Model.F),
            ("CREDENClAL PARA VOTAR DESDE EL EXTRANIERO", Model.F),
        ],
    )
    def test_its_heading_tells_who_lives_abroad(self, heading: str, model: Model) -> None:
        found = settle(
            {**dict.fromkeys(Model, 0.05), Model.E: 0.4, Model.F: 0.35},
            side=Side.BACK,
            texts=[heading],
            fields={},
            mrz=ZONE,
            barcodes=(),
        )
        assert found is model

    def test_a_heading_that_names_no_foreign_country_outweighs_the_looks_of_f(self) -> None:
        found = settle(
            {**dict.fromkeys(Model, 0.02), Model.E: 0.1, Model.F: 0.8},
            side=Side.BACK,
            texts=["INSTITUTO NACIONAL ELECTORAL"],
            fields={},
            mrz=ZONE,
            barcodes=(),
        )
        assert found is Model.E

    def test_a_proven_zone_outweighs_a_classifier_that_is_sure_of_c(self) -> None:
        found = settle(
            {**dict.fromkeys(Model, 0.005), Model.C: 0.97, Model.E: 0.01},
            side=Side.BACK,
            texts=[],
            fields={},
            mrz=ZONE,
            barcodes=(),
        )
        assert found is not Model.C

    def test_dense_codes_tell_g_from_e(self) -> None:
        found = settle(
            {**dict.fromkeys(Model, 0.05), Model.E: 0.6, Model.G: 0.1},
            side=Side.BACK,
            texts=[],
            fields={},
            mrz=None,
            barcodes=(Barcode("QR", bytes(600), None), Barcode("QR", b"1" * 700, None)),
        )
        assert found is Model.G

    def test_only_long_lines_at_the_top_are_headings(self) -> None:
        heading, low, short = box(60, 40, 700, 60), box(60, 600, 900, 640), box(60, 90, 200, 110)
        assert headings([low, short, heading]) == [heading]


@pytest.mark.parametrize(
    ("front_says", "back_says", "model"),
    [
        (Model.F, Model.E, Model.F),
        (Model.G, Model.NEW, Model.NEW),
        (Model.NEW, Model.G, Model.G),
        (Model.H, Model.G, Model.H),
        (None, Model.D, Model.D),
        (Model.C, None, Model.C),
    ],
)
def test_each_side_tells_what_it_shows_best(
    front_says: Model | None, back_says: Model | None, model: Model
) -> None:
    assert of_both(front_says, back_says) is model


class TestIsCredential:
    OTHER = ("UNIVERSIDAD", "MATRICULA", "CARRERA DE LETRAS", "SANGRE", "EXPEDIDA 2019", "PUESTO")
    UNREAD = Reading(found=True, reasons=())

    def test_a_front_that_reads_as_something_else_is_none(self) -> None:
        lines = [line(text) for text in self.OTHER]
        assert not is_credential(Side.FRONT, lines, self.UNREAD)

    def test_one_word_of_a_credential_is_enough(self) -> None:
        lines = [line(text) for text in (*self.OTHER, "CLAVE DE ELECTOR")]
        assert is_credential(Side.FRONT, lines, self.UNREAD)

    def test_print_that_was_hardly_read_condemns_nothing(self) -> None:
        lines = [line(text, 0.5) for text in self.OTHER]
        assert is_credential(Side.FRONT, lines, self.UNREAD)

    def test_what_looks_like_none_needs_proof(self) -> None:
        assert not is_credential(Side.BACK, [], self.UNREAD, doubted=True)
        assert is_credential(Side.BACK, [], replace(self.UNREAD, mrz=ZONE), doubted=True)
        named = replace(self.UNREAD, fields=fields(clave_elector="EJPRLS90010109M000"))
        assert is_credential(Side.FRONT, [], named, doubted=True)
        # A licence has a CURP as well.
        others = replace(self.UNREAD, fields=fields(curp="EEPL900101MDFJRS02"))
        assert not is_credential(Side.FRONT, [], others, doubted=True)
