"""CSV as Excel in Mexico opens it: UTF-8 with its mark, commas, a heading block, rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from central.reports.tables.base import Cell, Sink, Table, plain

_FLUSH_BYTES = 64 * 1024


class CsvTable:
    """The heading block ends with an empty line; titles and rows follow."""

    def write(self, table: Table, sink: Sink, *, scratch: Path) -> int:
        """Write the whole file, a block at a time."""
        zone = table.watermark.zone
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator="\r\n")
        buffer.write("\ufeff")
        _line(writer, [table.title], zone)
        for line in table.lines_above:
            _line(writer, line, zone)
        buffer.write("\r\n")
        _line(writer, [*(column.title for column in table.columns), "Exportación"], zone)
        mark = table.watermark.mark
        rows = 0
        for rows, row in enumerate(table.rows, start=1):  # noqa: B007  (the count is the answer)
            _line(writer, (*row, mark), zone)
            if buffer.tell() >= _FLUSH_BYTES:
                _drain(buffer, sink)
        _drain(buffer, sink)
        return rows


def _line(writer: csv._writer, cells: Iterable[Cell], zone: ZoneInfo) -> None:  # type: ignore[name-defined]  # its type has no public name
    writer.writerow([_text(cell, zone) for cell in cells])


def _text(cell: Cell, zone: ZoneInfo) -> str | int:
    match cell:
        case None:
            return ""
        case int():
            return cell
        case datetime():
            return f"{cell.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        case date():
            return cell.isoformat()
        case _:
            return plain(cell)


def _drain(buffer: io.StringIO, sink: Sink) -> None:
    sink.write(buffer.getvalue().encode("utf-8"))
    buffer.seek(0)
    buffer.truncate()
