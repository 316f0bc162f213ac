"""New passwords: long, and none of those that everybody tries first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.capture.passwords import LEAST_CHARACTERS, MOST_CHARACTERS, Fault, fault

CODE = "ABCD-EFGH-JKMN"
NAMES = ("AUX01", "Prueba Inventada")
GOOD = "tres burros en la azotea"


def judged(password: str, again: str | None = None) -> Fault | None:
    return fault(password, password if again is None else again, code=CODE, names=NAMES)


class TestAPassword:
    @pytest.mark.parametrize(
        "password", [GOOD, "xk4 lmp 9w", "ÑandúCafé-río", "日本語のパスワードです"]
    )
    def test_may_be_of_any_letters_once_it_is_long(self, password: str) -> None:
        assert judged(password) is None

    @pytest.mark.parametrize(
        ("password", "expected"),
        [
            ("corta", Fault.SHORT),
            ("x" * (MOST_CHARACTERS + 1), Fault.LONG),
            (CODE, Fault.CODE),
            ("abcd efgh jkmn", Fault.CODE),
            ("aux01aux01", Fault.IDENTIFIER),
            ("AUX01-AUX01-AUX01", Fault.IDENTIFIER),
            ("prueba inventada", Fault.IDENTIFIER),
            ("PruebaInventada123", Fault.IDENTIFIER),
            ("1234567890", Fault.COMMON),
            ("9876543210", Fault.COMMON),
            ("aaaaaaaaaaaa", Fault.COMMON),
            ("Contraseña123!", Fault.COMMON),
            ("MEXICO2027", Fault.COMMON),
            ("qwertyuiop", Fault.COMMON),
            ("passwordpassword", Fault.COMMON),
        ],
    )
    def test_is_refused_for_one_reason(self, password: str, expected: Fault) -> None:
        assert judged(password) is expected

    def test_is_typed_the_same_twice(self) -> None:
        assert judged(GOOD, GOOD + " ") is Fault.OTHER

    @given(st.text(max_size=LEAST_CHARACTERS - 1))
    def test_is_never_taken_when_short(self, password: str) -> None:
        assert judged(password) is Fault.SHORT

    @given(st.text(max_size=MOST_CHARACTERS + 10), st.text(max_size=20))
    def test_gets_an_answer_whatever_is_typed(self, password: str, again: str) -> None:
        assert fault(password, again, code=CODE, names=NAMES) in {None, *Fault}
