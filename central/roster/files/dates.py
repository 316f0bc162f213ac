"""Dates as people type them, read in the order día/mes/año and never guessed.

A word names the month whatever stands first, and a year of four digits in front makes the order of
ISO 8601. Two digits of a year are read only where one century alone makes a grown-up of our days.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from domain.credential.text import fold

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "ENE ENERO JAN JANUARY",
            "FEB FEBRERO FEBRUARY",
            "MAR MARZO MARCH",
            "ABR ABRIL APR APRIL",
            "MAY MAYO",
            "JUN JUNIO JUNE",
            "JUL JULIO JULY",
            "AGO AGOSTO AUG AUGUST",
            "SEP SEPT SEPTIEMBRE SET SETIEMBRE SEPTEMBER",
            "OCT OCTUBRE OCTOBER",
            "NOV NOVIEMBRE NOVEMBER",
            "DIC DICIEMBRE DEC DECEMBER",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAY = re.compile(r"^(LUNES|MARTES|MIERCOLES|JUEVES|VIERNES|SABADO|DOMINGO),? +")
# What databases add to a date without an hour.
_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(:00(\.0+)?)?Z?$")
_PARTS = re.compile(r"([0-9]+|[A-Z]+)")
_WORDS_BETWEEN = frozenset({"DE", "DEL"})
_JOINED = re.compile(r"[0-9]{8}")
# Days since 1899-12-30, as spreadsheets store a date: 1927 to 2036 have five digits.
_SERIAL = re.compile(r"[0-9]{5}(\.0+)?")
_SERIAL_ORIGIN = date(1899, 12, 30)
_YOUNGEST, _OLDEST = 18, 99


class DateRefusedError(Exception):
    """A text that is no date; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_date(text: str, *, today: date) -> date:
    """Give the date that a text means.

    Raises:
        DateRefusedError: `born_on.form`, `born_on.impossible` or `born_on.short_year`.
    """
    folded = _MIDNIGHT.sub("", _WEEKDAY.sub("", fold(text.strip())))
    if _SERIAL.fullmatch(folded):
        return _SERIAL_ORIGIN + timedelta(days=int(folded[:5]))
    if _JOINED.fullmatch(folded):
        return _joined(folded)
    parts = [part for part in _PARTS.findall(folded) if part not in _WORDS_BETWEEN]
    if len(parts) != 3 or not re.fullmatch(r"[0-9A-Z ,./-]+", folded):
        raise DateRefusedError("born_on.form")
    day, month, year = _in_order(parts)
    return _date(_full_year(year, today), month, day)


def _in_order(parts: list[str]) -> tuple[int, int, str]:
    """Give day, month and year; the year as written, for its digits count."""
    words = [part for part in parts if part.isalpha()]
    if any(len(part) > 4 for part in parts if part.isdigit()):
        raise DateRefusedError("born_on.form")
    if words:
        if len(words) > 1 or words[0] not in _MONTHS or parts[2] == words[0]:
            raise DateRefusedError("born_on.form")
        day, year = (part for part in parts if part.isdigit())
        return _number(day), _MONTHS[words[0]], year
    first, middle, last = parts
    if len(first) == 4:
        return _number(last), _number(middle), first
    return _number(first), _number(middle), last


def _number(text: str) -> int:
    if len(text) > 2:
        raise DateRefusedError("born_on.form")
    return int(text)


def _full_year(text: str, today: date) -> int:
    if len(text) == 4:
        return int(text)
    if len(text) != 2:
        raise DateRefusedError("born_on.form")
    possible = [
        year
        for century in (today.year // 100 * 100 - 100, today.year // 100 * 100)
        if _YOUNGEST <= today.year - (year := century + int(text)) <= _OLDEST
    ]
    if len(possible) != 1:
        raise DateRefusedError("born_on.short_year")
    return possible[0]


def _joined(digits: str) -> date:
    """Read eight digits: a year of our time stands in front or behind, never both."""
    if digits[:2] in ("19", "20") and int(digits[4:6]) <= 12:
        return _date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if digits[4:6] in ("19", "20"):
        return _date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    raise DateRefusedError("born_on.form")


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DateRefusedError("born_on.impossible") from error
