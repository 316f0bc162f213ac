"""Machine-readable zone of the credential: TD1, three lines of 30 characters.

Sources: ICAO Doc 9303 parts 3 and 5; models D to H of the credential, which depart from it in
one place: the sex is `H` or `M` (hombre, mujer), and ICAO's `M` is a man.

Line 1: `ID MEX` CIC(9) check `<<` OCR number(13)
Line 2: birth(6) check sex expiry(6) check `MEX` `<` número de emisión(2) `<<` digits(5) `<` check
Line 3: surnames joined with `<`, then `<<`, then the given names, filled with `<`, cut at 30.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.credential.text import fold
from domain.errors import MrzError

LINE_LENGTH = 30
FILLER = "<"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"

_VALUES = {character: value for value, character in enumerate(ALPHABET[:-1])} | {FILLER: 0}
_WEIGHTS = (7, 3, 1)

_LINE_1 = re.compile(r"IDMEX(?P<cic>\d{9})\d<<(?P<numero_ocr>\d{13})")
# X and ICAO's filler both say that the sex is not stated.
_LINE_2 = re.compile(
    r"(?P<born>\d{6})\d(?P<sex>[HMX<])(?P<expires>\d{6})\dMEX"
    r"<(?P<numero_emision>\d{2})<<(?P<optional>\d{5})<\d"
)
_LINE_3 = re.compile(r"[A-Z]+(<[A-Z]+)*(<<[A-Z]+(<[A-Z]+)*)?<*")


@dataclass(frozen=True)
class Mrz:
    """What the three lines say. Dates are YYMMDD as printed: the century is not on the card.

    `surnames` and `given_names` are separated by spaces, without accents, and may have lost
    their end when the third line was cut at 30 characters.
    """

    cic: str
    numero_ocr: str
    born: str
    sex: str
    expires: str
    numero_emision: str
    optional: str
    surnames: str
    given_names: str

    @property
    def seccion(self) -> str:
        """The four digits of the sección inside the OCR number."""
        return self.numero_ocr[:4]

    @property
    def identificador(self) -> str:
        """The nine digits of the identificador del ciudadano inside the OCR number."""
        return self.numero_ocr[4:]


def check_digit(field: str) -> int:
    """Compute the check digit of one field, given as printed without its own digit.

    Source: ICAO Doc 9303, part 3, section 4.9. Digits are worth 0–9, letters 10–35, filler `<` 0;
    weights 7, 3, 1 repeat from the left; the result is the sum modulo 10.

    Raises:
        MrzError: The field is empty, or a character is not a digit, A–Z or `<`.
    """
    if not field:
        raise MrzError("empty field")
    for position, character in enumerate(field):
        if character not in _VALUES:
            raise MrzError(f"position {position} is not an MRZ character")
    return sum(_VALUES[c] * _WEIGHTS[i % 3] for i, c in enumerate(field)) % 10


def composite_field(first: str, second: str) -> str:
    """Return the characters under the composite digit: 1:6-30, 2:1-7, 2:9-15, 2:19-29."""
    return first[5:30] + second[0:7] + second[8:15] + second[18:29]


def transliterate(name: str) -> str:
    """Return a name with the letters of the MRZ: no accents, Ñ as N, `<` between words.

    Source: ICAO Doc 9303, part 3, section 4.6: an apostrophe is dropped, a hyphen parts two words.
    """
    folded = fold(name).replace("'", "").replace("’", "")
    return FILLER.join(re.findall(r"[A-Z]+", folded))


def name_line(surnames: str, given_names: str) -> str:
    """Return the third line for these names, cut or filled to 30 characters."""
    line = transliterate(surnames) + FILLER * 2 + transliterate(given_names)
    return line[:LINE_LENGTH].ljust(LINE_LENGTH, FILLER)


def build_mrz(mrz: Mrz) -> tuple[str, str, str]:
    """Return the three lines as the card prints them, check digits included.

    Raises:
        MrzError: A value does not fit its place; the message names the line.
    """
    first = f"IDMEX{mrz.cic}{check_digit(mrz.cic)}<<{mrz.numero_ocr}"
    middle = f"MEX<{mrz.numero_emision}<<{mrz.optional}<"
    second = (
        f"{mrz.born}{check_digit(mrz.born)}{mrz.sex}{mrz.expires}{check_digit(mrz.expires)}{middle}"
    )
    if _LINE_1.fullmatch(first) is None:
        raise MrzError("line 1: CIC has 9 digits, the OCR number 13")
    if _LINE_2.fullmatch(second + "0") is None:
        raise MrzError("line 2: a date has 6 digits, sex is H, M or X, emission 2, optional 5")
    third = name_line(mrz.surnames, mrz.given_names)
    if _LINE_3.fullmatch(third) is None:
        raise MrzError("line 3: no surname")
    return first, f"{second}{check_digit(composite_field(first, second))}", third


def failed_checks(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the checks that fail, sorted; empty when every one holds.

    Names: `birth`, `cic`, `composite`, `expiry` are check digits; `structure` is anything else
    about the form: number and length of lines, alphabet, fixed characters, dates that exist.
    """
    if len(lines) != 3 or any(len(line) != LINE_LENGTH for line in lines):
        return ("structure",)
    if any(character not in _VALUES for line in lines for character in line):
        return ("structure",)
    first, second, third = lines
    digits = (
        ("cic", first[5:14], first[14]),
        ("birth", second[0:6], second[6]),
        ("expiry", second[8:14], second[14]),
        ("composite", composite_field(first, second), second[29]),
    )
    failed = [name for name, field, digit in digits if str(check_digit(field)) != digit]
    if not _has_structure(first, second, third):
        failed.append("structure")
    return tuple(sorted(failed))


def parse_mrz(lines: Sequence[str]) -> Mrz:
    """Return what three lines say when every check holds.

    Raises:
        MrzError: A check fails; the message names the checks.
    """
    failed = failed_checks(lines)
    if failed:
        raise MrzError(f"failed checks: {', '.join(failed)}")
    first = _LINE_1.fullmatch(lines[0])
    second = _LINE_2.fullmatch(lines[1])
    assert first is not None
    assert second is not None
    surnames, given_names = split_names(lines[2])
    return Mrz(
        cic=first["cic"],
        numero_ocr=first["numero_ocr"],
        born=second["born"],
        sex=second["sex"].replace(FILLER, "X"),
        expires=second["expires"],
        numero_emision=second["numero_emision"],
        optional=second["optional"],
        surnames=surnames,
        given_names=given_names,
    )


def split_names(line: str) -> tuple[str, str]:
    """Return (surnames, given names) of the third line, words separated by spaces."""
    surnames, _, given_names = line.rstrip(FILLER).partition(FILLER * 2)
    return surnames.replace(FILLER, " ").strip(), given_names.replace(FILLER, " ").strip()


def is_calendar_date(yymmdd: str) -> bool:
    """Say whether six digits name a day in this century or the last."""
    if re.fullmatch(r"[0-9]{6}", yymmdd) is None:
        return False
    year, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    # 1900 was no leap year and 2000 was: 29 February 00 exists in one century.
    days = (31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= days[month - 1]


def _has_structure(first: str, second: str, third: str) -> bool:
    match = _LINE_2.fullmatch(second)
    return (
        _LINE_1.fullmatch(first) is not None
        and match is not None
        and _LINE_3.fullmatch(third) is not None
        and is_calendar_date(match["born"])
        and is_calendar_date(match["expires"])
    )
