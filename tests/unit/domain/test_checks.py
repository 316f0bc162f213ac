"""Fields of one credential held against each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credential.checks import CODES, cross_checks
from domain.credential.fields import FIELD_NAMES
from domain.credential.mrz import build_mrz
from tests.unit.domain.test_mrz import LUISA, SPECIMEN

AGREEING: dict[str, str | list[str]] = {
    "nombres": "LUISA",
    "apellido_paterno": "EJEMPLO",
    "apellido_materno": "PRUEBA",
    "domicilio": ["C INVENTADA 1", "COL NINGUNA 00000"],
    "clave_elector": "EJPRLS90010109M000",
    "curp": "EEPL900101MDFJRS02",
    "anio_registro": "2008 01",
    "emision": "2024",
    "seccion": "0001",
    "vigencia": "2024-2034",
    "fecha_nacimiento": "01/01/1990",
    "sexo": "M",
    "cic": "123456789",
    "numero_ocr": "0001000000001",
}
TODAY = date(2026, 11, 23)


def with_field(name: str, value: str) -> dict[str, str | list[str]]:
    return {**AGREEING, name: value}


class TestCrossChecks:
    def test_find_nothing_in_a_credential_that_agrees(self) -> None:
        assert cross_checks(AGREEING, SPECIMEN, today=TODAY) == ()

    @pytest.mark.parametrize("missing", FIELD_NAMES)
    def test_do_not_hold_an_unread_field_against_the_card(self, missing: str) -> None:
        fields = {name: value for name, value in AGREEING.items() if name != missing}
        assert cross_checks(fields, SPECIMEN, today=TODAY) == ()

    @pytest.mark.parametrize(
        ("name", "value", "codes"),
        [
            ("curp", "EEPL900101MDFJRS03", {"curp.check_digit"}),
            ("curp", "EEPL900101", {"curp.format"}),
            ("clave_elector", "EJPRLS9001010", {"clave.format"}),
            (
                "clave_elector",
                "EJPRLS90010209M000",
                {"clave_curp.birth", "fecha_clave", "mrz_clave.birth"},
            ),
            (
                "clave_elector",
                "EJPRLS90010109H000",
                {"clave_curp.sex", "sexo_clave", "mrz_clave.sex"},
            ),
            ("clave_elector", "EJPRLS90010131M000", {"clave_curp.entidad"}),
            ("clave_elector", "ENPRLS90010109M000", {"clave_curp.consonants", "clave_names"}),
            ("clave_elector", "EJPRMS90010109M000", {"clave_curp.initials", "clave_names"}),
            ("seccion", "0002", {"mrz_seccion", "numero_ocr_seccion"}),
            ("numero_ocr", "0001000000002", {"mrz_numero_ocr"}),
            ("numero_ocr", "12", {"numero_ocr.format", "mrz_numero_ocr"}),
            ("cic", "123456780", {"mrz_cic"}),
            ("cic", "12", {"cic.format", "mrz_cic"}),
            ("anio_registro", "2008 02", {"mrz_emision"}),
            ("vigencia", "2033", {"mrz_vigencia"}),
            ("vigencia", "2025", {"mrz_vigencia", "vigencia.expired"}),
            ("fecha_nacimiento", "02/01/1990", {"fecha_clave", "fecha_curp", "mrz_fecha"}),
            ("sexo", "H", {"sexo_clave", "sexo_curp", "mrz_sexo"}),
            ("nombres", "LUIS", {"mrz_names"}),
            ("apellido_paterno", "OTRO", {"clave_names", "curp_names", "mrz_names"}),
        ],
    )
    def test_name_each_disagreement(self, name: str, value: str, codes: set[str]) -> None:
        assert set(cross_checks(with_field(name, value), SPECIMEN, today=TODAY)) == codes

    def test_judge_no_expiry_without_a_day(self) -> None:
        assert cross_checks({"vigencia": "2010"}) == ()
        assert cross_checks({"vigencia": "2010"}, today=TODAY) == ("vigencia.expired",)

    def test_name_the_digits_of_the_zone_that_fail(self) -> None:
        broken = (SPECIMEN[0].replace("7<<", "8<<"), *SPECIMEN[1:])
        assert cross_checks({}, broken) == ("mrz.cic", "mrz.composite")

    def test_accept_a_zone_that_cut_a_long_name(self) -> None:
        surnames, given_names = "DE LA GARZA VILLASENOR", "MARIA GUADALUPE"
        lines = build_mrz(replace(LUISA, surnames=surnames, given_names=given_names))
        fields: dict[str, str | list[str]] = {
            "apellido_paterno": "DE LA GARZA",
            "apellido_materno": "VILLASEÑOR",
            "nombres": "MARÍA GUADALUPE",
        }
        assert cross_checks(fields, lines) == ()

    @given(
        st.dictionaries(
            st.sampled_from(FIELD_NAMES), st.text(max_size=24) | st.lists(st.text(max_size=8))
        ),
        st.none() | st.lists(st.text(max_size=31), max_size=4),
    )
    def test_take_any_text_and_give_known_codes(
        self, fields: dict[str, str | list[str]], mrz: list[str] | None
    ) -> None:
        codes = cross_checks(fields, mrz, today=TODAY)
        assert set(codes) <= set(CODES)
        assert list(codes) == sorted(set(codes))
