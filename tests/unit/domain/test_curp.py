"""CURP and clave de elector: built from names, read back, and checked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credential.clave_elector import build_clave_elector, parse_clave_elector
from domain.credential.curp import INCONVENIENT_WORDS, build_curp, check_digit, parse_curp
from domain.entidades import ENTIDADES, Entidad
from domain.errors import ClaveElectorError, CurpError

LETTERS = "ABCDEFGHIJKLMNÑOPQRSTUVWXYZÁÉÍÓÚÜ"
WORDS = st.text(LETTERS, min_size=1, max_size=8)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
BIRTHS = st.dates(date(1910, 1, 1), date(2009, 12, 31))
BORN_ON = date(1990, 1, 1)


class TestCurpCheckDigit:
    def test_agrees_with_the_published_example(self) -> None:
        assert check_digit("SABC560626MDFLRN0") == "1"

    def test_agrees_with_the_specimen(self) -> None:
        assert check_digit("EEPL900101MDFJRS0") == "2"

    @given(
        st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=17, max_size=17),
        st.integers(0, 16),
        st.sampled_from("0123456789"),
    )
    def test_notices_a_digit_read_as_another_in_an_odd_weight(
        self, body: str, position: int, digit: str
    ) -> None:
        # A weight that shares no factor with 10 makes every change of a digit visible.
        if (18 - position) % 2 == 0 or (18 - position) % 5 == 0 or not body[position].isdigit():
            return
        changed = body[:position] + digit + body[position + 1 :]
        assert (check_digit(changed) == check_digit(body)) == (digit == body[position])

    @pytest.mark.parametrize("body", ["", "SABC560626MDFLRN", "SABC560626MDFLRN*"])
    def test_refuses_what_is_no_body(self, body: str) -> None:
        with pytest.raises(CurpError):
            check_digit(body)


class TestParseCurp:
    def test_reads_the_published_example(self) -> None:
        curp = parse_curp("SABC560626MDFLRN01")
        assert curp.born_on == date(1956, 6, 26)
        assert (curp.sex, curp.entidad, curp.consonants) == ("M", "DF", "LRN")

    def test_takes_the_century_from_the_homoclave(self) -> None:
        curp = build_curp("Luisa", "Ejemplo", "Prueba", date(2004, 2, 29), "X", "NE")
        assert parse_curp(curp).born_on == date(2004, 2, 29)
        assert parse_curp(curp).sex == "X"

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("SABC560626MDFLRN02", "position 18"),
            ("SABC560626MDFLRN0", "18 characters"),
            ("SABC560626FDFLRN01", "form"),
            ("SABC561326MDFLRN0" + check_digit("SABC561326MDFLRN0"), "5-10"),
            ("SABC560626MXXLRN0" + check_digit("SABC560626MXXLRN0"), "12-13"),
        ],
    )
    def test_says_what_is_wrong_without_repeating_it(self, text: str, why: str) -> None:
        with pytest.raises(CurpError, match=why) as caught:
            parse_curp(text)
        assert text not in str(caught.value)


class TestBuildCurp:
    @pytest.mark.parametrize(
        ("names", "start", "consonants"),
        [
            (("Luisa", "Ejemplo", "Prueba"), "EEPL", "JRS"),
            (("José Luis", "Núñez", ""), "NUXL", "XXS"),
            (("María del Carmen", "de la Cruz", "Ávila"), "CUAC", "RVR"),
            (("María", "Ñuñez", "O"), "XUOM", "XXR"),
            (("Pedro", "Cota", "Cruz"), "COCP", "TRD"),
            (("Luis", "Peña", "Díaz"), "PEDL", "XZS"),
            (("Olga", "Cabrera", "Cano"), "CXCO", "BNL"),
        ],
    )
    def test_takes_the_letters_of_the_names(
        self, names: tuple[str, str, str], start: str, consonants: str
    ) -> None:
        curp = build_curp(*names, BORN_ON, "M", "DF")
        assert (curp[:4], curp[13:16]) == (start, consonants)

    @given(NAMES, NAMES, NAMES, BIRTHS, st.sampled_from("HMX"), st.sampled_from(ENTIDADES))
    def test_always_builds_what_can_be_read(
        self, nombres: str, first: str, second: str, born_on: date, sex: str, entidad: Entidad
    ) -> None:
        curp = parse_curp(build_curp(nombres, first, second, born_on, sex, entidad.letters))
        assert (curp.born_on, curp.sex) == (born_on, sex)
        assert curp.initials not in INCONVENIENT_WORDS

    @pytest.mark.parametrize("names", [("", "A", "B"), ("A", "", ""), ("1", "2", "3")])
    def test_refuses_a_person_without_a_name(self, names: tuple[str, str, str]) -> None:
        with pytest.raises(CurpError):
            build_curp(*names, BORN_ON, "M", "DF")


class TestClaveElector:
    def test_builds_the_specimen(self) -> None:
        clave = build_clave_elector("Luisa", "Ejemplo", "Prueba", BORN_ON, "M", "09")
        assert clave == "EJPRLS90010109M000"

    @given(NAMES, NAMES, NAMES, BIRTHS, st.sampled_from("HM"), st.sampled_from(ENTIDADES))
    def test_agrees_with_the_curp_of_the_same_person(
        self, nombres: str, first: str, second: str, born_on: date, sex: str, entidad: Entidad
    ) -> None:
        curp = build_curp(nombres, first, second, born_on, sex, entidad.letters)
        clave = parse_clave_elector(
            build_clave_elector(nombres, first, second, born_on, sex, entidad.number)
        )
        initials = (curp[0], curp[13], curp[2], curp[14], curp[3], curp[15])
        assert tuple(clave.letters) == initials
        assert clave.birth == curp[4:10]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "EJPRLS90010109M00",
            "EJPRLS90023009M000",
            "EJPRLS90010133M000",
            "EJPRLS90010109F000",
            "EJPRLS90010109M00O",
            "AAPRLS90010109M000",
        ],
    )
    def test_refuses_another_form(self, text: str) -> None:
        with pytest.raises(ClaveElectorError):
            parse_clave_elector(text)

    @given(st.text(max_size=20))
    def test_raises_its_own_errors_for_any_text(self, text: str) -> None:
        with pytest.raises(ClaveElectorError):
            parse_clave_elector(text)
        with pytest.raises(CurpError):
            parse_curp(text)
