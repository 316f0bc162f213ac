"""PDF through WeasyPrint: pages to read and print, tagged for who cannot see them."""

from __future__ import annotations

import sys
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask

from central.paper import CSS, HTML
from central.reports.tables.base import Cell, Kind, Sink, Table

_HERE = Path(__file__).parent
# By the characters that stand side by side: letter, the same in small print, and tabloid.
_PAPERS = ((125, "plain"), (190, "dense"), (sys.maxsize, "wide"))


class PdfTable:
    """The first `most_rows` rows, for a page is laid out in memory; the rest is in CSV and XLSX."""

    def __init__(self, tokens: str, most_rows: int = 1000) -> None:
        """Build the format.

        Args:
            tokens: The colours of the portal, as custom properties of CSS.
            most_rows: How many rows are laid out at most.
        """
        self._tokens = tokens
        self._most_rows = most_rows
        # Flask is what our templates are written for; no page is served here.
        templates = Flask(__name__, root_path=str(_HERE), static_folder=None).jinja_env
        templates.trim_blocks = templates.lstrip_blocks = True
        self._template = templates.get_template("report.html")

    def write(self, table: Table, sink: Sink, *, scratch: Path) -> int:
        """Write the whole file."""
        zone, kinds = table.watermark.zone, [column.kind for column in table.columns]
        rows = [
            [_text(cell, kind, zone) for cell, kind in zip(row, kinds, strict=True)]
            for row in islice(table.rows, self._most_rows)
        ]
        is_cut = next(table.rows, None) is not None
        width = sum(column.width for column in table.columns)
        page = self._template.render(
            table=table,
            rows=rows,
            most_rows=self._most_rows if is_cut else None,
            paper=next(name for most, name in _PAPERS if width <= most),
            shares=[100 * column.width / width for column in table.columns],
        )
        styles = [
            CSS(string=self._tokens, url_fetcher=_refuse),
            CSS(filename=str(_HERE / "templates" / "report.css")),
        ]
        document = HTML(string=page, url_fetcher=_refuse)
        sink.write(document.write_pdf(stylesheets=styles, pdf_variant="pdf/ua-1") or b"")
        return len(rows)


def _text(cell: Cell, kind: Kind, zone: ZoneInfo) -> str:
    match cell:
        case None:
            return ""
        case int():
            return str(cell) if kind is Kind.CODE else f"{cell:,}"
        case datetime():
            return f"{cell.astimezone(zone):%d/%m/%Y %H:%M}"
        case date():
            return f"{cell:%d/%m/%Y}"
        case _:
            return cell


def _refuse(url: str) -> dict[str, object]:
    raise ValueError(f"a report loads nothing: {url[:40]}")
