"""XLSX to rows, through calamine: values as they were last computed; nothing is computed here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from central.roster.files import isolated
from central.roster.files.archive import Cells, inspect_workbook
from central.roster.files.limits import Limits
from central.roster.files.mending import FAILED
from central.roster.files.refusals import Cause, FileRefusedError
from central.roster.files.sheet import has_header
from central.roster.files.table import Table, TableRow, trimmed

# Of the clock on the wall, for a machine that has other things to do.
_TIMEOUT_S = 3 * isolated.CPU_S


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    is_visible: bool
    rows: tuple[TableRow, ...]


def read_workbook(content: bytes, limits: Limits) -> Table:
    """Give the rows of the sheet that holds the auxiliares: the first visible one with a header.

    Raises:
        FileRefusedError: It is no workbook, unsafe to open, or none of its sheets will do.
    """
    archive = inspect_workbook(content, limits)
    sheets = [
        _Sheet(
            one["name"],
            one["visible"],
            _rows(one["rows"], archive.cells.get(one["name"], Cells())),
        )
        for one in _unpacked(content)
    ]
    chosen, others = _chosen([sheet for sheet in sheets if sheet.rows])
    if archive.cells.get(chosen.name, Cells()).uncomputed:
        raise FileRefusedError(Cause.FORMULAS)
    if max(len(row.cells) for row in chosen.rows) == 1:
        raise FileRefusedError(Cause.ONE_COLUMN)
    for row in chosen.rows:
        if any(len(cell) > limits.cell_characters for cell in row.cells):
            raise FileRefusedError(Cause.LONG_CELL, row=row.number, most=limits.cell_characters)
    return Table(chosen.rows, sheet=chosen.name, other_sheets=others)


def _chosen(sheets: Sequence[_Sheet]) -> tuple[_Sheet, tuple[str, ...]]:
    """Choose the sheet to read; give the names of the others that might have been it, too."""
    visible = [sheet for sheet in sheets if sheet.is_visible]
    with_header = [sheet for sheet in visible if has_header(sheet.rows)]
    if with_header:
        return with_header[0], tuple(sheet.name for sheet in with_header[1:])
    if any(has_header(sheet.rows) for sheet in sheets):
        raise FileRefusedError(Cause.HIDDEN)
    if not visible:
        raise FileRefusedError(Cause.EMPTY)
    if len(visible) > 1:
        names = ", ".join(sheet.name for sheet in visible)
        raise FileRefusedError(Cause.NO_SHEET, sheets=names[:120])
    return visible[0], ()


def _unpacked(content: bytes) -> list[dict[str, Any]]:
    """Let a process of its own read the workbook: what breaks it breaks nothing here."""
    try:
        # Isolated: neither our folder nor our environment is in its way or in its reach.
        done = subprocess.run(
            [sys.executable, "-I", isolated.__file__],
            input=content,
            capture_output=True,
            timeout=_TIMEOUT_S,
            env={},
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise FileRefusedError(Cause.DAMAGED) from error
    sheets: list[dict[str, Any]] = json.loads(done.stdout)
    return sheets


def _rows(grid: Sequence[list[str]], cells: Cells) -> tuple[TableRow, ...]:
    for row, column in cells.failed:
        if row <= len(grid) and column <= len(grid[row - 1]):
            grid[row - 1][column - 1] = FAILED
    rows = [TableRow(number, trimmed(texts)) for number, texts in enumerate(grid, start=1)]
    return tuple(one for one in rows if one.cells)
