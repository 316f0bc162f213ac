"""The letters that a CURP and a clave de elector take from a person's names.

Source: instructive of the CURP. Particles and, before another name, María and José are skipped;
Ñ counts as X; what is missing is X.
"""

from __future__ import annotations

import re
import unicodedata

_PARTICLES = frozenset(
    {"DA", "DAS", "DE", "DEL", "DER", "DI", "DIE", "DD", "EL", "LA", "LAS", "LE", "LES", "LOS"}
    | {"MAC", "MC", "MI", "VAN", "VON", "Y"}
)
_COMMON_FIRST_NAMES = frozenset({"J", "J.", "JOSE", "M", "M.", "MA", "MA.", "MARIA"})
_VOWELS = "AEIOU"
_CONSONANTS = "BCDFGHJKLMNPQRSTVWXYZ"


def relevant_surname(surname: str) -> str:
    """Return the first word of a surname that is no particle, in letters A–Z and X for Ñ."""
    words = _words(surname)
    return next((word for word in words if word not in _PARTICLES), words[-1] if words else "")


def relevant_given_name(names: str) -> str:
    """Return the given name that counts: José and María are skipped before another name."""
    words = [word for word in _words(names) if word not in _PARTICLES] or _words(names)
    if len(words) > 1 and words[0] in _COMMON_FIRST_NAMES:
        words = words[1:]
    return words[0].rstrip(".") if words else ""


def initial(word: str) -> str:
    """Return the first letter, X when there is none."""
    return word[0] if word and word[0].isalpha() else "X"


def first_internal_vowel(word: str) -> str:
    """Return the first vowel after the initial; X stands for none and for a sign."""
    return next((c for c in word[1:] if c in _VOWELS or not c.isalpha()), "X").replace("-", "X")


def first_internal_consonant(word: str) -> str:
    """Return the first consonant after the initial; X stands for none and for a sign."""
    return next((c for c in word[1:] if c in _CONSONANTS or not c.isalpha()), "X").replace("-", "X")


def _words(text: str) -> list[str]:
    # The tilde of Ñ must be seen before accents are removed: Ñ counts as X, not as N.
    upper = unicodedata.normalize("NFC", text.upper()).replace("Ñ", "X")
    plain = "".join(c for c in unicodedata.normalize("NFD", upper) if not unicodedata.combining(c))
    # One sign for hyphen, slash and apostrophe, which all count as X inside a word.
    return re.findall(r"[A-Z][A-Z.\-]*", re.sub(r"['’/\-]", "-", plain))
