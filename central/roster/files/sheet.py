"""A table whose columns are known: where the header is, or that the template's order is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from central.roster.files.columns import (
    TITLES,
    Column,
    column_of,
    is_joined,
    recognised,
)
from central.roster.files.limits import Limits
from central.roster.files.refusals import Cause, FileRefusedError
from central.roster.files.table import Table, TableRow

# The first cell of the template's example begins so; the row is left out.
EXAMPLE = "EJEMPLO:"
# What our own corrected file adds; read again, these columns are nobody's.
REMARKS = ("Qué falta corregir", "Qué ya se corrigió")

_LEAST_KNOWN = 3
# A header stands this far down at most, below titles and logos.
_HEADER_WITHIN = 30


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, and what each of their columns is.

    Attributes:
        columns: By position; None for a column that is not of the official file.
        titles: By position, as written; empty where the file has no header.
        rows: What is below the header, the template's example left out.
        examples: How many rows were left out as examples.
        sheet: The name of the sheet of a workbook that was read.
        other_sheets: Visible sheets that hold such a table, too, and were not read.
    """

    columns: tuple[Column | None, ...]
    titles: tuple[str, ...]
    rows: tuple[TableRow, ...]
    examples: int = 0
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """Give the titles of the columns that are not read."""
        return tuple(
            title
            for column, title in zip(self.columns, self.titles, strict=True)
            if column is None and title and title not in REMARKS
        )


def has_header(rows: Sequence[TableRow]) -> bool:
    """Say whether a header is among the first rows, one that will be refused included."""
    try:
        return _header_at(rows) is not None
    except FileRefusedError:
        return True


def sheet_of(table: Table, limits: Limits, *, needed: frozenset[Column]) -> Sheet:
    """Find the columns of a table.

    Args:
        table: The rows as decoded.
        limits: How many rows there may be.
        needed: Columns without which no row can be right; one surname is always enough.

    Raises:
        FileRefusedError: No header and not the template's order, a column missing or twice, no
            row, or too many.
    """
    if not table.rows:
        raise FileRefusedError(Cause.EMPTY)
    at = _header_at(table.rows)
    titles: tuple[str, ...]
    if at is None:
        columns, below = _by_position(table.rows), table.rows
        titles = ("",) * len(columns)
    else:
        header = table.rows[at].cells
        columns, titles = _by_title(header, needed), tuple(cell.strip() for cell in header)
        below = table.rows[at + 1 :]
    rows = tuple(row for row in below if not _is_example(row))
    if not rows:
        raise FileRefusedError(Cause.NO_ROWS)
    if len(rows) > limits.rows:
        raise FileRefusedError(Cause.MANY_ROWS, count=len(rows), most=limits.rows)
    return Sheet(
        columns=columns,
        titles=titles,
        rows=rows,
        examples=len(below) - len(rows),
        sheet=table.sheet,
        other_sheets=table.other_sheets,
    )


def _header_at(rows: Sequence[TableRow]) -> int | None:
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        if len(recognised(row.cells)) >= _LEAST_KNOWN:
            return place
        joined = sum(is_joined(cell) for cell in row.cells)
        if joined and len(recognised(row.cells)) + joined >= _LEAST_KNOWN - 1:
            title = next(cell for cell in row.cells if is_joined(cell))
            raise FileRefusedError(Cause.JOINED_NAMES, title=title.strip()[:60])
    return None


def _by_title(header: tuple[str, ...], needed: frozenset[Column]) -> tuple[Column | None, ...]:
    columns = tuple(column_of(cell) for cell in header)
    for column in Column:
        if columns.count(column) > 1:
            raise FileRefusedError(Cause.REPEATED_HEADER, title=TITLES[column])
    joined = [cell for cell in header if is_joined(cell)]
    missing = [TITLES[column] for column in Column if column in needed - set(columns)]
    if not {Column.APELLIDO_PATERNO, Column.APELLIDO_MATERNO} & set(columns):
        missing.append(TITLES[Column.APELLIDO_PATERNO])
    if missing and joined:
        raise FileRefusedError(Cause.JOINED_NAMES, title=joined[0].strip()[:60])
    if missing:
        raise FileRefusedError(Cause.MISSING_HEADER, titles=", ".join(missing))
    return columns


def _by_position(rows: Sequence[TableRow]) -> tuple[Column | None, ...]:
    """Take the template's order where the addresses are in its column and nothing sticks out."""
    columns = tuple(Column)
    at = columns.index(Column.EMAIL)
    fits = [
        len(row.cells) <= len(columns) and "@" in "".join(row.cells[at : at + 1]) for row in rows
    ]
    if sum(fits) * 2 <= len(fits):
        raise FileRefusedError(Cause.NO_HEADER)
    return columns


def _is_example(row: TableRow) -> bool:
    first = next((cell for cell in row.cells if cell.strip()), "")
    return first.strip().upper().startswith(EXAMPLE)
