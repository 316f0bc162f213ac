from collections.abc import Sequence

import numpy as np
import pytest

from device.inference.base import TextBox, TextLine
from device.inference.fields import read_front
from device.inference.reading import Value
from device.inference.scripted import ScriptedText, ScriptedTextRecogniser
from tests.unit.device.inference.specimen import CLAVE, CURP, at, front


def read(texts: Sequence[ScriptedText], *, hidden: Sequence[ScriptedText] = ()) -> dict[str, Value]:
    def look(boxes: Sequence[TextBox]) -> list[TextLine]:
        return ScriptedTextRecogniser(texts).read(np.zeros((810, 1284), np.uint8), boxes)

    lines = look([text.box for text in texts if text not in hidden])
    return {name: field.value for name, field in read_front(lines, look).items()}


class TestReadFront:
    def test_reads_the_specimen(self) -> None:
        assert read(front()) == {
            "apellido_paterno": "EJEMPLO",
            "apellido_materno": "PRUEBA",
            "nombres": "LUISA",
            "sexo": "M",
            "domicilio": ("C MUNICIPIO LIBRE 12", "COL CENTRO 06000", "CUAUHTÉMOC, CDMX"),
            "clave_elector": CLAVE,
            "curp": CURP,
            "anio_registro": "2008 01",
            "fecha_nacimiento": "01/01/1990",
            "seccion": "0001",
            "emision": "2024",
            "vigencia": "2024 - 2034",
        }

    def test_needs_no_order_of_the_boxes(self) -> None:
        assert read(list(reversed(front()))) == read(front())

    @pytest.mark.parametrize(("dx", "dy"), [(-380, 0), (0, 60), (-200, 30)])
    def test_needs_no_place_on_the_card(self, dx: float, dy: float) -> None:
        texts = front()
        moved = [at(t.box.x0 + dx, t.box.y0 + dy, t.text, cap=t.box.height) for t in texts]
        assert read(moved) == read(texts)

    def test_tells_short_numbers_apart_by_their_labels(self) -> None:
        rows = [
            at(100, 100, "ESTADO", cap=20), at(240, 97, "09"),
            at(340, 100, "MUNICIPIO", cap=20), at(520, 97, "015"),
            at(100, 150, "LOCALIDAD", cap=20), at(260, 147, "0001"),
            at(400, 150, "SECCIÓN 4321"),
            at(100, 200, "EMISIÓN", cap=20), at(100, 226, "2014"),
            at(300, 200, "VIGENCIA HASTA", cap=20), at(300, 226, "2024"),
        ]  # fmt: skip
        assert read(rows) == {
            "estado": "09", "municipio": "015", "localidad": "0001", "seccion": "4321",
            "emision": "2014", "vigencia": "2024",
        }  # fmt: skip

    def test_finds_a_domicile_whose_label_is_lost(self) -> None:
        texts = [t if t.text != "DOMICILIO" else at(420, 330, "OEMIGZUO", cap=20) for t in front()]
        assert read(texts)["domicilio"] == (
            "C MUNICIPIO LIBRE 12",
            "COL CENTRO 06000",
            "CUAUHTÉMOC, CDMX",
        )

    def test_reads_names_that_have_a_label_each(self) -> None:
        rows = [
            at(100, 100, "NOMBRE(S)", cap=18), at(100, 124, "MARÍA LUISA"),
            at(100, 170, "APELLIDO PATERNO", cap=18), at(100, 194, "EJEMPLO"),
            at(500, 170, "APELLIDO MATERNO", cap=18), at(500, 194, "PRUEBA"),
        ]  # fmt: skip
        assert read(rows) == {
            "apellido_paterno": "EJEMPLO", "apellido_materno": "PRUEBA", "nombres": "MARÍA LUISA",
        }  # fmt: skip

    def test_reads_a_name_with_one_surname(self) -> None:
        texts = [t for t in front() if t.text not in ("PRUEBA", CLAVE)]
        moved = [t if t.text != "LUISA" else at(420, 230, "LUISA") for t in texts]
        found = read(moved)
        assert (found["apellido_paterno"], found["nombres"]) == ("EJEMPLO", "LUISA")
        assert "apellido_materno" not in found

    def test_takes_no_name_for_another_where_the_clave_knows_better(self) -> None:
        texts = [t for t in front() if t.text != "PRUEBA"]
        moved = [t if t.text != "LUISA" else at(420, 230, "LUISA") for t in texts]
        assert not {"apellido_paterno", "apellido_materno", "nombres"} & set(read(moved))

    def test_withholds_a_name_whose_letters_the_clave_denies(self) -> None:
        texts = [t if t.text != "EJEMPLO" else at(420, 190, "FJEMPLO") for t in front()]
        found = read(texts)
        assert "apellido_paterno" not in found
        assert found["apellido_materno"] == "PRUEBA"

    def test_withholds_a_sex_that_clave_and_curp_deny(self) -> None:
        texts = [
            t if t.text != "SEXO M" else at(1000, 160, "SEXO H", cap=22, doubts={5: ("M", 0.01)})
            for t in front()
        ]
        assert "sexo" not in read(texts)

    def test_withholds_a_clave_that_a_clear_and_common_name_denies(self) -> None:
        texts = [t if t.text != "LUISA" else at(420, 270, "GUADALUPE") for t in front()]
        assert not {"nombres", "clave_elector", "curp"} & set(read(texts))

    def test_finds_names_by_the_letters_of_the_clave_where_their_label_is_lost(self) -> None:
        texts = [t if t.text != "NOMBRE" else at(420, 160, "NEOMER", cap=20) for t in front()]
        found = read(texts)
        names = (found["apellido_paterno"], found["apellido_materno"], found["nombres"])
        assert names == ("EJEMPLO", "PRUEBA", "LUISA")

    def test_proves_no_names_without_their_label_by_other_letters(self) -> None:
        lost = [t if t.text != "NOMBRE" else at(420, 160, "NEOMER", cap=20) for t in front()]
        texts = [t if t.text != "PRUEBA" else at(420, 230, "OTRA") for t in lost]
        assert not {"apellido_paterno", "apellido_materno", "nombres"} & set(read(texts))

    @pytest.mark.parametrize("missed", ["0001", "LUISA", "CUAUHTÉMOC, CDMX", "01/01/1990"])
    def test_looks_where_a_value_should_be_that_was_not_detected(self, missed: str) -> None:
        hidden = [t for t in front() if t.text == missed]
        assert read(front(), hidden=hidden) == read(front())

    def test_joins_years_of_which_the_dash_was_not_seen(self) -> None:
        texts = [t for t in front() if t.text != "2024 - 2034"]
        whole = at(960, 680, "2024 - 2034")
        halves = [at(960, 680, "2024"), at(1065, 680, "2034")]

        def look(boxes: Sequence[TextBox]) -> list[TextLine]:
            seen = [whole] if boxes[0].width > 120 else [*texts, *halves]
            return ScriptedTextRecogniser(seen).read(np.zeros((810, 1284), np.uint8), boxes)

        lines = [line for t in (*texts, *halves) for line in look([t.box])]
        assert read_front(lines, look)["vigencia"].value == "2024 - 2034"

    def test_gives_no_half_of_a_combined_vigencia(self) -> None:
        texts = [t if t.text != "2024 - 2034" else at(960, 680, "2024") for t in front()]
        assert "vigencia" not in read(texts)

    def test_takes_of_two_readings_the_name_that_people_bear(self) -> None:
        found = read(front(doubts={"nombres": {4: ("R", 0.52)}}))
        assert found["nombres"] == "LUISA"

    def test_takes_of_two_readings_the_one_that_the_clave_knows(self) -> None:
        found = read(front(doubts={"apellido_paterno": {0: ("F", 0.52)}}))
        assert found["apellido_paterno"] == "EJEMPLO"

    def test_withholds_a_name_that_it_is_unsure_of(self) -> None:
        found = read(front(doubts={"apellido_paterno": {4: ("F", 0.48)}}))
        assert "apellido_paterno" not in found
        assert found["nombres"] == "LUISA"

    def test_takes_no_age_or_folio_for_a_field(self) -> None:
        rows = [at(100, 100, "EDAD 36"), at(100, 150, "FOLIO", cap=20), at(100, 176, "091234567")]
        assert read(rows) == {}

    def test_reads_nothing_from_nothing(self) -> None:
        assert read([]) == {}
