import numpy as np
import pytest

from device.inference.base import TextLine
from device.inference.labels import fragments
from device.inference.scripted import ScriptedTextRecogniser
from tests.unit.device.inference.specimen import at


def line(text: str) -> TextLine:
    printed = at(100, 100, text)
    (read,) = ScriptedTextRecogniser([printed]).read(np.zeros((810, 1284), np.uint8), [printed.box])
    return read


def split(text: str) -> list[tuple[str | None, str]]:
    return [(part.label, part.text) for part in fragments([line(text)])]


class TestFragments:
    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("NOMBRE", [("nombre", "NOMBRE")]),
            ("SECCIÓN: 0001", [("seccion", "SECCIÓN:"), (None, "0001")]),
            ("SECCION0001", [("seccion", "SECCION"), (None, "0001")]),
            ("SEXO H", [("sexo", "SEXO"), (None, "H")]),
            ("SEXOH", [("sexo", "SEXO"), (None, "H")]),
            (
                "ESTADO 09 MUNICIPIO 015",
                [("estado", "ESTADO"), (None, "09"), ("municipio", "MUNICIPIO"), (None, "015")],
            ),
            (
                "CLAVE DE ELECTOR EJPRLS90010109M000",
                [("clave_elector", "CLAVE DE ELECTOR"), (None, "EJPRLS90010109M000")],
            ),
            ("AÑO DE REGISTRO 2008 01", [("anio_registro", "AÑO DE REGISTRO"), (None, "2008 01")]),
            (
                "EEPL900101MDFJRS02 AÑO DE REGISTRO 2008 01",
                [
                    (None, "EEPL900101MDFJRS02"),
                    ("anio_registro", "AÑO DE REGISTRO"),
                    (None, "2008 01"),
                ],
            ),
            ("EMISIÓN - VIGENCIA", [("vigencia", "EMISIÓN - VIGENCIA")]),
        ],
    )
    def test_parts_labels_from_values(self, text: str, parts: list[tuple[str | None, str]]) -> None:
        assert split(text) == parts

    @pytest.mark.parametrize(
        ("text", "label"),
        [
            ("CLAVE DE ELECTDR", "clave_elector"),
            ("D0MICILIO", "domicilio"),
            ("FECHA OE NACIMIENTO", "fecha_nacimiento"),
        ],
    )
    def test_knows_a_label_with_a_wrong_letter(self, text: str, label: str) -> None:
        assert split(text)[0][0] == label

    @pytest.mark.parametrize(
        "text",
        [
            "MUNICIPIO LIBRE",
            "C MUNICIPIO LIBRE 12",
            "DOMICILIO CONOCIDO",
            "ESTADO DE MÉXICO",
            "EDADES",
            "COL VIGENCIA",
            "CURPEÑO",
        ],
    )
    def test_takes_no_label_from_an_address_or_a_name(self, text: str) -> None:
        assert split(text) == [(None, text)]

    def test_gives_a_value_the_box_of_its_own_characters(self) -> None:
        label, value = fragments([line("SECCIÓN 0001")])
        assert label.box.x0 == 100
        assert label.box.x1 < value.box.x0 + 20
        assert 200 < value.box.x0 < value.box.x1 <= label.line.box.x1
