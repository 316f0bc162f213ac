"""OCR number of the credential: 13 digits, the sección (4) and the identificador (9)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.errors import NumeroOcrError


@dataclass(frozen=True)
class NumeroOcr:
    """The OCR number taken apart."""

    seccion: str
    identificador: str

    @property
    def text(self) -> str:
        """The 13 digits as printed."""
        return self.seccion + self.identificador


def parse_numero_ocr(text: str) -> NumeroOcr:
    """Take the 13 digits apart.

    Raises:
        NumeroOcrError: Not 13 digits.
    """
    if re.fullmatch(r"[0-9]{13}", text) is None:
        raise NumeroOcrError("an OCR number has 13 digits")
    return NumeroOcr(seccion=text[:4], identificador=text[4:])


def seccion(text: str) -> str:
    """Return the sección in an OCR number; raises NumeroOcrError as `parse_numero_ocr` does."""
    return parse_numero_ocr(text).seccion


def identificador(text: str) -> str:
    """Return the identificador in an OCR number; raises NumeroOcrError likewise."""
    return parse_numero_ocr(text).identificador
