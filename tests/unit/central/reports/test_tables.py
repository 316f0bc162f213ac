"""Tables as files: read back whole in every format, and no formula survives in any."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from central.commands.reports import tokens
from central.reports.tables.base import Column, Kind, Row, Table, TableWriter, Watermark, plain
from central.reports.tables.csv_table import CsvTable
from central.reports.tables.pdf_table import PdfTable
from central.reports.tables.xlsx_table import XlsxTable

NUMBER = "3f2a0c5e-0000-4000-8000-0123456789ab"
MARK = Watermark(
    NUMBER, "Aurora Ñandú & Hijos", datetime(2026, 11, 23, 18, 5, tzinfo=UTC),
    ZoneInfo("America/Mexico_City"),
)  # fmt: skip
# As a spreadsheet reads it back: it knows no zone.
LOCAL = datetime(2026, 11, 3, 0, 30)  # noqa: DTZ001
COLUMNS = (
    Column("Folio de registro", width=30),
    Column("Recibido", Kind.INSTANT, 18),
    Column("Día", Kind.DAY),
    Column("Apoyos", Kind.NUMBER),
)
ROWS: tuple[Row, ...] = (
    ("GOB001-AUX01-E7-00000001", datetime(2026, 11, 3, 6, 30, tzinfo=UTC), date(2026, 11, 3), 12),
    ('MUÑOZ, "la" ñ; ü', None, None, 0),
)
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x", "＝1", "=cmd|'/c calc'!A1")


def table(rows: Iterable[Row], columns: tuple[Column, ...] = COLUMNS) -> Table:
    return Table("Lista de acuses", (("Proceso", "=PROCESO()"),), columns, iter(rows), MARK)


def written(writer: TableWriter, made: Table, scratch: Path) -> tuple[bytes, int]:
    sink = io.BytesIO()
    rows = writer.write(made, sink, scratch=scratch)
    return sink.getvalue(), rows


def csv_lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


class TestPlain:
    @pytest.mark.parametrize("text", EVIL)
    def test_what_a_spreadsheet_would_compute_stays_text(self, text: str) -> None:
        assert plain(text).startswith("'")

    @pytest.mark.parametrize("text", ["", "MARÍA", "GOB001-AUX01", "5 - 3", "a@b", "'=1"])
    def test_other_texts_stay_as_they_are(self, text: str) -> None:
        assert plain(text) == text

    @given(st.text())
    def test_gives_one_line_that_begins_no_formula(self, text: str) -> None:
        made = plain(text)
        assert not re.match(r"\s*[=+\-@＝＋－＠\t\r]", made)
        assert len(made.splitlines()) <= 1
        made.encode("utf-8")


class TestCsv:
    def test_comes_back_with_its_heading_block_and_its_mark(self, tmp_path: Path) -> None:
        content, rows = written(CsvTable(), table(ROWS), tmp_path)
        assert rows == 2
        assert content.startswith(b"\xef\xbb\xbf")
        lines = csv_lines(content)
        empty = lines.index([])
        assert dict(line for line in lines[1:empty]) == {
            "Proceso": "'=PROCESO()",
            "Solicitado por": "Aurora Ñandú & Hijos",
            "Fecha y hora": "23/11/2026 12:05:00 (America/Mexico_City)",
            "Número de exportación": NUMBER,
        }
        assert lines[empty + 1] == [column.title for column in COLUMNS] + ["Exportación"]
        assert lines[empty + 2 :] == [
            ["GOB001-AUX01-E7-00000001", "2026-11-03 00:30:00", "2026-11-03", "12", "3f2a0c5e"],
            ['MUÑOZ, "la" ñ; ü', "", "", "0", "3f2a0c5e"],
        ]

    @given(st.lists(st.text(max_size=12) | st.sampled_from(EVIL), min_size=1, max_size=20))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_no_formula_survives(self, tmp_path: Path, texts: list[str]) -> None:
        made = table([(text,) for text in texts], (Column("=TITLE()"),))
        content, _ = written(CsvTable(), made, tmp_path)
        lines = csv_lines(content)
        assert len(lines) == 6 + 1 + len(texts)
        for cell in (cell for line in lines for cell in line):
            assert not re.match(r"\s*[=+\-@＝＋－＠\t\r]", cell)


class TestXlsx:
    def test_comes_back_with_texts_as_texts_and_days_as_days(self, tmp_path: Path) -> None:
        content, rows = written(XlsxTable(), table(ROWS), tmp_path)
        assert rows == 2
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        assert book.sheet_names == ["Reporte", "Datos"]
        heading = {line[0]: line[1] for line in book.get_sheet_by_name("Reporte").to_python()[2:]}
        assert heading["Número de exportación"] == NUMBER
        assert heading["Solicitado por"] == "Aurora Ñandú & Hijos"
        lines = book.get_sheet_by_name("Datos").to_python()
        assert lines[0] == [column.title for column in COLUMNS] + ["Exportación"]
        assert lines[1] == [
            "GOB001-AUX01-E7-00000001", LOCAL, date(2026, 11, 3), 12.0, "3f2a0c5e",
        ]  # fmt: skip
        properties = ZipFile(io.BytesIO(content)).read("docProps/core.xml").decode()
        assert NUMBER in properties
        assert "Aurora Ñandú &amp; Hijos" in properties
        assert list(tmp_path.iterdir()) == []

    def test_a_long_list_goes_on_in_another_sheet_with_its_titles(self, tmp_path: Path) -> None:
        made = table([(str(n), None, None, n) for n in range(25)])
        content, rows = written(XlsxTable(rows_per_sheet=10), made, tmp_path)
        assert rows == 25
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        assert book.sheet_names == ["Reporte", "Datos", "Datos 2", "Datos 3"]
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names[1:]]
        assert [line[0] for sheet in sheets for line in sheet[1:]] == [str(n) for n in range(25)]
        assert {sheet[0][0] for sheet in sheets} == {"Folio de registro"}

    @given(st.lists(st.text(max_size=12) | st.sampled_from(EVIL), min_size=1, max_size=20))
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_no_formula_survives(self, tmp_path: Path, texts: list[str]) -> None:
        made = table([(text,) for text in texts], (Column("=TITLE()"),))
        content, _ = written(XlsxTable(), made, tmp_path)
        archive = ZipFile(io.BytesIO(content))
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in archive.read(name)
                assert b"hyperlink" not in archive.read(name)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            for cell in (
                cell for line in book.get_sheet_by_name(name).to_python() for cell in line
            ):
                assert not re.match(r"\s*[=+\-@＝＋－＠\t\r]", str(cell))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    """A PDF of more rows than it may have."""
    rows: list[Row] = [("<b>=1</b>", None, None, 1)]
    rows += [(f"GOB001-AUX01-E7-{n:08d}", None, date(2026, 11, 3), n) for n in range(90)]
    writer = PdfTable(tokens(), most_rows=60)
    content, count = written(writer, table(rows), tmp_path_factory.mktemp("pdf"))
    assert count == 60
    return PdfReader(io.BytesIO(content))


class TestPdf:
    def test_each_page_says_whose_it_is_and_which(self, read: PdfReader) -> None:
        count = len(read.pages)
        assert count > 1
        for number, page in enumerate(read.pages, start=1):
            text = page.extract_text()
            assert NUMBER in text
            assert "Aurora Ñandú & Hijos · 23/11/2026 12:05:00" in text
            assert f"Página {number} de {count}" in text
            assert "Folio de registro" in text
        assert read.metadata is not None
        assert read.metadata.title == "Lista de acuses"
        assert NUMBER in str(read.metadata.subject)

    def test_says_honestly_that_there_is_more(self, read: PdfReader) -> None:
        first = re.sub(r"\s+", " ", read.pages[0].extract_text())
        assert "muestra las primeras 60 filas" in first
        assert "CSV o en XLSX" in first
        assert "<b>=1</b>" in first

    def test_is_tagged_for_who_cannot_see_it(self, read: PdfReader) -> None:
        root: Any = read.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == "es-MX"
        assert b"pdfuaid" in root["/Metadata"].get_data()

    def test_a_wide_table_stays_on_its_paper(self, tmp_path: Path) -> None:
        columns = tuple(Column(f"Fuera del ámbito geográfico {n}", width=24) for n in range(14))
        made = table([tuple(f"{n} apoyos" for n in range(14))], columns)
        content, _ = written(PdfTable(tokens()), made, tmp_path)
        (page,) = PdfReader(io.BytesIO(content)).pages
        edges: list[float] = []
        page.extract_text(
            visitor_text=lambda text, user, place, _font, _size: edges.append(
                place[4] * user[0] + user[4] if text.strip() else 0
            )
        )
        assert "13 apoyos" in page.extract_text()
        assert max(edges) < float(page.mediabox.width) - 30

    def test_an_empty_report_says_so(self, tmp_path: Path) -> None:
        content, rows = written(PdfTable(tokens()), table([]), tmp_path)
        assert rows == 0
        assert "Ningún registro" in PdfReader(io.BytesIO(content)).pages[0].extract_text()

    def test_has_the_colours_of_the_portal(self) -> None:
        assert "--brand:" in tokens()
