"""Text to rows: the separators and line ends that spreadsheets write, and where a quote is open."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from central.roster.files.columns import recognised
from central.roster.files.limits import Limits
from central.roster.files.refusals import Cause, FileRefusedError
from central.roster.files.table import Table, TableRow, trimmed

_SEPARATORS = (",", ";", "\t", "|")
# Excel obeys this first line and does not show it.
_SAID = re.compile(r'"?sep=(?P<separator>[,;|\t])"?[,;|\t]*(\r\n|\r|\n)', re.IGNORECASE)
_SAMPLE_CHARACTERS = 20_000
_SAMPLE_ROWS = 40
# More lines than this in one cell are rows that an open quote swallowed.
_LINES_IN_CELL = 5
# Control characters that text files have; DEL and the rest mean something else was uploaded.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_SHARE = 0.01


def read_separated(text: str, limits: Limits) -> Table:
    """Give the rows of a CSV text.

    Raises:
        FileRefusedError: It is no table, or one without bounds.
    """
    if len(_CONTROL.findall(text[:_SAMPLE_CHARACTERS])) > _CONTROL_SHARE * len(
        text[:_SAMPLE_CHARACTERS]
    ):
        raise FileRefusedError(Cause.BINARY)
    text = text.replace("\x00", "")
    said = _SAID.match(text)
    if said is not None:
        text = text[said.end() :]
    separator = said["separator"] if said else _separator(text)
    rows = tuple(
        TableRow(number, cells)
        for number, cells in _records(text, separator, limits)
        if any(cell.strip() for cell in cells)
    )
    if rows and max(len(row.cells) for row in rows) == 1:
        raise FileRefusedError(Cause.ONE_COLUMN)
    return Table(rows)


def _separator(text: str) -> str:
    """Choose the separator that makes the most known headers, then the widest rows."""

    def worth(separator: str) -> tuple[int, int]:
        rows = []
        for _number, cells in zip(range(_SAMPLE_ROWS), _parsed(sample, separator), strict=False):
            rows.append(cells)
        known = max((len(recognised(cells)) for cells in rows), default=0)
        return known, sorted(map(len, rows))[len(rows) // 2] if rows else 0

    sample = text[:_SAMPLE_CHARACTERS]
    return max(_SEPARATORS, key=worth)


def _parsed(text: str, separator: str) -> Iterator[list[str]]:
    # The longest cell that the library takes is a setting of the whole process: left alone, for it
    # is far above ours.
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _records(text: str, separator: str, limits: Limits) -> Iterator[tuple[int, tuple[str, ...]]]:
    end = "\N{END OF TRANSMISSION}"
    number, last = 0, [""]
    begun = ("\r", "\n")
    closed = text if text.endswith(begun) else text + "\n"
    try:
        for number, last in enumerate(_parsed(closed + end, separator), start=1):
            if last == [end]:
                return
            cells = trimmed(last)
            _check_bounds(number, cells, limits)
            yield number, cells
    except csv.Error as error:  # a quote that never closes fills one cell beyond all bounds
        raise FileRefusedError(Cause.QUOTE, row=number + 1) from error
    # The mark behind the last line became part of a cell: its quote was never closed.
    raise FileRefusedError(Cause.QUOTE, row=number)


def _check_bounds(number: int, cells: tuple[str, ...], limits: Limits) -> None:
    if len(cells) > limits.columns:
        raise FileRefusedError(Cause.MANY_COLUMNS, row=number, most=limits.columns)
    for cell in cells:
        if cell.count("\n") + cell.count("\r") > 2 * _LINES_IN_CELL:
            raise FileRefusedError(Cause.QUOTE, row=number)
        if len(cell) > limits.cell_characters:
            raise FileRefusedError(Cause.LONG_CELL, row=number, most=limits.cell_characters)
