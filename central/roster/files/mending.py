"""What can be put right in a cell without guessing, and what has to be left to a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from central.roster.candidates import Candidate, read_candidate
from central.roster.files.columns import Column, plain
from central.roster.files.dates import DateRefusedError, read_date

# What a spreadsheet shows where a formula failed; the reader of workbooks writes it, too.
FAILED = "#ERROR!"

_GOOGLE = frozenset({"g", "google", "gmail", "cuentagoogle", "cuentadegoogle", "googlegmail"})
_FACEBOOK = frozenset({"f", "facebook", "fb", "face", "cuentafacebook", "cuentadefacebook"})
_FORMULA = ("=", "+", "-", "@")
# A telephone number may begin so.
_SIGNED_NUMBER = re.compile(r"[+-][0-9 ().-]+")
_FAILED = re.compile(
    r"#(REF|N/A|N/D|VALUE|VALOR|NAME|NOMBRE|NOMBRE|DIV/0|NUM|NULL|ERROR|¡\w+)[!?¿]*"
)
# UTF-8 read as Windows-1252: á became Ã¡, ñ became Ã±.
_TWICE = re.compile("[ÂÃ][\u00a0-\u00bf\u0080-\u009f‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œŸ]")
_LOST = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Mended:
    """One row as it is understood: the texts to show, and which of them were put right."""

    candidate: Candidate = field(repr=False)
    texts: Mapping[Column, str] = field(repr=False)
    changed: frozenset[Column]
    mistakes: Mapping[str, str]


def mend(raw: Mapping[Column, str], *, today: date) -> Mended:
    """Bring the cells of a row to the forms that the registration reads.

    Args:
        raw: The cells by column; an absent one is empty.
        today: The day in the zone of the process, which tells the century of a short year.
    """
    mistakes: dict[str, str] = {}
    texts: dict[Column, str] = {}
    for column, cell in raw.items():
        text = _legible(cell)
        if code := _unsafe(column, cell, text):
            mistakes[column] = code
        elif column is Column.BORN_ON and text:
            text = _date_text(text, today, mistakes)
        elif column is Column.ACCOUNT_KIND:
            text = _kind_letter(text)
        texts[column] = text
    candidate, unreadable = read_candidate(
        {column.value: "" if column in mistakes else text for column, text in texts.items()}
    )
    mistakes = {**unreadable, **mistakes}
    shown = {
        column: text if column in mistakes else _shown(column, candidate)
        for column, text in texts.items()
    }
    changed = frozenset(
        column
        for column, cell in raw.items()
        if column not in mistakes and cell.strip() != shown[column]
    )
    return Mended(candidate, shown, changed, mistakes)


def _legible(cell: str) -> str:
    """Drop what nobody sees: marks of width nothing, several kinds of blanks, line breaks."""
    visible = "".join(
        char for char in cell if unicodedata.category(char) != "Cf" or char in "\t\r\n"
    )
    text = unicodedata.normalize("NFC", " ".join(visible.split()))
    # The apostrophe with which spreadsheets mark a text.
    return text[1:] if text.startswith("'") and text[1:2] in (*_FORMULA, *"0123456789") else text


def _unsafe(column: Column, cell: str, text: str) -> str | None:
    if _FAILED.fullmatch(text.upper()):
        return "cell.failed"
    if _LOST in text or _TWICE.search(cell) or any(unicodedata.category(c) == "Cc" for c in text):
        return "cell.broken"
    if text.startswith(_FORMULA):
        is_number = column is Column.TELEFONO_MOVIL and _SIGNED_NUMBER.fullmatch(text)
        return None if is_number else "cell.formula"
    return None


def _date_text(text: str, today: date, mistakes: dict[str, str]) -> str:
    try:
        return _day(read_date(text, today=today))
    except DateRefusedError as error:
        mistakes[Column.BORN_ON] = error.code
        return text


def _kind_letter(text: str) -> str:
    name = plain(text)
    return "g" if name in _GOOGLE else "f" if name in _FACEBOOK else text


def _day(value: date) -> str:
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def _shown(column: Column, candidate: Candidate) -> str:
    match getattr(candidate, column.value):
        case None:
            return ""
        case date() as day:
            return _day(day)
        case other:
            return str(other)
