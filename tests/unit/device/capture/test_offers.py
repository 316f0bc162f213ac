"""What was read of each field, who disagrees with whom, and what was mistyped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given

from device.capture.offers import birth_of, merged_fields, offered_fields, proven_zone
from device.capture.typed import slips
from device.capture.witnesses import disagreement, sides_differ
from device.inference.reading import FieldReading, Reading
from domain.credential.checks import CODES, cross_checks
from domain.credential.fields import Source as Witness
from domain.credential.mrz import build_mrz, parse_mrz
from tests.kiosks import ZONE
from wire.record import Field, Source

TODAY = date(2026, 11, 26)
NAMES = {"nombres": "LUISA", "apellido_paterno": "EJEMPLO", "apellido_materno": "PRUEBA"}


def side(texts: dict[str, str], **more: object) -> Reading:
    fields = {name: FieldReading(text, 0.9, Witness.TEXT) for name, text in texts.items()}
    return replace(Reading(found=True, reasons=(), fields=fields), **more)  # type: ignore[arg-type]  # mixed values


def offered(front: Reading, back: Reading, name: str) -> list[tuple[object, str]]:
    offers = offered_fields(front, back, today=TODAY).get(name, ())
    return [(field.value, field.source.value) for field in offers]


BACK = side({}, mrz=ZONE)


class TestOffers:
    def test_are_one_where_all_say_the_same(self) -> None:
        assert offered(side(NAMES), BACK, "nombres") == [("LUISA", "text")]

    def test_show_the_print_before_the_code_lines_for_names(self) -> None:
        front = side(NAMES | {"nombres": "LUIS"})
        assert offered(front, BACK, "nombres") == [("LUIS", "text"), ("LUISA", "mrz")]

    def test_show_the_code_lines_before_the_print_for_the_rest(self) -> None:
        front = side({"fecha_nacimiento": "01/10/1990"})
        assert offered(front, BACK, "fecha_nacimiento") == [
            ("01/01/1990", "mrz"), ("01/10/1990", "text"),
        ]  # fmt: skip

    def test_take_accents_and_enie_for_no_other_name(self) -> None:
        zone = build_mrz(replace(parse_mrz(ZONE), surnames="NUNEZ PRUEBA"))
        front = side({"apellido_paterno": "NÚÑEZ"})
        assert offered(front, side({}, mrz=zone), "apellido_paterno") == [("NÚÑEZ", "text")]

    def test_hold_what_other_frames_read(self) -> None:
        rival = FieldReading("0007", 0.8, Witness.TEXT)
        front = side({}, rivals={"seccion": (rival,)})
        assert offered(front, side({}), "seccion") == [("0007", "text")]
        assert merged_fields(front, side({})) == {}

    def test_leave_out_names_that_the_third_line_may_have_cut(self) -> None:
        cut = build_mrz(replace(parse_mrz(ZONE), given_names="LUISA MARIA DE LOS ANGELES"))
        assert offered(side({}), side({}, mrz=cut), "nombres") == []

    @given(st.lists(st.sampled_from(["0001", "0002", "0003"]), max_size=6))
    def test_hold_each_value_once(self, values: list[str]) -> None:
        rivals = tuple(FieldReading(value, 0.5, Witness.TEXT) for value in values)
        said = [
            value for value, _ in offered(side({}, rivals={"seccion": rivals}), BACK, "seccion")
        ]
        assert len(said) == len(set(said))
        assert set(values) <= set(said)

    def test_put_a_birth_into_the_century_of_a_grown_up(self) -> None:
        assert birth_of("900101", TODAY) == "01/01/1990"
        assert birth_of("080229", TODAY) == "29/02/2008"
        assert birth_of("261231", TODAY) == "31/12/1926"

    def test_take_nothing_from_code_lines_that_do_not_hold(self) -> None:
        broken = (ZONE[0], ZONE[1].replace("900101", "910101"), ZONE[2])
        assert proven_zone(side({}), side({}, mrz=broken)) is None


def as_fields(texts: dict[str, str]) -> dict[str, Field]:
    return {name: Field(text, Source.TEXT, 0.9) for name, text in texts.items()}


class TestDisagreements:
    @pytest.mark.parametrize(
        ("texts", "code", "values"),
        [
            ({"fecha_nacimiento": "01/10/1990"}, "mrz_fecha", ("01/01/1990", "01/10/1990")),
            ({"sexo": "H"}, "mrz_sexo", ("M", "H")),
            ({"seccion": "0002"}, "mrz_seccion", ("0001", "0002")),
            ({"vigencia": "2029"}, "mrz_vigencia", ("2034", "2029")),
            ({"curp": "EEPL910101MDFJRS09"}, "mrz_curp.birth", ("01/01/1990", "01/01/1991")),
        ],
    )
    def test_name_both_values(
        self, texts: dict[str, str], code: str, values: tuple[str, str]
    ) -> None:
        assert code in cross_checks(texts, list(ZONE))
        pair = disagreement(code, as_fields(texts), parse_mrz(ZONE), today=TODAY)
        assert pair is not None
        assert (pair.first_value, pair.second_value) == values
        assert values[0] not in repr(pair)

    def test_are_never_told_with_half_of_the_witnesses(self) -> None:
        for code in CODES:
            assert disagreement(code, {}, None, today=TODAY) is None

    def test_of_names_and_birth_are_those_of_two_credentials(self) -> None:
        assert sides_differ(("mrz_fecha", "mrz_names"))
        assert not sides_differ(("mrz_names",))
        assert not sides_differ(("mrz_fecha", "mrz_clave.birth"))


class TestSlips:
    def test_are_found_in_what_has_a_form(self) -> None:
        typed = {
            "curp": "EEPL900101MDFJRS03", "cic": "12", "fecha_nacimiento": "31/02/1990",
            "nombres": "L", "clave_elector": "EJPRLS90010109M000", "seccion": None,
        }  # fmt: skip
        assert slips(typed, {}) == ("curp", "cic", "fecha_nacimiento")

    def test_are_none_where_nothing_was_changed(self) -> None:
        assert slips({"cic": "12"}, as_fields({"cic": "12"})) == ()
