"""Do the fields of one credential agree with each other?

Each disagreement is a named code. A code warns the auxiliar and informs the reviewer; it never
blocks, for corrected data and inconvenient words make honest cards disagree. A field that was not
read is no disagreement. `CODES` lists every code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from domain import entidades
from domain.credential import clave_elector as clave_rules
from domain.credential import curp as curp_rules
from domain.credential import mrz as mrz_rules
from domain.credential.cic import parse_cic
from domain.credential.clave_elector import ClaveElector, parse_clave_elector
from domain.credential.curp import Curp, parse_curp
from domain.credential.mrz import Mrz
from domain.credential.numero_ocr import parse_numero_ocr
from domain.credential.text import fold
from domain.credential.vigencia import is_over, last_year
from domain.errors import CicError, ClaveElectorError, CurpError, MrzError, NumeroOcrError

CODES: tuple[str, ...] = (
    "cic.format",
    "clave.format",
    "clave_curp.birth",
    "clave_curp.consonants",
    "clave_curp.entidad",
    "clave_curp.initials",
    "clave_curp.sex",
    "clave_names",
    "curp.check_digit",
    "curp.format",
    "curp_names",
    "fecha_clave",
    "fecha_curp",
    "mrz.birth",
    "mrz.cic",
    "mrz.composite",
    "mrz.expiry",
    "mrz.structure",
    "mrz_cic",
    "mrz_clave.birth",
    "mrz_clave.sex",
    "mrz_curp.birth",
    "mrz_curp.sex",
    "mrz_emision",
    "mrz_fecha",
    "mrz_names",
    "mrz_numero_ocr",
    "mrz_seccion",
    "mrz_sexo",
    "mrz_vigencia",
    "numero_ocr.format",
    "numero_ocr_seccion",
    "sexo_clave",
    "sexo_curp",
    "vigencia.expired",
)

# Only letters are compared with it.
_ANY_DAY = date(2000, 1, 1)

Fields = Mapping[str, str | list[str]]


def cross_checks(
    fields: Fields, mrz: Sequence[str] | None = None, *, today: date | None = None
) -> tuple[str, ...]:
    """Return the codes of what disagrees, sorted.

    Args:
        fields: Values as printed, by the names of `FIELD_NAMES`; absent is not read.
        mrz: The three lines of the back, or None.
        today: The day against which `vigencia` is held; without it expiry is not judged.
    """
    codes: set[str] = set()
    clave = _parsed_clave(fields, codes)
    curp = _parsed_curp(fields, codes)
    zone = _parsed_mrz(mrz, codes)
    codes.update(_number_codes(fields))
    if clave is not None and curp is not None:
        codes.update(_clave_curp_codes(clave, curp))
    codes.update(_printed_codes(fields, clave, curp))
    codes.update(_name_codes(fields, clave, curp))
    if zone is not None:
        codes.update(_mrz_codes(zone, fields, clave, curp))
    year = last_year(_text(fields, "vigencia"))
    if today is not None and year is not None and is_over(year, today):
        codes.add("vigencia.expired")
    return tuple(sorted(codes))


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    return fold(value if isinstance(value, str) else " ".join(value))


def _parsed_clave(fields: Fields, codes: set[str]) -> ClaveElector | None:
    text = _text(fields, "clave_elector")
    if not text:
        return None
    try:
        return parse_clave_elector(text)
    except ClaveElectorError:
        codes.add("clave.format")
        return None


def _parsed_curp(fields: Fields, codes: set[str]) -> Curp | None:
    text = _text(fields, "curp")
    if not text:
        return None
    try:
        return parse_curp(text)
    except CurpError:
        try:
            wrong = curp_rules.check_digit(text[:-1]) != text[-1]
        except CurpError:
            wrong = False
        codes.add("curp.check_digit" if wrong else "curp.format")
        return None


def _parsed_mrz(lines: Sequence[str] | None, codes: set[str]) -> Mrz | None:
    if not lines:
        return None
    try:
        return mrz_rules.parse_mrz(lines)
    except MrzError:
        codes.update(f"mrz.{name}" for name in mrz_rules.failed_checks(lines))
        return None


def _number_codes(fields: Fields) -> Iterator[str]:
    cic = _text(fields, "cic")
    if cic:
        try:
            parse_cic(cic)
        except CicError:
            yield "cic.format"
    printed = _text(fields, "numero_ocr")
    if printed:
        try:
            number = parse_numero_ocr(printed)
        except NumeroOcrError:
            yield "numero_ocr.format"
            return
        seccion = _text(fields, "seccion")
        if seccion and seccion.zfill(4) != number.seccion:
            yield "numero_ocr_seccion"


def _clave_curp_codes(clave: ClaveElector, curp: Curp) -> Iterator[str]:
    initials = curp.initials[0] + curp.initials[2] + curp.initials[3]
    if clave.letters[0::2] != initials:
        yield "clave_curp.initials"
    if clave.letters[1::2] != curp.consonants:
        yield "clave_curp.consonants"
    if clave.birth != f"{curp.born_on:%y%m%d}":
        yield "clave_curp.birth"
    if clave.sex != curp.sex:
        yield "clave_curp.sex"
    if not entidades.same_entidad(clave.entidad, curp.entidad):
        yield "clave_curp.entidad"


def _printed_codes(fields: Fields, clave: ClaveElector | None, curp: Curp | None) -> Iterator[str]:
    birth = _printed_birth(fields)
    sex = _text(fields, "sexo")
    if clave is not None:
        if birth and f"{birth:%y%m%d}" != clave.birth:
            yield "fecha_clave"
        if sex and sex != clave.sex:
            yield "sexo_clave"
    if curp is not None:
        if birth and birth != curp.born_on:
            yield "fecha_curp"
        if sex and sex != curp.sex:
            yield "sexo_curp"


def _printed_birth(fields: Fields) -> date | None:
    match = re.fullmatch(
        r"([0-9]{2})[/.\- ]([0-9]{2})[/.\- ]([0-9]{4})", _text(fields, "fecha_nacimiento")
    )
    if match is None:
        return None
    day, month, year = (int(group) for group in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _name_codes(fields: Fields, clave: ClaveElector | None, curp: Curp | None) -> Iterator[str]:
    given = _name(fields, "nombres")
    first, second = _name(fields, "apellido_paterno"), _name(fields, "apellido_materno")
    # A card may have no second surname; an absent first one was just not read.
    if not given or not first:
        return
    try:
        built_curp = parse_curp(curp_rules.build_curp(given, first, second, _ANY_DAY, "H", "NE"))
        built_clave = clave_rules.build_clave_elector(given, first, second, _ANY_DAY, "H", "87")
    except (CurpError, ClaveElectorError):
        return
    if curp is not None:
        built = built_curp.initials + built_curp.consonants
        printed = curp.initials + curp.consonants
        # The letters of a second surname that was not read are not compared.
        skipped = () if second else (1, 2, 5)
        if _differ(built, printed, skipped):
            yield "curp_names"
    if clave is not None and _differ(built_clave[:6], clave.letters, () if second else (2, 3)):
        yield "clave_names"


def _differ(built: str, printed: str, skipped: tuple[int, ...]) -> bool:
    pairs = enumerate(zip(built, printed, strict=True))
    return any(a != b for index, (a, b) in pairs if index not in skipped)


def _name(fields: Fields, name: str) -> str:
    # Not folded: the rules of CURP and clave treat Ñ as X, not as N.
    value = fields.get(name, "")
    return value if isinstance(value, str) else " ".join(value)


def _mrz_codes(
    zone: Mrz, fields: Fields, clave: ClaveElector | None, curp: Curp | None
) -> Iterator[str]:
    """Hold each witness beside the zone; an empty text was not read."""
    birth = _printed_birth(fields)
    emission = re.fullmatch(r"[0-9]{4} ([0-9]{2})", _text(fields, "anio_registro"))
    year = last_year(_text(fields, "vigencia"))
    seccion = _text(fields, "seccion")
    witnesses = (
        ("mrz_clave.birth", zone.born, clave.birth if clave else ""),
        ("mrz_clave.sex", zone.sex, clave.sex if clave else ""),
        ("mrz_curp.birth", zone.born, f"{curp.born_on:%y%m%d}" if curp else ""),
        ("mrz_curp.sex", zone.sex, curp.sex if curp else ""),
        ("mrz_fecha", zone.born, f"{birth:%y%m%d}" if birth else ""),
        ("mrz_sexo", zone.sex, _text(fields, "sexo")),
        ("mrz_seccion", zone.seccion, seccion.zfill(4) if seccion else ""),
        ("mrz_numero_ocr", zone.numero_ocr, _text(fields, "numero_ocr")),
        ("mrz_cic", zone.cic, _text(fields, "cic").removeprefix("IDMEX")[:9]),
        ("mrz_emision", zone.numero_emision, emission[1] if emission else ""),
        ("mrz_vigencia", zone.expires[:2], f"{year % 100:02d}" if year is not None else ""),
    )
    yield from (code for code, read, printed in witnesses if printed and printed != read)
    if not _names_agree(zone, fields):
        yield "mrz_names"


def _names_agree(zone: Mrz, fields: Fields) -> bool:
    """Compare names word for word up to where the third line may have been cut."""
    surnames = " ".join(
        filter(None, (_name(fields, "apellido_paterno"), _name(fields, "apellido_materno")))
    )
    given = _name(fields, "nombres")
    if not _name(fields, "apellido_paterno") or not given:
        return True
    expected = mrz_rules.name_line(surnames, given)
    read = mrz_rules.name_line(zone.surnames, zone.given_names)
    if expected == read:
        return True
    if _name(fields, "apellido_materno"):
        return False
    # The second surname was not read or is not there: the first surname and the names decide.
    first = mrz_rules.transliterate(surnames)
    same_surname = (mrz_rules.transliterate(zone.surnames) + "<").startswith(first + "<")
    given_line = mrz_rules.transliterate(given)
    return same_surname and given_line.startswith(mrz_rules.transliterate(zone.given_names))
