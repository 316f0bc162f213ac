"""Files that we hand out: the template, and a file with what is wrong written beside each row.

Whatever they hold is text: a cell that a spreadsheet would take for a formula is stored as text in
a workbook, and has an apostrophe before it in CSV.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import xlsxwriter

from central.roster.files.columns import TITLES, Column
from central.roster.files.sheet import EXAMPLE

# An invented person: the clave is built by the published rule and belongs to nobody.
_EXAMPLE: dict[Column, str | date] = {
    Column.NOMBRES: f"{EXAMPLE} Ximena",
    Column.APELLIDO_PATERNO: "Muñoz",
    Column.APELLIDO_MATERNO: "Ejemplo",
    Column.BORN_ON: date(1990, 3, 5),
    Column.TELEFONO_MOVIL: "5500000000",
    Column.EMAIL: "ximena.ejemplo@gmail.com",
    Column.ACCOUNT_KIND: "g",
    Column.CLAVE_ELECTOR: "MZEJXM90030509M000",
}
_WIDTHS = {Column.EMAIL: 34, Column.CLAVE_ELECTOR: 24, Column.TELEFONO_MOVIL: 16}
_LAST_ROW = 5_050
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_RULES = (
    "Escribe una persona en cada renglón de la primera hoja, con los títulos como están.",
    "Basta uno de los dos apellidos. El teléfono móvil es opcional, de diez dígitos.",
    "Fecha de nacimiento: día/mes/año, por ejemplo 05/03/1990.",
    "Tipo de Cuenta: g de Google o f de Facebook, la misma con la que abre el correo electrónico.",
    "Clave de elector: 18 caracteres, al frente de la credencial para votar.",
    "El renglón que comienza con EJEMPLO: no se importa; puedes borrarlo o dejarlo.",
    "Guarda como Libro de Excel (.xlsx) o como CSV UTF-8 y sube el archivo en el portal.",
)


@dataclass(frozen=True, slots=True)
class RemarkedRow:
    """One row to be handed back: its cells, and what is to be said of it."""

    cells: Sequence[str] = field(repr=False)
    # Positions of cells that are wrong, and of those that were put right.
    wrong: frozenset[int]
    mended: frozenset[int]
    remarks: Sequence[str] = field(repr=False)


def template_csv() -> bytes:
    """Give the template as CSV that Excel opens with its accents: UTF-8 with its mark."""
    example = [_written(_EXAMPLE[column]) for column in Column]
    return _csv([[TITLES[column] for column in Column], example])


def template_workbook() -> bytes:
    """Give the template as XLSX: a header, an example, and the rules on a second sheet."""
    content = io.BytesIO()
    with _new_workbook(content) as workbook:
        sheet = workbook.add_worksheet("Auxiliares")
        text, day = _column_formats(workbook)
        example = workbook.add_format({"italic": True, "font_color": "#5b6670"})
        example_day = workbook.add_format(
            {"italic": True, "font_color": "#5b6670", "num_format": "dd/mm/yyyy"}
        )
        for place, column in enumerate(Column):
            is_day = column is Column.BORN_ON
            sheet.set_column(place, place, _WIDTHS.get(column, 20), day if is_day else text)
            value = _EXAMPLE[column]
            if isinstance(value, date):
                sheet.write_datetime(1, place, value, example_day)
            else:
                sheet.write_string(1, place, value, example)
        _write_header(workbook, sheet, [TITLES[column] for column in Column])
        kinds = list(Column).index(Column.ACCOUNT_KIND)
        sheet.data_validation(
            1,
            kinds,
            _LAST_ROW,
            kinds,
            {
                "validate": "list",
                "source": ["g", "f"],
                "input_title": "Tipo de Cuenta",
                "input_message": "g: Google\nf: Facebook",
                "error_title": "Tipo de Cuenta",
                "error_message": "Elige g (Google) o f (Facebook).",
            },
        )
        rules = workbook.add_worksheet("Instrucciones")
        rules.set_column(0, 0, 100, workbook.add_format({"text_wrap": True, "valign": "top"}))
        for row, sentence in enumerate(_RULES):
            rules.write_string(row, 0, sentence)
    return content.getvalue()


def remarked_csv(titles: Sequence[str], rows: Sequence[RemarkedRow]) -> bytes:
    """Give rows with their remarks as CSV."""
    return _csv([list(titles), *([*row.cells, *row.remarks] for row in rows)])


def remarked_workbook(titles: Sequence[str], rows: Sequence[RemarkedRow]) -> bytes:
    """Give rows with their remarks as XLSX: wrong cells red, mended cells green."""
    content = io.BytesIO()
    with _new_workbook(content) as workbook:
        sheet = workbook.add_worksheet("Auxiliares")
        text, _day = _column_formats(workbook)
        wrong = workbook.add_format({"num_format": "@", "bg_color": "#fbe0de", "border": 1})
        mended = workbook.add_format({"num_format": "@", "bg_color": "#dcefe5"})
        remark = workbook.add_format({"text_wrap": True, "valign": "top"})
        for place in range(len(titles)):
            sheet.set_column(place, place, 24, text)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row.cells):
                look = wrong if place in row.wrong else mended if place in row.mended else text
                sheet.write_string(number, place, cell, look)
            for place, sentence in enumerate(row.remarks, start=len(row.cells)):
                sheet.write_string(number, place, sentence, remark)
        first_remark = len(titles) - (len(rows[0].remarks) if rows else 0)
        sheet.set_column(first_remark, len(titles) - 1, 60)
        _write_header(workbook, sheet, titles)
    return content.getvalue()


def _new_workbook(content: io.BytesIO) -> Any:
    return xlsxwriter.Workbook(
        content,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )


def _column_formats(workbook: Any) -> tuple[Any, Any]:
    # Text, or Excel makes numbers of telephones.
    text = workbook.add_format({"num_format": "@"})
    return text, workbook.add_format({"num_format": "dd/mm/yyyy"})


def _write_header(workbook: Any, sheet: Any, titles: Sequence[str]) -> None:
    bold = workbook.add_format({"bold": True, "bg_color": "#e4eff1", "bottom": 1})
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, bold)
    sheet.freeze_panes(1, 0)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(
        [_harmless(cell) for cell in row] for row in rows
    )
    return written.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def _written(value: str | date) -> str:
    return value if isinstance(value, str) else f"{value:%d/%m/%Y}"
