"""Broken files of auxiliares, each with what the page says about it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from tests.portal import files
from tests.portal.files import TITLES, archive, people, person, text, with_sheet, workbook

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
_GOOD = people(3)
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Broken:
    """A file that is not imported: how it is made, and words of the sentence it gets."""

    name: str
    make: Callable[[], bytes] = field(repr=False)
    said: str


def _row(name: str, said: str, **changes: str) -> Broken:
    return Broken(name, lambda: text([person(0, **changes)]).encode(), said)


def _utf8(name: str, content: Callable[[], str], said: str) -> Broken:
    return Broken(name, lambda: content().encode(), said)


def _without(title: str) -> str:
    place = TITLES.index(title)
    rows = [[cell for n, cell in enumerate(row) if n != place] for row in [TITLES, *_GOOD]]
    return text(rows[1:], titles=rows[0])


def _titled(**changes: str) -> str:
    return text(_GOOD, titles=[changes.get(title.split()[0], title) for title in TITLES])


def _locked_zip() -> bytes:
    content = bytearray(workbook([TITLES, *_GOOD]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def _doctype(declaration: str) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if name != "xl/workbook.xml":
            return part
        head, _mark, rest = part.partition(b"?>")
        return head + b"?>" + declaration.encode() + rest

    return files.repacked(workbook([TITLES, *_GOOD]), change)


def _big_part(size: int) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        return part + b" " * size if name == "xl/worksheets/sheet1.xml" else part

    return files.repacked(workbook([TITLES, *_GOOD]), change)


def _often_shown() -> bytes:
    """One text of thirty thousand characters, shown in ten thousand cells."""
    rows = [["x" * 30_000] * 20] * 500
    return workbook(rows)


def _counts_too_many() -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if name != "xl/sharedStrings.xml":
            return part
        return re.sub(rb'uniqueCount="[0-9]+"', b'uniqueCount="2147483648"', part)

    return files.repacked(workbook([TITLES, *_GOOD]), change)


def _no_result() -> bytes:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"<v>0</v>", b"") if name == "xl/worksheets/sheet1.xml" else part

    row: list[object] = [*person(0)[:-1], '=CONCATENATE("a","b")']
    return files.repacked(workbook([TITLES, row]), change)


def _failed_cell() -> bytes:
    xml = "".join(
        f'<c r="{"ABCDEFGH"[place]}1" t="inlineStr"><is><t>{title}</t></is></c>'
        for place, title in enumerate(TITLES)
    )
    cells = "".join(
        f'<c r="{"ABCDEFGH"[place]}2" t="inlineStr"><is><t>{cell}</t></is></c>'
        for place, cell in enumerate(person(0)[:-1])
    )
    failed = '<c r="H2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    return with_sheet(f'<row r="1">{xml}</row><row r="2">{cells}{failed}</row>')


_UNREADABLE = [
    Broken("nothing", lambda: b"", "El archivo está vacío"),
    Broken("blanks", lambda: b"  \r\n\r\n \t ", "El archivo está vacío"),
    Broken("mark of UTF-8 alone", lambda: b"\xef\xbb\xbf", "El archivo está vacío"),
    Broken("separators alone", lambda: b",,,\r\n,,,\r\n", "El archivo está vacío"),
    Broken("empty workbook", lambda: workbook([]), "El archivo está vacío"),
    Broken("PDF", lambda: b"%PDF-1.7\n%\xe2\xe3", "Es un PDF"),
    Broken("PNG", lambda: b"\x89PNG\r\n\x1a\n" + bytes(64), "Es una imagen"),
    Broken("JPEG", lambda: b"\xff\xd8\xff\xe0" + bytes(64), "Es una imagen"),
    Broken("photo of a telephone", lambda: bytes(3) + b"\x18ftypheic" + bytes(64), "Es una imagen"),
    Broken("rich text", lambda: b"{\\rtf1\\ansi Nombre}", "Es un documento de texto"),
    Broken("docx", lambda: archive(word__document_xml=b"<w/>"), "Es un documento de texto"),
    Broken("pptx", lambda: archive(ppt__presentation_xml=b"<p/>"), "Es un documento de texto"),
    Broken(
        "doc of old",
        lambda: _COMPOUND + "WordDocument".encode("utf-16-le"),
        "Es un documento de texto",
    ),
    Broken("xls of old", lambda: _COMPOUND + "Workbook".encode("utf-16-le"), "(.xls)"),
    Broken("xlsb", lambda: archive(xl__workbook_bin=b"x"), "(.xlsb)"),
    Broken("ods", lambda: archive(mimetype=b"x", content_xml=b"<o/>"), "(.ods)"),
    Broken("Numbers", lambda: archive(Index__Document_iwa=b"x"), "Numbers"),
    Broken("web page as xls", lambda: b"<html><table><tr><td>A", "Es una página web"),
    Broken("table alone", lambda: b"\r\n <table border=1><tr>", "Es una página web"),
    Broken("XML of Excel 2003", lambda: b'<?xml version="1.0"?><Workbook/>', "Es una página web"),
    Broken("web archive", lambda: b"MIME-Version: 1.0\r\nContent-Type: x", "Es una página web"),
    Broken("address book", lambda: b"BEGIN:VCARD\nFN:Ana\nEND:VCARD", "(.vcf)"),
    Broken(
        "zipped CSV", lambda: archive(auxiliares_csv=text(_GOOD).encode()), "carpeta comprimida"
    ),
    Broken("RAR", lambda: b"Rar!\x1a\x07\x01" + bytes(40), "carpeta comprimida"),
    Broken("gzip", lambda: b"\x1f\x8b\x08" + bytes(40), "carpeta comprimida"),
    Broken(
        "workbook with a password",
        lambda: _COMPOUND + "EncryptedPackage".encode("utf-16-le"),
        "protegido con contraseña",
    ),
    Broken("archive with a password", _locked_zip, "protegido con contraseña"),
    Broken("program", lambda: b"MZ\x90" + bytes(range(256)) * 20, "No es una tabla"),
    Broken("controls", lambda: b"\x01\x02\x03\x04,\x05\x06\x07,\x0e" * 20, "No es una tabla"),
    Broken(
        "no encoding", lambda: b"a,b\n" + b"\xa9\xb1\xb2\xb3\xf7," * 40, "reconocer los acentos"
    ),
    Broken(
        "UTF-16 cut in a character",
        lambda: text(_GOOD).encode("utf-16")[:-1],
        "reconocer los acentos",
    ),
    Broken("UTF-8 that is none", lambda: b"\xef\xbb\xbfa,b\n\xff\xfe", "reconocer los acentos"),
    _utf8(
        "open quote at the end",
        lambda: text([*_GOOD, ['"José', *person(4)[1:]]]),
        "En el renglón 5 se abren unas comillas",
    ),
    _utf8(
        "open quote in the middle",
        lambda: text([['"José', *person(4)[1:]], *people(20, 5), ['Ana"', *person(40)[1:]]]),
        "En el renglón 2 se abren unas comillas",
    ),
    _utf8("one column", lambda: text(_GOOD, separator=" "), "en una sola columna"),
    Broken("workbook of one column", lambda: workbook([[text([])], ["x"]]), "una sola columna"),
    Broken("workbook cut", lambda: workbook([TITLES, *_GOOD])[:-200], "El libro está dañado"),
    Broken(
        "workbook with a wrong byte",
        lambda: workbook([TITLES, *_GOOD]).replace(b"xl/workbook.xml", b"xl/workbook.xmm", 1),
        "El libro está dañado",
    ),
    Broken("XML that ends early", lambda: with_sheet('<row r="1"><c r="A1">'), "está dañado"),
    Broken(
        "XML of many levels",
        lambda: with_sheet("<row>" + "<x>" * 100 + "</x>" * 100 + "</row>"),
        "está dañado",
    ),
    Broken("ZIP bomb", lambda: _big_part(40 * _MEGABYTE), "Descomprimido"),
    Broken("ZIP bomb that lies", lambda: _lying_bomb(), "Descomprimido"),
    Broken("10,000 parts", lambda: _many_parts(), "Descomprimido"),
    Broken("one text in many cells", _often_shown, "Descomprimido"),
    Broken(
        "entities that grow",
        lambda: _doctype('<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'),
        "partes que Excel no escribe",
    ),
    Broken(
        "entity of a file",
        lambda: _doctype('<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "partes que Excel no escribe",
    ),
    Broken(
        "cell in the far corner",
        lambda: with_sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "más de 5,000 renglones",
    ),
    Broken(
        "cell beyond every column",
        lambda: with_sheet('<row r="1"><c r="ZZZZZZ9"><v>1</v></c></row>'),
        "está dañado",
    ),
    Broken("count that asks for 50 GB", _counts_too_many, "está dañado"),
    Broken(
        "cell far to the right",
        lambda: with_sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>'),
        "más de 100 columnas",
    ),
    _utf8("200 columns", lambda: ",".join("a" * 200) + "\n", "más de 100 columnas"),
    Broken("formulas never computed", _no_result, "fórmulas sin resultado"),
    Broken("hidden sheet", lambda: workbook([TITLES, *_GOOD], [["a", "b"]], hidden=[0]), "oculta"),
    Broken("sheets without titles", lambda: workbook([["a", "b"]], [["c", "d"]]), "Hoja 1, Hoja 2"),
    _utf8("another table", lambda: "Municipio,Votos\nTaxco,12\n", "No se encontraron los títulos"),
    _utf8(
        "no titles, another order",
        lambda: text([row[::-1] for row in _GOOD], titles=()),
        "No se encontraron los títulos",
    ),
    _utf8(
        "title twice",
        lambda: _titled(Teléfono="Correo electrónico"),
        "«Correo electrónico» está en más de una columna",
    ),
    _utf8("no address", lambda: _without("Correo electrónico"), "Faltan estas columnas: Correo"),
    _utf8("no clave", lambda: _without("Clave de elector"), "Faltan estas columnas: Clave"),
    _utf8("no kind", lambda: _without("Tipo de Cuenta"), "Faltan estas columnas: Tipo de Cuenta"),
    _utf8("no birth", lambda: _without("Fecha de nacimiento"), "Faltan estas columnas: Fecha"),
    _utf8(
        "names joined",
        lambda: text(
            [[*row[:1], *row[3:]] for row in _GOOD], titles=["Nombre completo", *TITLES[3:]]
        ),
        "La columna «Nombre completo» junta",
    ),
    _utf8(
        "surnames joined",
        lambda: text(
            [[row[0], row[1], *row[3:]] for row in _GOOD],
            titles=["Nombre(s)", "Apellidos", *TITLES[3:]],
        ),
        "La columna «Apellidos» junta",
    ),
    _utf8("titles alone", lambda: text([]), "ninguna persona debajo"),
    _utf8("example alone", lambda: text([person(0, nombres="EJEMPLO: Ana")]), "ninguna persona"),
    _utf8("5,001 rows", lambda: text([["a", "b"]] * 5_001), "más de 5,000 renglones"),
    Broken("CSV of 3 MB", lambda: b"a,b\n" * 786_432, "pesa más de 2 MB"),
    Broken(
        "workbook over 5 MB",
        lambda: b"PK\x03\x04" + bytes(5 * _MEGABYTE),
        "pesa más de 5 MB",
    ),
    _utf8(
        "endless cell",
        lambda: text([person(0, nombres="A" * 900)]),
        "Una celda del renglón 2 tiene más de 500 caracteres",
    ),
    Broken(
        "endless cell of a workbook",
        lambda: workbook([TITLES, person(0, nombres="A" * 900)]),
        "Una celda del renglón 2 tiene más de 500 caracteres",
    ),
]

_WRONG_ROWS = [
    _row("31 February", "Ese día no existe en el calendario", born="31/02/1990"),
    _row("month first", "Ese día no existe en el calendario", born="02/13/1990"),
    _row("year of two digits that may be two", "Escribe el año con cuatro dígitos", born="1/2/12"),
    _row("no date", "Escribe día/mes/año, con cuatro cifras", born="ayer"),
    _row("year alone", "Escribe día/mes/año, con cuatro cifras", born="1990"),
    _row("not born yet", "Ese día aún no llega", born="01/01/2030"),
    _row("a child", "nadie menor de 18 años puede serlo", born="01/01/2015"),
    _row("born in 1850", "tendría más de 110 años", born="01/01/1850"),
    _row("no birth in the row", "Escribe la fecha de nacimiento", born=""),
    _row("no name", "Escribe el nombre o los nombres", nombres=""),
    _row("digits in a name", "Un nombre solo lleva letras", nombres="R2D2"),
    _row("no surname", "Escribe al menos un apellido", paterno="", materno=""),
    _row("accents broken", "Los acentos de esta celda están dañados", nombres="MarÃ­a"),
    _row("accents lost", "Los acentos de esta celda están dañados", paterno="Mu\ufffdoz"),
    _row("formula", "comienza como una fórmula", nombres="=1+1"),
    _row("formula of a link", "comienza como una fórmula", nombres='=HYPERLINK("http://x")'),
    _row("formula with @", "comienza como una fórmula", paterno="@SUM(A1)"),
    _row("formula with -", "comienza como una fórmula", materno="-2+3"),
    _row("formula in a telephone", "comienza como una fórmula", phone="+cmd|' /C calc'!A0"),
    _row("formula behind an apostrophe", "comienza como una fórmula", nombres="'=1+1"),
    _row("failed formula", "La fórmula de esta celda falló", paterno="#¡REF!"),
    Broken("failed cell of a workbook", _failed_cell, "La fórmula de esta celda falló"),
    _row("short telephone", "diez dígitos del teléfono", phone="5512345"),
    _row("telephone in letters", "diez dígitos del teléfono", phone="no tiene"),
    _row("no address in the row", "Escribe el correo electrónico", email=""),
    _row("address with two @", "Escribe un solo correo", email="ana@@gmail.com"),
    _row("address with ñ", "Escribe un solo correo", email="peña@gmail.com"),
    _row("two addresses", "Escribe un solo correo", email="ana@uno.mx; ana@dos.mx"),
    _row(
        "address that Gmail lacks",
        "En Gmail no puede existir ese correo",
        email="ana_ejemplo@gmail.com",
    ),
    _row("no kind in the row", "Elige el tipo de cuenta", kind=""),
    _row("kind unknown", "El tipo de cuenta es g", kind="Hotmail"),
    _row("no clave in the row", "Escribe la clave de elector", clave=""),
    _row("clave cut", "La clave de elector tiene 18 caracteres", clave="MZNXJS600101"),
    _row("clave with an O", "no es una clave de elector", clave="MZNXJS6OO1O1O9H000"),
    _utf8(
        "comma too many",
        lambda: text([person(0, nombres="José, Luis")]),
        "más celdas que columnas",
    ),
    _utf8(
        "row twice", lambda: text([person(0), person(0)]), "La misma persona está en el renglón 2"
    ),
    _utf8(
        "address twice",
        lambda: text([person(0), person(1, email=person(0)[5])]),
        "El renglón 3 tiene el mismo correo y otros datos",
    ),
    _utf8(
        "clave twice",
        lambda: text([person(0), person(1, clave=person(0)[7])]),
        "El renglón 3 tiene la misma clave y otros datos",
    ),
    _row(
        "registered already", "Ya tienes un auxiliar con este correo", email="aux01@acopio.example"
    ),
    _row("of another aspirante", "es auxiliar de otra solicitud", email="aux09@acopio.example"),
    Broken(
        "date of a workbook that is to come",
        lambda: workbook([TITLES, [*person(0)[:3], date(2031, 5, 1), *person(0)[4:]]]),
        "Ese día aún no llega",
    ),
]


def _many_parts() -> bytes:
    return archive(xl__workbook_xml=b"<w/>", **{f"part{n}": b"" for n in range(10_000)})


def _lying_bomb() -> bytes:
    return files.lying(_big_part(8 * _MEGABYTE), "xl/worksheets/sheet1.xml", says=_MEGABYTE)


UNREADABLE = tuple(_UNREADABLE)
WRONG_ROWS = tuple(_WRONG_ROWS)
