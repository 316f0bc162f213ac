"""The citizen's code: what a person holds besides the folio, so that only they ask for their apoyo.

It is drawn by the station when the record is sealed, and sealed inside it.
"""

from __future__ import annotations

import re

from domain.errors import CitizenCodeError

# No I, L, O, U, 0 or 1: nothing that looks like something else, by hand or on thermal paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
PATTERN = f"[{ALPHABET}]{{{LENGTH}}}"


def grouped(code: str) -> str:
    """Return a code in two halves, easier to read and to copy."""
    middle = len(code) // 2
    return f"{code[:middle]}-{code[middle:]}" if code else ""


def parse_citizen_code(text: str) -> str:
    """Return a code as it was drawn from one as a person writes it: any case, blanks and hyphens.

    Raises:
        CitizenCodeError: Not ten letters of the alphabet.
    """
    code = re.sub(r"[\s-]", "", text).upper()
    if re.fullmatch(PATTERN, code) is None:
        raise CitizenCodeError(f"a code has {LENGTH} letters of its own alphabet")
    return code
