"""How a printed value looks, field by field, and how its text is brought to that form."""

from __future__ import annotations

import re

_YEAR = r"(?:19|20)\d{2}"

# What a value of each field looks like, alone on its line or at the start of what follows a label.
FORMATS: dict[str, re.Pattern[str]] = {
    "clave_elector": re.compile(r"^[A-ZÑ0-9 ]{16,21}$"),
    "curp": re.compile(r"^[A-ZÑ0-9 ]{16,21}$"),
    "anio_registro": re.compile(rf"^{_YEAR} ?\d{{2}}\b"),
    "emision": re.compile(rf"^{_YEAR}\b"),
    "vigencia": re.compile(rf"^{_YEAR}\b"),
    "seccion": re.compile(r"^\d{3,4}\b"),
    "fecha_nacimiento": re.compile(r"^\d{2} ?[/.\-] ?\d{2} ?[/.\-] ?\d{4}\b"),
    "sexo": re.compile(r"^[HMX](?![A-ZÑ0-9])"),
    "estado": re.compile(r"^\d{1,2}\b"),
    "municipio": re.compile(r"^\d{1,3}\b"),
    "localidad": re.compile(r"^\d{3,4}\b"),
    "edad": re.compile(r"^\d{2,3}\b"),
    "folio": re.compile(r"^[\dA-Z]{6,}"),
    "distrito": re.compile(r"^\d{1,2}\b"),
}

# The whole value, once parted from everything else.
_WHOLE: dict[str, re.Pattern[str]] = {
    "anio_registro": re.compile(rf"({_YEAR}) ?(\d{{2}})"),
    "emision": re.compile(rf"({_YEAR})"),
    "vigencia": re.compile(rf"({_YEAR})(?: ?([-/]) ?({_YEAR}))?"),
    "seccion": re.compile(r"(\d{4})"),
    "fecha_nacimiento": re.compile(r"(\d{2}) ?([/.\-]) ?(\d{2}) ?[/.\-] ?(\d{4})"),
    "sexo": re.compile(r"([HMX])"),
    "estado": re.compile(r"(\d{2})"),
    "municipio": re.compile(r"(\d{3})"),
    "localidad": re.compile(r"(\d{4})"),
}

COMBINED = re.compile(rf"({_YEAR}) ?[-/] ?({_YEAR})")
TWO_YEARS = re.compile(rf"{_YEAR} ?[-.,:/]? ?{_YEAR}")

# How many characters a value has, to know where to look for it.
LENGTHS: dict[str, int] = {
    "anio_registro": 7,
    "emision": 4,
    "vigencia": 11,
    "seccion": 4,
    "fecha_nacimiento": 10,
    "sexo": 1,
    "estado": 2,
    "municipio": 3,
    "localidad": 4,
}


def whole_value(name: str, text: str) -> str | None:
    """Return the text in the printed form of a field, or None when it is no value of it."""
    match = _WHOLE[name].fullmatch(text.strip())
    if match is None:
        return None
    if name == "anio_registro":
        return f"{match[1]} {match[2]}"
    if name == "fecha_nacimiento":
        day, sign, month, year = match.groups()
        is_day = 1 <= int(day) <= 31 and 1 <= int(month) <= 12 and "1900" <= year <= "2099"
        return f"{day}{sign}{month}{sign}{year}" if is_day else None
    if name == "vigencia" and match[3]:
        # Print sets the dash with a space on both sides or on none.
        space = " " if " " in match[0] else ""
        return f"{match[1]}{space}{match[2]}{space}{match[3]}"
    return match[0]


def names_like(text: str) -> bool:
    """Say whether a line can be a name: letters, at least two, and the signs names print."""
    return re.fullmatch(r"[A-ZÑÁÉÍÓÚÜ][A-ZÑÁÉÍÓÚÜ .'\-]*", text) is not None and len(text) > 1


def address_like(text: str) -> bool:
    """Say whether a line can be part of a domicile."""
    return len(text) >= 3 and "<" not in text and sum(c.isalnum() for c in text) >= 3


# Short names of the states as a domicile prints them, without signs.
_STATES = frozenset(
    "AGS BC BCS CAMP COAH COL CHIS CHIH CDMX DF DGO GTO GRO HGO JAL MEX MICH MOR NAY NL OAX PUE "
    "QRO QROO SLP SIN SON TAB TAMPS TLAX VER YUC ZAC".split()
)


def ends_with_state(text: str) -> bool:
    """Say whether a line ends as a domicile does: a town, then the short name of a state."""
    plain = text.replace("É", "E").replace(".", "").replace(" ROO", "ROO").replace(" R00", "ROO")
    words = [word for word in re.split(r"[ ,]+", plain) if word]
    return len(words) > 1 and words[-1] in _STATES


# What a recogniser takes for a digit in a value that has digits alone.
_LOOK_ALIKE = str.maketrans("OQDILZSBG", "000112586")


def as_digits(text: str) -> str:
    """Return a text of mostly digits with the letters that look like one replaced."""
    if sum(c.isdigit() for c in text) * 2 < len(text):
        return text
    return text.translate(_LOOK_ALIKE)


def is_identifier(text: str) -> bool:
    """Say whether a text can only be a CURP or a clave: about 18 letters and digits, mixed."""
    letters = [c for c in text if c.isalnum()]
    digits = sum(c.isdigit() for c in letters)
    return 16 <= len(letters) <= 20 and 6 <= digits <= 14
