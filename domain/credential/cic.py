"""CIC, the código de identificación de la credencial: nine digits, and a tenth that checks them."""

from __future__ import annotations

import re

from domain.credential.mrz import check_digit
from domain.errors import CicError


def parse_cic(text: str) -> str:
    """Return the nine digits of a CIC printed alone, with its check digit, or after `IDMEX`.

    Raises:
        CicError: Not nine or ten digits, or the tenth does not check (ICAO Doc 9303 weights).
    """
    match = re.fullmatch(r"(?:IDMEX)?([0-9]{9})([0-9])?", text)
    if match is None:
        raise CicError("a CIC has 9 digits, 10 with its check digit")
    cic, printed = match.groups()
    if printed is not None and str(check_digit(cic)) != printed:
        raise CicError("position 10 does not check")
    return str(cic)


def with_check_digit(cic: str) -> str:
    """Return a CIC of nine digits followed by its check digit.

    Raises:
        CicError: The text is no CIC.
    """
    digits = parse_cic(cic)
    return f"{digits}{check_digit(digits)}"
