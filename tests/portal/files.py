"""Files of invented auxiliares, made when they are asked for."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import xlsxwriter

TITLES = (
    "Nombre(s)",
    "Apellido Paterno",
    "Apellido Materno",
    "Fecha de nacimiento",
    "Teléfono móvil",
    "Correo electrónico",
    "Tipo de Cuenta",
    "Clave de elector",
)


def person(number: int, **changes: str) -> list[str]:
    """Give the cells of an invented person, in the order of the template."""
    born = date(1960, 1, 1) + timedelta(days=3 * number)
    cells = dict(
        zip(
            ("nombres", "paterno", "materno", "born", "phone", "email", "kind", "clave"),
            (
                "José",
                "Muñoz",
                "Núñez",
                f"{born:%d/%m/%Y}",
                f"55{number:08d}",
                f"persona.numero{number:05d}@gmail.com",
                "gf"[number % 2],
                f"MZNXJS{born:%y%m%d}09H{number % 1000:03d}",
            ),
            strict=True,
        )
    )
    return list((cells | changes).values())


def people(count: int, first: int = 0) -> list[list[str]]:
    """Give the cells of several invented people."""
    return [person(number) for number in range(first, first + count)]


def text(
    rows: Sequence[Sequence[str]], *, titles: Sequence[str] = TITLES, separator: str = ","
) -> str:
    """Write rows as CSV without any quotes; no titles: no header."""
    lines = [titles, *rows] if titles else rows
    return "".join(separator.join(row) + "\r\n" for row in lines)


def workbook(*sheets: Sequence[Sequence[object]], hidden: Sequence[int] = ()) -> bytes:
    """Write an XLSX with some sheets; a value that begins with = is a formula."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for place, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"Hoja {place + 1}")
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(number, column, value, day)
                    else:
                        sheet.write(number, column, value)
            if place in hidden:
                sheet.hide()
        if hidden:
            # One visible sheet must be the first that is shown.
            book.worksheets()[-1].activate()
            book.worksheets()[-1].set_first_sheet()
    return content.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Give an archive with each part changed; None leaves it out."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.infolist():
            kept = change(part.filename, old.read(part))
            if kept is not None:
                new.writestr(part.filename, kept, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def with_sheet(xml: str) -> bytes:
    """Give a workbook whose only sheet has this XML inside its sheetData."""

    def change(name: str, part: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return part
        begin, end = part.index(b"<sheetData"), part.index(b"</sheetData>")
        return part[:begin] + b"<sheetData>" + xml.encode() + part[end:]

    return repacked(workbook([["a"]]), change)


def archive(**parts: bytes) -> bytes:
    """Give a ZIP archive; a double underscore in a name is a slash, a single one a dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            new.writestr(name.replace("__", "/").replace("_", "."), part)
    return packed.getvalue()


def lying(content: bytes, name: str, *, says: int) -> bytes:
    """Give an archive in which one part says to be shorter, with the checksum of its beginning."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        part = old.getinfo(name)
        checksum = zlib.crc32(old.read(part)[:says])
    true = struct.pack("<3I", part.CRC, part.compress_size, part.file_size)
    false = struct.pack("<3I", checksum, part.compress_size, says)
    assert content.count(true) == 2, "once before the part and once in the directory"
    return content.replace(true, false)
