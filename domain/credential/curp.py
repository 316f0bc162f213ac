"""CURP: 18 characters built from names, birth, sex and entity, with a check digit.

Source: the instructive for the assignment of the CURP (Secretaría de Gobernación). Positions:
1 initial and 2 first internal vowel of the first surname; 3 initial of the second; 4 initial of
the given name; 5-10 birth YYMMDD; 11 sex; 12-13 entity; 14-16 first internal consonants of the
two surnames and the given name; 17 homoclave; 18 check digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from domain import entidades
from domain.credential.names import (
    first_internal_consonant,
    first_internal_vowel,
    initial,
    relevant_given_name,
    relevant_surname,
)
from domain.errors import CurpError

LENGTH = 18
# Ñ has a value although a CURP prints X in its place.
_CHARACTERS = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_VALUES = {character: value for value, character in enumerate(_CHARACTERS)}

_FORM = re.compile(
    r"(?P<initials>[A-Z][AEIOUX][A-Z]{2})(?P<birth>[0-9]{6})(?P<sex>[HMX])(?P<entidad>[A-Z]{2})"
    r"(?P<consonants>[B-DF-HJ-NP-TV-Z]{3})(?P<homoclave>[0-9A-Z])(?P<check>[0-9])"
)

# Four initials that would read as an insult get X as their second letter.
_WORDS = """
BACA BAKA BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COGI COJA COJE COJI COJO COLA CULO FALO FETO
GETA GUEI GUEY JETA JOTO KACA KACO KAGA KAGO KAKA KAKO KOGE KOGI KOJA KOJE KOJI KOJO KOLA KULO LILO
LOCA LOCO LOKA LOKO MAME MAMO MEAR MEAS MEON MIAR MION MOCO MOKO MULA MULO NACA NACO PEDA PEDO PENE
PIPI PITO POPO PUTA PUTO QULO RATA ROBA ROBE ROBO RUIN SENO TETA VACA VAGA VAGO VAKA VUEI VUEY WUEI
WUEY
"""
INCONVENIENT_WORDS: frozenset[str] = frozenset(_WORDS.split())


@dataclass(frozen=True)
class Curp:
    """A CURP taken apart; `entidad` holds its two letters, `sex` is H, M or X."""

    text: str
    initials: str
    born_on: date
    sex: str
    entidad: str
    consonants: str
    homoclave: str


def check_digit(body: str) -> str:
    """Return the 18th character for the first 17.

    Source: instructive of the CURP: each value (0-9, A-N 10-23, Ñ 24, O-Z 25-36) is multiplied by
    19 minus its position counted from 1; the digit is (10 - sum mod 10) mod 10.

    Raises:
        CurpError: Not 17 characters, or one outside the alphabet.
    """
    if len(body) != LENGTH - 1:
        raise CurpError("the check digit needs 17 characters")
    total = 0
    for index, character in enumerate(body):
        if character not in _VALUES:
            raise CurpError(f"position {index + 1} is not a CURP character")
        total += _VALUES[character] * (LENGTH - index)
    return str((10 - total % 10) % 10)


def parse_curp(text: str) -> Curp:
    """Take a CURP apart, given in upper case without spaces.

    The homoclave gives the century: a digit before 2000, a letter since.

    Raises:
        CurpError: Length, form, date, entity or check digit is wrong.
    """
    if len(text) != LENGTH:
        raise CurpError("a CURP has 18 characters")
    match = _FORM.fullmatch(text)
    if match is None:
        raise CurpError("the form is not that of a CURP")
    if match["entidad"] not in entidades.LETTERS:
        raise CurpError("positions 12-13 name no entity")
    if check_digit(text[:-1]) != match["check"]:
        raise CurpError("position 18 does not check")
    century = 1900 if match["homoclave"].isdigit() else 2000
    birth = match["birth"]
    try:
        born_on = date(century + int(birth[:2]), int(birth[2:4]), int(birth[4:]))
    except ValueError as error:
        raise CurpError("positions 5-10 are no date") from error
    return Curp(
        text=text,
        initials=match["initials"],
        born_on=born_on,
        sex=match["sex"],
        entidad=match["entidad"],
        consonants=match["consonants"],
        homoclave=match["homoclave"],
    )


def build_curp(
    nombres: str,
    apellido_paterno: str,
    apellido_materno: str,
    born_on: date,
    sex: str,
    entidad_letters: str,
    homoclave: str | None = None,
) -> str:
    """Return the CURP of a person; an absent second surname is an empty text.

    Without `homoclave` it is the first of its century: `0`, or `A` from 2000 on.

    Raises:
        CurpError: A name has no letter, or sex, entity or homoclave is none.
    """
    given = relevant_given_name(nombres)
    first = relevant_surname(apellido_paterno)
    second = relevant_surname(apellido_materno)
    if not given or not (first or second):
        raise CurpError("a given name and one surname are needed")
    initials = initial(first) + first_internal_vowel(first) + initial(second) + initial(given)
    if initials in INCONVENIENT_WORDS:
        initials = f"{initials[0]}X{initials[2:]}"
    if homoclave is None:
        homoclave = "0" if born_on.year < 2000 else "A"
    consonants = "".join(first_internal_consonant(name) for name in (first, second, given))
    body = f"{initials}{born_on:%y%m%d}{sex}{entidad_letters}{consonants}{homoclave}"
    return parse_curp(body + check_digit(body)).text
