"""Printed text brought to one form, to compare it or to keep it."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """Return the text for comparison: upper case, no accents, Ñ as N, single spaces."""
    decomposed = unicodedata.normalize("NFD", text.upper())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACE.sub(" ", plain).strip()


def normalise_printed(text: str) -> str:
    """Return the text as the card prints it: upper case, accents and Ñ kept, single spaces."""
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).upper())
    return _SPACE.sub(" ", composed).strip()
