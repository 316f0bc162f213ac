"""What is wrong, and what looks wrong, with somebody who is to become an auxiliar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.models.accounts import AccountKind
from central.portal.registration_texts import SENTENCES
from central.roster.candidates import FIELDS, mistakes, read_candidate, warnings
from domain.credential.clave_elector import build_clave_elector

TODAY = date(2026, 11, 23)
# Invented: the form holds, and nobody has the clave.
GOOD = {
    "account_kind": "g",
    "nombres": "Luisa",
    "apellido_paterno": "Ejemplo",
    "apellido_materno": "Prueba",
    "born_on": "01/01/1990",
    "telefono_movil": "55 1234 5678",
    "email": "luisa.ejemplo@gmail.com",
    "clave_elector": "EJPRLS90010109M000",
}


def _mistakes(**changed: str) -> dict[str, str]:
    candidate, unreadable = read_candidate({**GOOD, **changed})
    return {**mistakes(candidate, today=TODAY), **unreadable}


def _warnings(**changed: str) -> dict[str, str]:
    return warnings(read_candidate({**GOOD, **changed})[0])


class TestReading:
    def test_a_good_one_passes_and_comes_out_in_one_form(self) -> None:
        candidate, unreadable = read_candidate(
            {
                **GOOD,
                "nombres": "  Luisa \t María ",
                "email": " Luisa.Ejemplo@GMAIL.com",
                "clave_elector": "ejprls 900101 09M000",
                "account_kind": "G",
            }
        )
        assert unreadable == mistakes(candidate, today=TODAY) == {}
        assert candidate.nombres == "Luisa María"
        assert candidate.email == "luisa.ejemplo@gmail.com"
        assert candidate.clave_elector == "EJPRLS90010109M000"
        assert candidate.account_kind is AccountKind.GOOGLE

    def test_shows_nothing_of_a_person_in_its_repr(self) -> None:
        candidate, _unreadable = read_candidate(GOOD)
        shown = repr(candidate).lower()
        for text in ("luisa", "ejemplo", "prueba", "1990", "5512345678", "gmail", "ejprls"):
            assert text not in shown

    @pytest.mark.parametrize(
        "typed", ["1/2/1990", "01/02/1990", "01-02-1990", "1.2.1990", "1990-02-01"]
    )
    def test_a_day_may_be_written_in_the_ways_that_say_one_thing_only(self, typed: str) -> None:
        assert read_candidate({**GOOD, "born_on": typed})[0].born_on == date(1990, 2, 1)

    @pytest.mark.parametrize(
        "typed",
        ["5512345678", "+52 55 1234 5678", "52 1 55 1234-5678", "044 (55) 1234 5678",
         "0052 5512345678"],
    )  # fmt: skip
    def test_a_telephone_is_ten_digits_after_every_code_that_came_before_them(
        self, typed: str
    ) -> None:
        assert read_candidate({**GOOD, "telefono_movil": typed})[0].telefono_movil == "5512345678"

    @given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=60)))
    def test_whatever_is_typed_gets_codes_that_have_a_sentence(self, typed: dict[str, str]) -> None:
        candidate, unreadable = read_candidate(typed)
        found = {**mistakes(candidate, today=TODAY), **unreadable, **warnings(candidate)}
        assert set(found) <= set(FIELDS)
        assert set(found.values()) <= set(SENTENCES)


class TestMistakes:
    @pytest.mark.parametrize(
        ("field", "typed", "code"),
        [
            ("account_kind", "", "account_kind.missing"),
            ("account_kind", "x", "account_kind.unknown"),
            ("nombres", "", "nombres.missing"),
            ("nombres", "A" * 101, "name.too_long"),
            ("nombres", "=SUM(A1)", "name.letters"),
            ("apellido_materno", "Ejemplo 2", "name.letters"),
            ("born_on", "", "born_on.missing"),
            ("born_on", "5/3/90", "born_on.form"),
            ("born_on", "marzo 1990", "born_on.form"),
            ("born_on", "30/02/1990", "born_on.impossible"),
            ("born_on", "13/13/1990", "born_on.impossible"),
            ("born_on", "24/11/2026", "born_on.future"),
            ("born_on", "24/11/2008", "born_on.underage"),
            ("born_on", "22/11/1915", "born_on.too_old"),
            ("telefono_movil", "1234567", "telefono_movil.form"),
            ("telefono_movil", "no tiene", "telefono_movil.form"),
            ("email", "", "email.missing"),
            ("email", "luisa", "email.form"),
            ("email", "luisa@gmail", "email.form"),
            ("email", "luisa,ejemplo@gmail.com", "email.form"),
            ("email", "peña@gmail.com", "email.form"),
            ("email", "a..b@ejemplo.mx", "email.form"),
            ("email", "luisa_ejemplo@gmail.com", "email.not_at_gmail"),
            ("email", "luisa@gmail.com", "email.not_at_gmail"),
            ("clave_elector", "", "clave_elector.missing"),
            ("clave_elector", "EJPRLS90010109M00", "clave_elector.length"),
            ("clave_elector", "EJPRLS9OO10109M000", "clave_elector.form"),
            ("clave_elector", "EJPRLS90013309M000", "clave_elector.form"),
        ],
    )
    def test_each_is_told_beside_its_field(self, field: str, typed: str, code: str) -> None:
        assert _mistakes(**{field: typed}) == {field: code}

    def test_one_surname_of_the_two_is_enough(self) -> None:
        assert _mistakes(apellido_paterno="") == _mistakes(apellido_materno="") == {}
        assert _mistakes(apellido_paterno="", apellido_materno="") == {
            "apellido_paterno": "apellido.missing"
        }

    def test_the_eighteenth_birthday_is_early_enough(self) -> None:
        assert _mistakes(born_on="23/11/2008") == {}

    def test_a_name_may_have_what_names_have(self) -> None:
        names = "Ma. de los Ángeles", "D’Ángelo-Ñúñez", "O'Farrill"
        assert _mistakes(**dict(zip(GOOD.keys() & _NAMES, names, strict=True))) == {}

    @pytest.mark.parametrize(
        "email", ["persona@empresa.com.mx", "persona@hotmail.com", "l.ejemplo+acopio@gmail.com"]
    )
    def test_any_address_may_be_an_account_of_google_or_facebook(self, email: str) -> None:
        assert _mistakes(email=email) == _mistakes(email=email, account_kind="f") == {}

    def test_a_telephone_may_be_left_out(self) -> None:
        assert _mistakes(telefono_movil="") == {}

    def test_a_process_that_does_not_ask_the_register_asks_for_no_clave(self) -> None:
        candidate, _unreadable = read_candidate({**GOOD, "clave_elector": ""})
        assert mistakes(candidate, today=TODAY, asks_register=False) == {}

    @given(st.dates(TODAY - timedelta(days=365 * 90), TODAY - timedelta(days=366 * 18)))
    def test_every_grown_up_may_be_one(self, born_on: date) -> None:
        assert _mistakes(born_on=f"{born_on:%d/%m/%Y}") == {}


_NAMES = {"nombres", "apellido_paterno", "apellido_materno"}


class TestWarnings:
    def test_a_clave_that_comes_from_birth_and_names_is_silent(self) -> None:
        born_on = date(1985, 7, 9)
        clave = build_clave_elector("José Íñigo", "de la Cruz", "Muñoz", born_on, "H", "20")
        typed = {
            "nombres": "José Íñigo",
            "apellido_paterno": "de la Cruz",
            "apellido_materno": "Muñoz",
            "born_on": "09/07/1985",
            "clave_elector": clave,
        }
        assert _warnings(**typed) == {}

    def test_another_birth_or_another_name_is_asked_about_and_not_refused(self) -> None:
        assert _warnings(born_on="02/01/1990") == {"clave_elector": "clave_elector.other_birth"}
        assert _warnings(nombres="Carmen") == {"clave_elector": "clave_elector.other_name"}
        assert _mistakes(nombres="Carmen", born_on="02/01/1990") == {}

    @pytest.mark.parametrize("domain", ["gmial.com", "gmail.con", "hotmail.con", "gmail.com.mx"])
    def test_a_slip_of_the_fingers_after_the_at_is_asked_about(self, domain: str) -> None:
        assert _warnings(email=f"luisa.ejemplo@{domain}") == {"email": "email.slip"}
        assert _mistakes(email=f"luisa.ejemplo@{domain}") == {}
