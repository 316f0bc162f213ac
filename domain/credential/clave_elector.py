"""Clave de elector: 18 characters from names, birth, entity and sex.

Positions: 1-2 initial and first internal consonant of the first surname; 3-4 of the second; 5-6
of the given name; 7-12 birth YYMMDD; 13-14 entity of birth, 01-32 or 87 and 88 abroad; 15 sex;
16-18 three digits whose rule is not published, so that they are not checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from domain import entidades
from domain.credential.mrz import is_calendar_date
from domain.credential.names import (
    first_internal_consonant,
    initial,
    relevant_given_name,
    relevant_surname,
)
from domain.errors import ClaveElectorError

LENGTH = 18

_FORM = re.compile(
    r"(?P<letters>([A-Z][B-DF-HJ-NP-TV-Z]){3})(?P<birth>[0-9]{6})(?P<entidad>[0-9]{2})"
    r"(?P<sex>[HMX])(?P<serial>[0-9]{3})"
)


@dataclass(frozen=True)
class ClaveElector:
    """A clave taken apart; `birth` is YYMMDD, for the century is not in it."""

    text: str
    letters: str
    birth: str
    entidad: str
    sex: str
    serial: str


def parse_clave_elector(text: str) -> ClaveElector:
    """Take a clave de elector apart, given in upper case without spaces.

    Raises:
        ClaveElectorError: Length, form, date or entity is wrong.
    """
    if len(text) != LENGTH:
        raise ClaveElectorError("a clave de elector has 18 characters")
    match = _FORM.fullmatch(text)
    if match is None:
        raise ClaveElectorError("the form is not that of a clave de elector")
    if not is_calendar_date(match["birth"]):
        raise ClaveElectorError("positions 7-12 are no date")
    if match["entidad"] not in entidades.NUMBERS:
        raise ClaveElectorError("positions 13-14 name no entity")
    return ClaveElector(
        text=text,
        letters=match["letters"],
        birth=match["birth"],
        entidad=match["entidad"],
        sex=match["sex"],
        serial=match["serial"],
    )


def build_clave_elector(
    nombres: str,
    apellido_paterno: str,
    apellido_materno: str,
    born_on: date,
    sex: str,
    entidad_number: str,
    serial: str = "000",
) -> str:
    """Return the clave of a person; an absent second surname is an empty text.

    Raises:
        ClaveElectorError: A name has no letter, or sex, entity or serial is none.
    """
    words = (
        relevant_surname(apellido_paterno),
        relevant_surname(apellido_materno),
        relevant_given_name(nombres),
    )
    if not words[2] or not (words[0] or words[1]):
        raise ClaveElectorError("a given name and one surname are needed")
    letters = "".join(initial(word) + first_internal_consonant(word) for word in words)
    text = f"{letters}{born_on:%y%m%d}{entidad_number}{sex}{serial}"
    return parse_clave_elector(text).text
