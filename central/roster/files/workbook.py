"""XLSX to rows, through calamine: values as they were last computed; nothing is computed here."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from central.roster.files.archive import Archive, Cells, inspect_workbook
from central.roster.files.limits import Limits
from central.roster.files.mending import FAILED
from central.roster.files.refusals import Cause, FileRefusedError
from central.roster.files.sheet import has_header
from central.roster.files.table import Table, TableRow, trimmed


def read_workbook(content: bytes, limits: Limits) -> Table:
    """Give the rows of the sheet that holds the auxiliares: the first visible one with a header.

    Raises:
        FileRefusedError: It is no workbook, unsafe to open, or none of its sheets will do.
    """
    archive = inspect_workbook(content, limits)
    workbook = _opened(content)
    visible: list[tuple[str, tuple[TableRow, ...]]] = []
    hidden_has_header = False
    for place, sheet in enumerate(workbook.sheets_metadata):
        if sheet.typ is not SheetTypeEnum.WorkSheet:
            continue
        rows = _rows(workbook, place, archive.cells.get(sheet.name, Cells()), limits)
        if not rows:
            continue
        if sheet.visible is SheetVisibleEnum.Visible:
            visible.append((sheet.name, rows))
        else:
            hidden_has_header = hidden_has_header or has_header(rows)
    return _chosen(visible, hidden_has_header=hidden_has_header, archive=archive)


def _chosen(
    visible: Sequence[tuple[str, tuple[TableRow, ...]]],
    *,
    hidden_has_header: bool,
    archive: Archive,
) -> Table:
    with_header = [(name, rows) for name, rows in visible if has_header(rows)]
    if not with_header and hidden_has_header:
        raise FileRefusedError(Cause.HIDDEN)
    if not visible:
        raise FileRefusedError(Cause.EMPTY)
    if not with_header and len(visible) > 1:
        raise FileRefusedError(Cause.NO_SHEET, sheets=", ".join(name for name, _ in visible)[:120])
    (name, rows), *others = with_header or visible
    if archive.cells.get(name, Cells()).uncomputed:
        raise FileRefusedError(Cause.FORMULAS)
    if max(len(row.cells) for row in rows) == 1:
        raise FileRefusedError(Cause.ONE_COLUMN)
    return Table(rows, sheet=name, other_sheets=tuple(other for other, _ in others))


def _opened(content: bytes) -> CalamineWorkbook:
    workbook: CalamineWorkbook = _guarded(
        lambda: CalamineWorkbook.from_filelike(io.BytesIO(content))
    )
    return workbook


def _guarded(work: Any) -> Any:
    try:
        return work()
    except (CalamineError, ValueError, OSError, OverflowError) as error:
        raise FileRefusedError(Cause.DAMAGED) from error
    except BaseException as error:
        # A fault inside the library arrives so, beside the exceptions of Python.
        if type(error).__name__ == "PanicException":
            raise FileRefusedError(Cause.DAMAGED) from error
        raise


def _rows(
    workbook: CalamineWorkbook, place: int, cells: Cells, limits: Limits
) -> tuple[TableRow, ...]:
    grid: list[list[Any]] = _guarded(
        lambda: workbook.get_sheet_by_index(place).to_python(skip_empty_area=False)
    )
    rows = []
    for number, values in enumerate(grid, start=1):
        texts = [_text(value) for value in values]
        for row, column in cells.failed:
            if row == number and column <= len(texts):
                texts[column - 1] = FAILED
        row_cells = trimmed(texts)
        for cell in row_cells:
            if len(cell) > limits.cell_characters:
                raise FileRefusedError(Cause.LONG_CELL, row=number, most=limits.cell_characters)
        if row_cells:
            rows.append(TableRow(number, row_cells))
    return tuple(rows)


def _text(value: Any) -> str:
    """Write a value as a person would have typed it."""
    match value:
        case str():
            return value
        case bool():
            return "VERDADERO" if value else "FALSO"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)
