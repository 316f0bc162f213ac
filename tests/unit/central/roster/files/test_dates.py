"""Dates as people type them."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.roster.files.dates import DateRefusedError, read_date

TODAY = date(2026, 11, 23)
_MONTHS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()
BORN = st.dates(date(1930, 1, 1), date(2008, 11, 22))


class TestReadDate:
    @pytest.mark.parametrize(
        "text",
        [
            "1/2/1990",
            "01/02/1990",
            "01-02-90",
            "1.2.1990",
            "1 2 1990",
            "1990-02-01",
            "1990/2/1",
            "1990-02-01 00:00:00",
            "1990-02-01T00:00:00Z",
            "01021990",
            "19900201",
            "1 de febrero de 1990",
            "1 de Febrero del 1990",
            "jueves, 1 de febrero de 1990",
            "1-feb-90",
            "01/FEB/1990",
            "Feb 1, 1990",
            "febrero 1 de 1990",
            "32905",
            "32905.0",
        ],
    )
    def test_reads_the_first_of_february_in_every_form(self, text: str) -> None:
        assert read_date(text, today=TODAY) == date(1990, 2, 1)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("31/02/1990", "born_on.impossible"),
            ("29/02/1990", "born_on.impossible"),
            ("02/13/1990", "born_on.impossible"),
            ("1990-13-01", "born_on.impossible"),
            ("0/1/1990", "born_on.impossible"),
            ("19901301", "born_on.form"),
            ("1/2/12", "born_on.short_year"),
            ("1/2/26", "born_on.short_year"),
            ("1/2/990", "born_on.form"),
            ("1/2", "born_on.form"),
            ("1990", "born_on.form"),
            ("1/2/3/1990", "born_on.form"),
            ("100/2/1990", "born_on.form"),
            ("hoy", "born_on.form"),
            ("1 de febrer de 1990", "born_on.form"),
            ("feb mar 1990", "born_on.form"),
            ("1/2/1990 a. C.", "born_on.form"),
            ("٠١/٠٢/١٩٩٠", "born_on.form"),
            ("1/2/²⁰¹⁰", "born_on.form"),
        ],
    )
    def test_refuses_what_is_no_date_or_may_be_two(self, text: str, code: str) -> None:
        with pytest.raises(DateRefusedError) as refused:
            read_date(text, today=TODAY)
        assert refused.value.code == code

    @given(BORN, st.sampled_from("/-. "))
    def test_day_comes_before_month_whatever_stands_between(self, born: date, mark: str) -> None:
        text = mark.join((str(born.day), str(born.month), str(born.year)))
        assert read_date(text, today=TODAY) == born

    @given(BORN)
    def test_reads_back_every_form_it_knows(self, born: date) -> None:
        forms = (
            born.isoformat(),
            f"{born:%d%m%Y}",
            f"{born:%Y%m%d}",
            f"{born.day} de {_MONTHS[born.month - 1]} de {born.year}",
            f"{born.day}-{_MONTHS[born.month - 1][:3]}-{born:%y}",
            f"{born:%d/%m/%y}",
            str((born - date(1899, 12, 30)).days),
        )
        assert {read_date(text, today=TODAY) for text in forms} == {born}

    @given(st.text(max_size=40))
    def test_no_text_breaks_it(self, text: str) -> None:
        with contextlib.suppress(DateRefusedError):
            assert isinstance(read_date(text, today=TODAY), date)
