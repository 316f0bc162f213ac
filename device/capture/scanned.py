"""Codes that the scanner gave during a visit: evidence, and a number where one was not read."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.credential.checks import cross_checks
from domain.credential.cic import parse_cic
from domain.credential.numero_ocr import parse_numero_ocr
from domain.errors import DomainError
from wire.record import Field, Source, as_values

# The credential has no more codes than this; the oldest gives way.
MOST_CODES = 4
# The digits are certain. That they are this field is: witnessed, or only of its length.
_WITNESSED, _OF_ITS_LENGTH = 0.9, 0.5


@dataclass(frozen=True)
class ScannedCode:
    """One code as the scanner gave it; what it means is for the authority to say."""

    payload: bytes = field(repr=False)

    def to_json(self) -> dict[str, str]:
        """Return the code as the record keeps it."""
        return {
            "format": "scanner",
            "base64": base64.b64encode(self.payload).decode("ascii"),
            "sha256": hashlib.sha256(self.payload).hexdigest(),
        }


def with_code(codes: Sequence[ScannedCode], code: ScannedCode) -> tuple[ScannedCode, ...]:
    """Return the codes of a visit with one more; the same one twice is one."""
    return (*(known for known in codes if known != code), code)[-MOST_CODES:]


def with_numbers(
    fields: Mapping[str, Field], mrz: Sequence[str], codes: Sequence[ScannedCode]
) -> dict[str, Field]:
    """Return the fields with the numbers that were not read and that a code gives.

    A number is taken only where the cross-checks find nothing new to object to.
    """
    found = dict(fields)
    for code in codes:
        named = _number(code.payload, found)
        if named is None or named[0] in found:
            continue
        tried = {**found, named[0]: named[1]}
        if _objections(tried, mrz) <= _objections(found, mrz):
            found = tried
    return found


def _number(payload: bytes, fields: Mapping[str, Field]) -> tuple[str, Field] | None:
    """Return the field that digits alone can be: 9 or 10 a CIC, 13 an OCR number."""
    if not (payload.isascii() and payload.isdigit()):
        return None
    text = payload.decode("ascii")
    try:
        if len(text) == 13:
            value = parse_numero_ocr(text).text
            return "numero_ocr", _scanned(value, is_witnessed="seccion" in fields)
        return "cic", _scanned(parse_cic(text), is_witnessed=len(text) == 10)
    except DomainError:
        return None


def _scanned(value: str, *, is_witnessed: bool) -> Field:
    confidence = _WITNESSED if is_witnessed else _OF_ITS_LENGTH
    return Field(value, Source.SCANNER, confidence)


def _objections(fields: Mapping[str, Field], mrz: Sequence[str]) -> set[str]:
    return set(cross_checks(as_values(fields), list(mrz) or None))
