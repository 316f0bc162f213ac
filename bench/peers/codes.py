"""CURP and clave de elector among a peer's lines: by form, look-alikes repaired, digits checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.peers.text import squeeze
from bench.peers.zone import ALIKE_DIGITS, TO_DIGIT, TO_LETTER
from domain import entidades
from domain.credential.clave_elector import parse_clave_elector
from domain.credential.curp import parse_curp
from domain.errors import ClaveElectorError, CurpError

_DIGIT, _LETTER = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CONSONANT = "BCDFGHJKLMNPQRSTVWXYZ"
_CURP = (
    _LETTER, "AEIOUX", _LETTER, _LETTER, *[_DIGIT] * 6, "HMX", _LETTER, _LETTER, *[_CONSONANT] * 3,
    _DIGIT + _LETTER, _DIGIT,
)  # fmt: skip
_CLAVE = (*[_LETTER, _CONSONANT] * 3, *[_DIGIT] * 8, "HMX", *[_DIGIT] * 3)
_MOST_REPAIRS = 4
_BORN = range(1910, 2010)
# Letters that print much alike, where a letter is asked for and another letter stands.
_ALIKE = {
    "A": "", "C": "GO", "D": "O", "E": "F", "F": "EP", "G": "CO", "H": "MN", "I": "LT", "K": "X",
    "L": "I", "M": "NHW", "N": "MH", "O": "CDGQ", "P": "FR", "Q": "OG", "R": "PK", "T": "IY",
    "U": "V", "V": "UY", "W": "M", "X": "K", "Y": "VT", "Z": "",
}  # fmt: skip


def find_codes(texts: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the clave de elector and the CURP among texts; one is witness of the other."""
    curps = sorted(set(_fits(texts, _CURP)))
    claves = sorted(set(_fits(texts, _CLAVE)))
    curp = next((text for _, text in curps if _is_curp(text)), None)
    if curp is None:
        curp = _corrected([text for _, text in curps], [text for _, text in claves])
    clave = next((text for _, text in claves if _is_clave(text)), None)
    if curp is not None:
        near = [_witnessed(text, curp) for _, text in claves]
        clave = next((text for text in near if text is not None), clave)
    return clave, curp


def _fits(texts: Sequence[str], pattern: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Give each stretch of 18 characters that has the form, with the number of repairs."""
    for text in texts:
        letters = squeeze(text)[0]
        for start in range(len(letters) - len(pattern) + 1):
            fitted = _fit(letters[start : start + len(pattern)], pattern)
            # A label's letters before the value make a second stretch that begins too early.
            if fitted is not None:
                yield fitted
                yield from _other_homoclave(*fitted, pattern)


def _other_homoclave(repairs: int, text: str, pattern: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Give a CURP with its homoclave of the other kind: it may be a digit or a letter."""
    other = TO_DIGIT.get(text[16]) or TO_LETTER.get(text[16])
    if pattern is _CURP and other is not None:
        yield repairs + 1, f"{text[:16]}{other}{text[17]}"


def _fit(text: str, pattern: Sequence[str]) -> tuple[int, str] | None:
    repairs, fitted = 0, ""
    for character, allowed in zip(text, pattern, strict=True):
        if character in allowed:
            fitted += character
            continue
        other = TO_DIGIT.get(character) if allowed == _DIGIT else TO_LETTER.get(character, "")
        likely = [c for c in (other or "", *_ALIKE.get(character, "")) if c and c in allowed]
        if not likely or repairs == _MOST_REPAIRS:
            return None
        repairs, fitted = repairs + 1, fitted + likely[0]
    return repairs, fitted


def _is_curp(text: str) -> bool:
    """Say whether it is a CURP of a living adult: its homoclave's kind gives the century."""
    try:
        return parse_curp(text).born_on.year in _BORN
    except CurpError:
        return False


def _is_clave(text: str) -> bool:
    try:
        parse_clave_elector(text)
    except ClaveElectorError:
        return False
    return True


def _corrected(curps: Sequence[str], claves: Sequence[str]) -> str | None:
    """Return the only CURP one look-alike away whose digit holds and that a clave confirms."""
    right = set()
    for text in curps:
        for place, character in enumerate(text):
            for other in ALIKE_DIGITS.get(character, _ALIKE.get(character, "")):
                changed = text[:place] + other + text[place + 1 :]
                if _is_curp(changed) and any(_witnessed(c, changed) == c for c in claves):
                    right.add(changed)
    return right.pop() if len(right) == 1 else None


def _witnessed(clave: str, curp: str) -> str | None:
    """Return a clave with what its CURP proves, or None when they are of two persons."""
    letters = f"{curp[0]}{curp[13]}{curp[2]}{curp[14]}{curp[3]}{curp[15]}"
    witnessed = f"{letters}{curp[4:10]}{clave[12:14]}{curp[10]}{clave[15:]}"
    apart = sum(a != b for a, b in zip(clave, witnessed, strict=True))
    same_place = entidades.same_entidad(clave[12:14], curp[11:13])
    return witnessed if apart <= 3 and same_place and _is_clave(witnessed) else None
