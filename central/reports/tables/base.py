"""What a report is before it has a format, and what every format does with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

Cell = str | int | date | datetime | None
Row = tuple[Cell, ...]

# A spreadsheet takes a text that begins so for a formula, or for what may become one.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
# Controls break cells, and halves of surrogate pairs are no text.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    CODE = "code"  # a number that names something: written without separators
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, what it holds, its width in characters."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 16


@dataclass(frozen=True, slots=True)
class Watermark:
    """Who asked, when, and the number of the export: in every file, so that a copy leads back."""

    export: str
    made_for: str
    made_at: datetime
    zone: ZoneInfo

    @property
    def mark(self) -> str:
        """The short form that stands in every row: the first eight digits of the number."""
        return self.export[:8]

    @property
    def made(self) -> str:
        """The moment as people of the process read it."""
        return f"{self.made_at.astimezone(self.zone):%d/%m/%Y %H:%M:%S} ({self.zone.key})"


@dataclass(frozen=True, slots=True)
class Table:
    """A report: what it is about, its columns, and its rows, which are read once."""

    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: Iterator[Row]
    watermark: Watermark

    @property
    def lines_above(self) -> tuple[tuple[str, str], ...]:
        """What stands above the rows in every format."""
        mark = self.watermark
        return (
            *self.facts,
            ("Solicitado por", mark.made_for),
            ("Fecha y hora", mark.made),
            ("Número de exportación", mark.export),
        )


class Sink(Protocol):
    """Where the bytes of a file go; it need not be a file that can go back."""

    def write(self, content: bytes, /) -> int:
        """Take bytes."""
        ...

    def flush(self) -> None:
        """Do what files do."""
        ...


class TableWriter(Protocol):
    """One format. `write` reads the rows as they come and keeps none that it need not keep."""

    def write(self, table: Table, sink: Sink, *, scratch: Path) -> int:
        """Write the whole file; give how many rows went into it.

        Args:
            table: What to write.
            sink: Where to.
            scratch: A private folder for what a library must put on the disk meanwhile.
        """
        ...


def plain(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula, on one line.

    The apostrophe is what spreadsheets themselves put before a text that looks like a formula.
    """
    text = _CONTROLS.sub(" ", text)
    return f"'{text}" if _FORMULA.match(text) else text
