"""Folio de registro: the number of one record, issued by the station without a network.

It joins the folio of the request, the auxiliar, the device and the record, as the official
system composes it. The record's part is a sequence of the station, so no two folios are equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.errors import FolioError

REGISTRO_DIGITS = 8
MAX_LENGTH = 64

_PART = re.compile(r"[A-Z0-9]{1,20}")


@dataclass(frozen=True)
class FolioRegistro:
    """The four parts; `registro` counts from 1 at one station and is written with 8 digits.

    Raises:
        FolioError: A part is not 1 to 20 characters of A-Z and 0-9, or the record is no count.
    """

    solicitud: str
    auxiliar: str
    dispositivo: str
    registro: int

    def __post_init__(self) -> None:
        for name in ("solicitud", "auxiliar", "dispositivo"):
            if _PART.fullmatch(getattr(self, name)) is None:
                raise FolioError(f"{name}: 1 to 20 characters of A-Z and 0-9")
        if not 1 <= self.registro < 10**REGISTRO_DIGITS:
            raise FolioError(f"registro: 1 to {'9' * REGISTRO_DIGITS}")
        if len(self.compose()) > MAX_LENGTH:
            raise FolioError(f"longer than {MAX_LENGTH} characters")

    def compose(self) -> str:
        """Return the folio as printed on the slip and sent in the header."""
        registro = f"{self.registro:0{REGISTRO_DIGITS}d}"
        return f"{self.solicitud}-{self.auxiliar}-{self.dispositivo}-{registro}"

    def __str__(self) -> str:
        return self.compose()

    @classmethod
    def parse(cls, text: str) -> FolioRegistro:
        """Take a composed folio apart.

        Raises:
            FolioError: Not four parts, or a part breaks its form.
        """
        parts = text.split("-")
        if len(parts) != 4:
            raise FolioError("a folio has four parts")
        if re.fullmatch(rf"[0-9]{{{REGISTRO_DIGITS}}}", parts[3]) is None:
            raise FolioError(f"registro: {REGISTRO_DIGITS} digits")
        return cls(parts[0], parts[1], parts[2], int(parts[3]))


def compose(folio: FolioRegistro) -> str:
    """Return the text of a folio."""
    return folio.compose()


def parse(text: str) -> FolioRegistro:
    """Take a composed folio apart; raises FolioError as `FolioRegistro.parse` does."""
    return FolioRegistro.parse(text)
