"""Bytes to text: the encodings in which spreadsheets in Mexico save CSV.

Excel writes `CSV UTF-8` with a byte order mark, `CSV` in Windows-1252, `CSV (MS-DOS)` in code page
850, `CSV (Macintosh)` in Mac Roman and `Unicode Text` in UTF-16. The last three of these are told
apart by which of them makes Spanish words: an accent of one is a sign nobody writes in another.
"""

from __future__ import annotations

import codecs
import re

from central.roster.files.refusals import Cause, FileRefusedError

# UTF-32 first: its mark begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EIGHT_BITS = ("cp1252", "mac_roman", "cp850")
_SPANISH = frozenset("áéíóúüñÁÉÍÓÚÜÑ")
_SIGNS = frozenset("ªº°¿¡·–—‘’“”…€«» ")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_SAMPLE = 20_000
# A whole text of this many points a character is no text that we know.
_LEAST_POINTS = -2
# Share of zero bytes in one half of UTF-16 text in a language of Latin letters.
_ZEROS = 0.3


def decode(content: bytes) -> str:
    """Give the text of a file.

    Raises:
        FileRefusedError: The bytes are no text, or in an encoding that cannot be told.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], name)
    if wide := _wide(content):
        return _decoded(content, wide)
    if b"\x00" in content:
        raise FileRefusedError(Cause.BINARY)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _eight_bits(content)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise FileRefusedError(Cause.ENCODING) from error


def _wide(content: bytes) -> str | None:
    """Recognise UTF-16 without its mark by where its zero bytes are."""
    sample = content[:_SAMPLE]
    half = len(sample) // 2
    if not half or b"\x00" not in sample:
        return None
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > _ZEROS and even < _ZEROS / 10:
        return "utf-16-le"
    if even > _ZEROS and odd < _ZEROS / 10:
        return "utf-16-be"
    return None


def _eight_bits(content: bytes) -> str:
    best: tuple[float, str] | None = None
    for name in _EIGHT_BITS:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:  # Windows-1252 leaves five bytes without a character
            continue
        points = _points(text)
        if best is None or points > best[0]:
            best = (points, text)
    if best is None or best[0] < _LEAST_POINTS:
        raise FileRefusedError(Cause.ENCODING)
    return best[1]


def _points(text: str) -> float:
    """Say how Spanish the characters beyond ASCII look, on average."""
    found = [_points_of(text, match.start()) for match in _BEYOND_ASCII.finditer(text)]
    return sum(found) / len(found) if found else 0.0


def _points_of(text: str, at: int) -> int:
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if char in _SPANISH:
        # ACCIÓN, Acción, but never ACCIóN: the case of the neighbours tells code pages apart.
        odd = (char.isupper() and before.islower()) or (char.islower() and after.isupper())
        return -1 if odd else 3
    if char in _SIGNS:
        return 0
    return -1 if char.isalpha() else -4
