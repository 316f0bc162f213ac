"""How likely the words of a name are: a reason to choose between readings, never to invent one.

Most names are made of some two thousand words. Where the recogniser wavers between two readings of
a line, and one of them is made of such words while the other is of none, that one is likelier than
its picture alone says. Accents prove nothing here: the same name is printed with and without them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).with_name("lexicon.txt")
# How many times likelier a word of the list is than another that looks alike. Nine in ten words of
# names are in the list, and one in a hundred of their misreadings is; a tenth of that quotient is
# taken, since who bears a rare name must be read as well.
_KNOWN = 9.0


@cache
def words(path: Path = _WORDS) -> frozenset[str]:
    """Return the words of names, A–Z and Ñ."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if line[:1] not in "#[" for word in line.split())


@cache
def _without_enye() -> frozenset[str]:
    """Return the words as a machine-readable zone prints them."""
    return frozenset(word.replace("Ñ", "N") for word in words())


def weight(text: str) -> float:
    """Return how many times likelier a printed name is than one of words nobody knows; 1 is even.

    A name of several words is as likely as its least known word allows: one misread letter makes
    one unknown word.
    """
    return _weight(re.findall(r"[A-ZÑ]+", _plain(text)), words())


def zone_weight(line: str) -> float:
    """Return the same for the names' line of a machine-readable zone, which may end in mid-word."""
    parts = re.findall("[A-Z]+", line)
    if line and line[-1] != "<":
        parts = parts[:-1]
    return _weight(parts, _without_enye())


def _weight(parts: list[str], known: frozenset[str]) -> float:
    if not parts:
        return 1.0
    return float(_KNOWN ** -sum(part not in known for part in parts))


def _plain(text: str) -> str:
    """Return a text without accents; the tilde of Ñ is no accent."""
    kept = text.upper().replace("Ñ", "\0")
    split = unicodedata.normalize("NFD", kept)
    return "".join(c for c in split if not unicodedata.combining(c)).replace("\0", "Ñ")
