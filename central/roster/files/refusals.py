"""Why a file cannot be read at all. Each cause has its sentence in the portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Cause(StrEnum):
    """What is wrong with a file as a whole."""

    EMPTY = "file.empty"
    NO_FILE = "file.none"
    TOO_BIG = "file.too_big"
    PDF = "file.pdf"
    IMAGE = "file.image"
    DOCUMENT = "file.document"
    OLD_EXCEL = "file.old_excel"
    BINARY_EXCEL = "file.binary_excel"
    OPEN_DOCUMENT = "file.open_document"
    NUMBERS = "file.numbers"
    MARKUP = "file.markup"
    CONTACTS = "file.contacts"
    ARCHIVE = "file.archive"
    PASSWORD = "file.password"  # noqa: S105  (a cause, not a secret)
    BINARY = "file.binary"
    ENCODING = "text.encoding"
    QUOTE = "text.quote"
    ONE_COLUMN = "text.one_column"
    DAMAGED = "workbook.damaged"
    BOMB = "workbook.bomb"
    ENTITIES = "workbook.entities"
    FORMULAS = "workbook.formulas"
    HIDDEN = "workbook.hidden"
    NO_SHEET = "workbook.no_sheet"
    NO_HEADER = "header.none"
    REPEATED_HEADER = "header.repeated"
    MISSING_HEADER = "header.missing"
    JOINED_NAMES = "header.joined_names"
    NO_ROWS = "rows.none"
    MANY_ROWS = "rows.many"
    MANY_COLUMNS = "columns.many"
    LONG_CELL = "cell.long"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that cannot be read: why, and where or how much."""

    cause: Cause
    details: Mapping[str, str | int] = field(default_factory=dict)


class FileRefusedError(Exception):
    """Raised while a file is being read; `central.roster.files.reader` gives its refusal."""

    def __init__(self, cause: Cause, **details: str | int) -> None:
        super().__init__(cause.value)
        self.refusal = Refusal(cause, details)
