"""Who says what, where two witnesses on one credential disagree.

A code of the cross-checks names the pair; here are the values of both, as a person compares them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from device.capture.offers import birth_of
from domain.credential.clave_elector import parse_clave_elector
from domain.credential.curp import parse_curp
from domain.credential.mrz import Mrz
from domain.errors import ClaveElectorError, CurpError
from wire.record import Field

ZONE = "mrz"
PRINTED = "printed"

# Check, the field it is about, and the two who say something of it.
_PAIRS: Mapping[str, tuple[str, str, str]] = {
    "mrz_fecha": ("fecha_nacimiento", ZONE, PRINTED),
    "mrz_clave.birth": ("fecha_nacimiento", ZONE, "clave_elector"),
    "mrz_curp.birth": ("fecha_nacimiento", ZONE, "curp"),
    "clave_curp.birth": ("fecha_nacimiento", "clave_elector", "curp"),
    "fecha_clave": ("fecha_nacimiento", PRINTED, "clave_elector"),
    "fecha_curp": ("fecha_nacimiento", PRINTED, "curp"),
    "mrz_sexo": ("sexo", ZONE, PRINTED),
    "mrz_clave.sex": ("sexo", ZONE, "clave_elector"),
    "mrz_curp.sex": ("sexo", ZONE, "curp"),
    "clave_curp.sex": ("sexo", "clave_elector", "curp"),
    "sexo_clave": ("sexo", PRINTED, "clave_elector"),
    "sexo_curp": ("sexo", PRINTED, "curp"),
    "mrz_seccion": ("seccion", ZONE, PRINTED),
    "numero_ocr_seccion": ("seccion", "numero_ocr", PRINTED),
    "mrz_numero_ocr": ("numero_ocr", ZONE, PRINTED),
    "mrz_cic": ("cic", ZONE, PRINTED),
    "mrz_vigencia": ("vigencia", ZONE, PRINTED),
    "mrz_emision": ("anio_registro", ZONE, PRINTED),
    "mrz_names": ("nombres", ZONE, PRINTED),
}
_BIRTHS = frozenset({"mrz_fecha", "mrz_clave.birth", "mrz_curp.birth"})
_NAMES = ("nombres", "apellido_paterno", "apellido_materno")


@dataclass(frozen=True)
class Disagreement:
    """Two witnesses of one field and what each says; the values hide themselves in `repr`."""

    check: str
    about: str
    first: str
    second: str
    first_value: str = field(repr=False)
    second_value: str = field(repr=False)


def sides_differ(checks: Collection[str]) -> bool:
    """Say whether front and back seem to be of two credentials: other names and another birth."""
    return "mrz_names" in checks and not _BIRTHS.isdisjoint(checks)


def disagreement(
    check: str, fields: Mapping[str, Field], zone: Mrz | None, *, today: date
) -> Disagreement | None:
    """Return who says what, None for a check that is about one value in itself."""
    if check not in _PAIRS:
        return None
    about, first, second = _PAIRS[check]
    first_value = _said(first, about, fields, zone, today)
    second_value = _said(second, about, fields, zone, today)
    if not first_value or not second_value:
        return None
    return Disagreement(check, about, first, second, first_value, second_value)


def _said(
    who: str, about: str, fields: Mapping[str, Field], zone: Mrz | None, today: date
) -> str | None:
    match who:
        case "mrz":
            return _zone_says(about, zone, today) if zone is not None else None
        case "clave_elector":
            return _clave_says(about, _text(fields, who), today)
        case "curp":
            return _curp_says(about, _text(fields, who))
        case "numero_ocr":
            return _text(fields, who)[:4]
    if about == "nombres":
        return " ".join(filter(None, (_text(fields, name) for name in _NAMES)))
    return _text(fields, about)


def _zone_says(about: str, zone: Mrz, today: date) -> str:
    values = {
        "fecha_nacimiento": birth_of(zone.born, today),
        "sexo": zone.sex,
        "seccion": zone.seccion,
        "numero_ocr": zone.numero_ocr,
        "cic": zone.cic,
        "vigencia": f"20{zone.expires[:2]}",
        "anio_registro": zone.numero_emision,
        "nombres": f"{zone.given_names} {zone.surnames}",
    }
    return values[about]


def _clave_says(about: str, text: str, today: date) -> str | None:
    try:
        clave = parse_clave_elector(text)
    except ClaveElectorError:
        return None
    return birth_of(clave.birth, today) if about == "fecha_nacimiento" else clave.sex


def _curp_says(about: str, text: str) -> str | None:
    try:
        curp = parse_curp(text)
    except CurpError:
        return None
    return f"{curp.born_on:%d/%m/%Y}" if about == "fecha_nacimiento" else curp.sex


def _text(fields: Mapping[str, Field], name: str) -> str:
    value = fields[name].value if name in fields else ""
    return value if isinstance(value, str) else " ".join(value)
