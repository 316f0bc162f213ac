"""The code on a citizen's slip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.citizen_code import ALPHABET, LENGTH, grouped, parse_citizen_code
from domain.errors import CitizenCodeError

CODES = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


@given(CODES)
def test_is_read_as_it_was_printed_and_as_a_person_writes_it(code: str) -> None:
    assert parse_citizen_code(code) == code
    assert parse_citizen_code(f" {grouped(code).lower()} ") == code


@pytest.mark.parametrize("text", ["", "23456ABCD", "23456ABCDEF", "23456ABCDO", "23456ABCD1"])
def test_refuses_what_was_never_drawn(text: str) -> None:
    with pytest.raises(CitizenCodeError):
        parse_citizen_code(text)


def test_has_no_letter_that_looks_like_another() -> None:
    assert not set(ALPHABET) & set("ILOU01")
