"""What the writer writes, the reader reads."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.roster.files.columns import TITLES, Column
from central.roster.files.limits import Limits
from central.roster.files.mending import mend
from central.roster.files.reader import read_file
from central.roster.files.sheet import REMARKS, Sheet
from central.roster.files.writer import (
    RemarkedRow,
    remarked_csv,
    remarked_workbook,
    template_csv,
    template_workbook,
)
from tests.portal.files import person

_TITLES = [*TITLES.values(), *REMARKS]
_CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=30
)


def _read(content: bytes) -> Sheet:
    sheet = read_file(content, Limits(), needed=frozenset(Column))
    assert isinstance(sheet, Sheet), sheet
    return sheet


class TestTemplate:
    def test_begins_as_excel_wants_it_and_has_the_official_titles(self) -> None:
        assert template_csv().startswith(b"\xef\xbb\xbfNombre(s),Apellido Paterno,")

    def test_filled_in_below_the_example_it_is_read(self) -> None:
        row = ",".join(person(0)) + "\r\n"
        sheet = _read(template_csv() + row.encode())
        assert [one.cells for one in sheet.rows] == [tuple(person(0))]
        assert sheet.examples == 1

    def test_the_workbook_has_the_same_titles_first(self) -> None:
        refusal = read_file(template_workbook(), Limits(), needed=frozenset(Column))
        # Nobody but the example is in it.
        assert not isinstance(refusal, Sheet)
        assert refusal.cause == "rows.none"


class TestRemarked:
    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.lists(_CELL, min_size=7, max_size=7), min_size=1, max_size=5))
    def test_what_is_handed_back_is_read_as_it_was_understood(self, table: list[list[str]]) -> None:
        rows = [
            RemarkedRow(["Ana", *cells], frozenset({1}), frozenset({2}), ["Corrige", ""])
            for cells in table
        ]
        for write in (remarked_csv, remarked_workbook):
            sheet = _read(write(_TITLES, rows))
            understood = [
                _understood(dict(zip(sheet.columns, row.cells, strict=False))) for row in sheet.rows
            ]
            wanted = [_understood(dict(zip(Column, row.cells, strict=True))) for row in rows]
            assert understood == wanted


def _understood(cells: dict[Column | None, str]) -> object:
    filled = {column: cells.get(column, "") for column in Column}
    mended = mend(filled, today=date(2026, 11, 23))
    return mended.candidate, dict(mended.mistakes)
