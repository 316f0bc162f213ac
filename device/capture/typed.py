"""What was typed: as a field holds it, and whether it has the form of its field.

A slip is asked about once, and never blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from domain.credential.cic import parse_cic
from domain.credential.clave_elector import parse_clave_elector
from domain.credential.curp import parse_curp
from domain.credential.numero_ocr import parse_numero_ocr
from domain.credential.text import normalise_printed
from domain.credential.vigencia import last_year
from domain.errors import DomainError
from wire.record import Field


def typed_value(name: str, text: str) -> str | tuple[str, ...] | None:
    """Return typed text as a field holds it: upper case, the domicilio by lines, None for empty."""
    lines = tuple(line for line in map(normalise_printed, text.splitlines()) if line)
    if not lines:
        return None
    return lines if name == "domicilio" else " ".join(lines)


def slips(
    typed: Mapping[str, str | tuple[str, ...] | None], before: Mapping[str, Field]
) -> tuple[str, ...]:
    """Return the fields whose new text has not the form of the field, in their order.

    A text that is empty, as it was, or of a field without a form, is no slip.
    """
    return tuple(
        name
        for name, text in typed.items()
        if isinstance(text, str)
        and name in _FORMS
        and not (name in before and before[name].value == text)
        and not _has_form(name, text)
    )


def _has_form(name: str, text: str) -> bool:
    try:
        _FORMS[name](text)
    except (DomainError, ValueError):
        return False
    return True


def _date(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007  a day has no zone


def _sexo(text: str) -> str:
    if text not in ("H", "M", "X"):
        raise ValueError
    return text


def _seccion(text: str) -> str:
    if re.fullmatch(r"[0-9]{1,4}", text) is None:
        raise ValueError
    return text


def _vigencia(text: str) -> int:
    year = last_year(text)
    if year is None:
        raise ValueError
    return year


_FORMS: Mapping[str, Callable[[str], object]] = {
    "clave_elector": parse_clave_elector,
    "curp": parse_curp,
    "cic": parse_cic,
    "numero_ocr": parse_numero_ocr,
    "fecha_nacimiento": _date,
    "sexo": _sexo,
    "seccion": _seccion,
    "vigencia": _vigencia,
}
