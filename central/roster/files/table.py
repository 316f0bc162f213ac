"""What every decoder gives: rows of texts, each with the number that a spreadsheet shows for it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row, empty cells at its end left off."""

    number: int
    cells: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that hold anything."""

    rows: tuple[TableRow, ...]
    # Name of the sheet of a workbook; empty for text.
    sheet: str = ""
    # Further visible sheets that hold a table, too, and were not read.
    other_sheets: tuple[str, ...] = ()


def trimmed(cells: list[str]) -> tuple[str, ...]:
    """Leave off the empty cells at the end."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return tuple(cells[:end])
