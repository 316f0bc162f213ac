"""The columns of the official file, found by their names however these are written."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from enum import StrEnum


class Column(StrEnum):
    """A column of the file, in the order of the template; the value is the field it fills."""

    NOMBRES = "nombres"
    APELLIDO_PATERNO = "apellido_paterno"
    APELLIDO_MATERNO = "apellido_materno"
    BORN_ON = "born_on"
    TELEFONO_MOVIL = "telefono_movil"
    EMAIL = "email"
    ACCOUNT_KIND = "account_kind"
    CLAVE_ELECTOR = "clave_elector"


# As the official form writes them.
TITLES = {
    Column.NOMBRES: "Nombre(s)",
    Column.APELLIDO_PATERNO: "Apellido Paterno",
    Column.APELLIDO_MATERNO: "Apellido Materno",
    Column.BORN_ON: "Fecha de nacimiento",
    Column.TELEFONO_MOVIL: "Teléfono móvil",
    Column.EMAIL: "Correo electrónico",
    Column.ACCOUNT_KIND: "Tipo de Cuenta",
    Column.CLAVE_ELECTOR: "Clave de elector",
}
_OTHER_NAMES = {
    Column.NOMBRES: "nombre nombredepila nombresdepila nombredelauxiliar",
    Column.APELLIDO_PATERNO: "paterno primerapellido appaterno apaterno apellido1 1erapellido",
    Column.APELLIDO_MATERNO: "materno segundoapellido apmaterno amaterno apellido2 2doapellido",
    Column.BORN_ON: "fechanacimiento nacimiento fechanac fecnac fechadenac fnacimiento "
    "fechadenacimientodiamesano fechadenacimientoddmmaaaa",
    Column.TELEFONO_MOVIL: "telefono tel movil celular cel telefonocelular numerodecelular "
    "telmovil telcelular telefonomovilopcional",
    Column.EMAIL: "correo email mail correoe correoelectronicodeacceso direcciondecorreo",
    Column.ACCOUNT_KIND: "tipocuenta tipo cuenta acceso tipodecuentaacceso tipodeacceso",
    Column.CLAVE_ELECTOR: "claveelector clave cvedeelector cveelector clavedelector",
}
_BY_NAME = {name: column for column, names in _OTHER_NAMES.items() for name in names.split()}
# Several things in one column: they cannot be taken apart without guessing.
_JOINED = frozenset({"apellidos", "nombrecompleto", "nombreyapellidos", "nombresyapellidos"})


def plain(text: str) -> str:
    """Reduce a text to its letters and digits, without accents and case."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if char.isalnum() and char.isascii())


_BY_NAME |= {plain(title): column for column, title in TITLES.items()}


def column_of(header: str) -> Column | None:
    """Give the column that a header names, or None."""
    return _BY_NAME.get(plain(header))


def is_joined(header: str) -> bool:
    """Say whether a header stands for several of our columns at once."""
    return plain(header) in _JOINED


def recognised(cells: Sequence[str]) -> set[Column]:
    """Give the columns that a row of texts names."""
    return {column for cell in cells if (column := column_of(cell)) is not None}
