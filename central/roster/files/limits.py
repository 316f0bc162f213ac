"""How large a file of auxiliares may be, in every direction."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one file. Rows are a setting; the rest protects the server and is fixed."""

    rows: int = 5_000
    columns: int = 100
    cell_characters: int = 500
    text_bytes: int = 2 * MEBIBYTE
    workbook_bytes: int = 5 * MEBIBYTE
    # A workbook is a ZIP archive: its parts, and what they become when unpacked. 5,000 rows of
    # auxiliares need about 4 MiB; XML shrinks to a twentieth, hardly ever to a hundredth.
    workbook_parts: int = 500
    unpacked_bytes: int = 64 * MEBIBYTE
    # Of one part above `ratio_from_bytes`.
    ratio: int = 150
    ratio_from_bytes: int = 2 * MEBIBYTE

    @property
    def upload_bytes(self) -> int:
        """Give the most bytes that any file may have."""
        return max(self.text_bytes, self.workbook_bytes)
