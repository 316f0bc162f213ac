"""XLSX through XlsxWriter: texts stay texts, days are days, and rows leave memory as they come."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from central.reports.tables.base import Cell, Column, Kind, Row, Sink, Table, plain

# A sheet has 1,048,576 rows; what is longer goes on in another one.
_MOST_ROWS = 1_000_000
_FORMATS = {
    Kind.DAY: "dd/mm/yyyy",
    Kind.INSTANT: "dd/mm/yyyy hh:mm:ss",
    Kind.NUMBER: "#,##0",
    Kind.CODE: "0",
}
_MARK = Column("Exportación", width=12)


class XlsxTable:
    """One sheet says what the file is, the next have the rows, with their titles held in place."""

    def __init__(self, rows_per_sheet: int = _MOST_ROWS) -> None:
        self._rows_per_sheet = rows_per_sheet

    def write(self, table: Table, sink: Sink, *, scratch: Path) -> int:
        """Write the whole file; the rows lie in `scratch` until they are packed."""
        options = {
            "constant_memory": True,
            "tmpdir": str(scratch),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        mark = table.watermark
        with xlsxwriter.Workbook(_Forward(sink), options) as book:
            book.set_properties(
                {
                    "title": plain(table.title),
                    "author": plain(mark.made_for),
                    "company": "Acopio",
                    "comments": f"Número de exportación: {mark.export}",
                    # Its own moment: the clock of the machine is none of ours.
                    "created": mark.made_at.astimezone(mark.zone).replace(tzinfo=None),
                }
            )
            self._heading(book, table)
            return self._rows(book, table)

    def _heading(self, book: Any, table: Table) -> None:
        sheet = book.add_worksheet("Reporte")
        bold = book.add_format({"bold": True, "font_size": 14})
        label = book.add_format({"bold": True, "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 64)
        sheet.write_string(0, 0, plain(table.title), bold)
        for number, (name, value) in enumerate(table.lines_above, start=2):
            sheet.write_string(number, 0, plain(name), label)
            sheet.write_string(number, 1, plain(value), text)
        _set_up(sheet, table)

    def _rows(self, book: Any, table: Table) -> int:
        columns = (*table.columns, _MARK)
        formats = [
            book.add_format({"num_format": _FORMATS[column.kind]})
            if column.kind in _FORMATS
            else None
            for column in columns
        ]
        zone, mark = table.watermark.zone, table.watermark.mark
        sheet, written = _begin(book, 1, columns, table), 0
        for row in table.rows:
            place = written % self._rows_per_sheet
            if written and not place:
                sheet = _begin(book, written // self._rows_per_sheet + 1, columns, table)
            _write(sheet, place + 1, (*row, mark), formats, zone)
            written += 1
        return written


class _Forward:
    """A sink as the packer of archives wants it: it must believe that it cannot go back."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, content: bytes) -> int:
        return self._sink.write(bytes(content))

    def flush(self) -> None:
        self._sink.flush()


def _begin(book: Any, number: int, columns: tuple[Column, ...], table: Table) -> Any:
    sheet = book.add_worksheet("Datos" if number == 1 else f"Datos {number}")
    title = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E4EFF1"}
    )
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, plain(column.title), title)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    _set_up(sheet, table)
    return sheet


def _set_up(sheet: Any, table: Table) -> None:
    """Let every printed page say whose it is, and fit the paper's width."""
    sheet.set_landscape()
    sheet.set_paper(1)  # letter, as in every office of Mexico
    sheet.fit_to_pages(1, 0)
    mark = table.watermark
    who = mark.made_for.replace("&", "&&")
    sheet.set_footer(f"&L&8{who} · {mark.made}"[:200] + f"&C&8{mark.export}&R&8&P / &N")


def _write(sheet: Any, place: int, row: Row, formats: list[Any], zone: ZoneInfo) -> None:
    for column, cell in enumerate(row):
        _cell(sheet, place, column, cell, formats[column], zone)


def _cell(sheet: Any, row: int, column: int, cell: Cell, style: Any, zone: ZoneInfo) -> None:
    match cell:
        case None:
            return
        case int():
            sheet.write_number(row, column, cell, style)
        case datetime():
            # A spreadsheet knows no zone: the moment is written as the process's clocks show it.
            sheet.write_datetime(
                row, column, cell.astimezone(zone).replace(tzinfo=None, microsecond=0), style
            )
        case date():
            sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), style)  # noqa: DTZ001  (a day)
        case _:
            sheet.write_string(row, column, plain(cell), style)
