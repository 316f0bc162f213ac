"""Reading files: whatever comes in, rows come out or one refusal."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.roster.files.columns import TITLES, Column
from central.roster.files.limits import Limits
from central.roster.files.reader import read_file
from central.roster.files.refusals import Cause, Refusal
from central.roster.files.sheet import Sheet
from tests.portal import files
from tests.portal.files import people, person, text, workbook

NEEDED = frozenset({Column.NOMBRES, Column.EMAIL})
LIMITS = Limits()
_WORKBOOK = workbook([files.TITLES, *people(3)])


def _read(content: bytes, limits: Limits = LIMITS) -> Sheet:
    sheet = read_file(content, limits, needed=NEEDED)
    assert isinstance(sheet, Sheet), sheet
    return sheet


def _cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in _read(content).rows]


class TestEncodings:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    @pytest.mark.parametrize(
        "encoding",
        [
            "utf-8",
            "utf-8-sig",
            "utf-16",
            "utf-16-le",
            "utf-16-be",
            "utf-32",
            "cp1252",
            "latin-1",
            "mac_roman",
            "cp850",
        ],
    )
    def test_every_encoding_and_separator_of_a_spreadsheet_is_read(
        self, encoding: str, separator: str
    ) -> None:
        rows = [person(1, nombres="Íñigo Güemes", paterno="MUÑOZ"), person(2, nombres="Ángel")]
        assert _cells(text(rows, separator=separator).encode(encoding)) == [*map(tuple, rows)]

    @pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
    @given(
        words=st.lists(
            st.text(st.sampled_from("aeiounáéíóúñü"), min_size=1, max_size=8).map(str.title),
            min_size=4,
            max_size=12,
        )
    )
    def test_accents_tell_the_code_pages_apart(self, encoding: str, words: list[str]) -> None:
        rows = [person(n, nombres=word, paterno="Muñoz") for n, word in enumerate(words)]
        assert _cells(text(rows, titles=files.TITLES).encode(encoding)) == [*map(tuple, rows)]


class TestText:
    @pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
    def test_lines_end_in_any_way(self, end: str) -> None:
        assert len(_cells(text(people(3)).replace("\r\n", end).encode())) == 3

    def test_a_line_may_name_the_separator(self) -> None:
        content = "sep=;\r\n" + text(people(2), separator=";")
        sheet = _read(content.encode())
        # A spreadsheet does not show that line: its second row is our first person.
        assert [row.number for row in sheet.rows] == [2, 3]

    def test_quotes_hold_separators_and_line_breaks(self) -> None:
        row = ['"Ana, ""la""\nGrande"', *person(0)[1:]]
        assert _cells(text([row, person(1)]).encode())[0][0] == 'Ana, "la"\nGrande'

    def test_a_quote_inside_a_cell_is_a_quote(self) -> None:
        assert _cells(text([person(0, nombres='Ana "Güera"')]).encode())[0][0] == 'Ana "Güera"'

    def test_titles_above_empty_rows_and_columns_around_do_not_matter(self) -> None:
        table = [[*row, "", ""] for row in people(2)]
        content = "Lista de auxiliares,,,\r\n\r\n" + text(table) + ",,,,,,\r\n\r\n"
        assert len(_cells(content.encode())) == 2

    def test_columns_may_stand_in_any_order_under_any_spelling(self) -> None:
        titles = ["TIPO DE CUENTA (ACCESO)", "e-mail", "Nombre", "primer apellido", "FECHA NAC."]
        rows = [["g", "ana@gmail.com", "Ana", "Ejemplo", "1/2/1990"]]
        assert _read(text(rows, titles=titles).encode()).columns == (
            Column.ACCOUNT_KIND,
            Column.EMAIL,
            Column.NOMBRES,
            Column.APELLIDO_PATERNO,
            Column.BORN_ON,
        )

    def test_without_a_header_the_order_of_the_template_is_meant(self) -> None:
        assert _read(text(people(2), titles=()).encode()).columns == tuple(Column)


class TestWorkbooks:
    def test_dates_telephones_and_results_of_formulas_are_texts(self) -> None:
        row = [*person(0)[:3], date(1990, 2, 1), 5512345678, *person(0)[5:]]
        assert _cells(workbook([files.TITLES, row]))[0][3:5] == ("1990-02-01", "5512345678")

    def test_rows_have_the_numbers_that_the_spreadsheet_shows(self) -> None:
        sheet = _read(workbook([["Lista"], [], files.TITLES, [], *people(2)]))
        assert [row.number for row in sheet.rows] == [5, 6]

    def test_the_first_visible_sheet_with_the_titles_is_read_and_named(self) -> None:
        table = [files.TITLES, *people(1)]
        sheet = _read(workbook([["Portada"]], table, table))
        assert (sheet.sheet, sheet.other_sheets) == ("Hoja 2", ("Hoja 3",))

    def test_a_hidden_sheet_is_passed_over(self) -> None:
        table = [files.TITLES, *people(1)]
        assert _read(workbook(table, table, hidden=[0])).sheet == "Hoja 2"

    def test_the_setting_bounds_the_rows(self) -> None:
        few = Limits(rows=2)
        for content in (_WORKBOOK, text(people(3)).encode()):
            refusal = read_file(content, few, needed=NEEDED)
            assert isinstance(refusal, Refusal)
            assert refusal.cause is Cause.MANY_ROWS

    def test_titles_are_those_of_the_official_form(self) -> None:
        assert tuple(TITLES.values()) == files.TITLES


class TestAnything:
    @settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
    @given(st.binary(max_size=2_000))
    def test_any_bytes_give_rows_or_a_refusal(self, content: bytes) -> None:
        assert isinstance(read_file(content, LIMITS, needed=NEEDED), Sheet | Refusal)

    @given(st.text(max_size=400), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
    def test_any_text_below_the_titles_gives_rows_or_a_refusal(
        self, below: str, encoding: str
    ) -> None:
        content = (text([]) + below).encode(encoding, "surrogatepass")
        assert isinstance(read_file(content, LIMITS, needed=NEEDED), Sheet | Refusal)

    @settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.integers(0, len(_WORKBOOK) - 1), st.integers(0, 255)), max_size=8))
    def test_a_workbook_with_wrong_bytes_gives_rows_or_a_refusal(
        self, wrong: list[tuple[int, int]]
    ) -> None:
        content = bytearray(_WORKBOOK)
        for place, byte in wrong:
            content[place] = byte
        assert isinstance(read_file(bytes(content), LIMITS, needed=NEEDED), Sheet | Refusal)

    @settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.sampled_from(zipfile.ZipFile(io.BytesIO(_WORKBOOK)).namelist()),
        st.integers(0, 5_000),
        st.binary(max_size=60),
        st.integers(0, 60),
    )
    def test_a_workbook_with_a_wrong_part_gives_rows_or_a_refusal(
        self, name: str, at: int, put: bytes, instead_of: int
    ) -> None:
        def change(part_name: str, part: bytes) -> bytes:
            return part[:at] + put + part[at + instead_of :] if part_name == name else part

        content = files.repacked(_WORKBOOK, change)
        assert isinstance(read_file(content, LIMITS, needed=NEEDED), Sheet | Refusal)
