"""A workbook is a ZIP archive: opened only after its parts were counted, measured and read once.

What a part says of its own size is not believed: each is unpacked here, a block at a time, and what
comes out is counted. Its XML is read by a parser that stops at a document type, so no entity is
ever resolved, and that says how far the cells reach: a sheet with two cells at its far corners
would make the reader of workbooks ask for memory for all those between.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from central.roster.files.limits import Limits
from central.roster.files.refusals import Cause, FileRefusedError

_BLOCK = 256 * 1024
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MOST_DEPTH = 64
# Rows between the first and the last cell: room for titles and gaps around the rows allowed.
_SPARE_ROWS = 5_000
# Cells of all sheets together, the empty ones between them included.
_MOST_CELLS = 2_000_000
# What the parsers of archives and of XML raise for bytes that are none.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    OSError,
    RuntimeError,
    LookupError,
    OverflowError,
    ValueError,
)
# What makes a ZIP another thing than a workbook, by the names of its parts.
_OTHERS = (
    (re.compile(r"xl/workbook\.bin"), Cause.BINARY_EXCEL),
    (re.compile(r"Index/Document\.iwa|Index\.zip"), Cause.NUMBERS),
    (re.compile(r"word/document\.xml|ppt/presentation\.xml"), Cause.DOCUMENT),
    (re.compile(r"content\.xml"), Cause.OPEN_DOCUMENT),
)


@dataclass(slots=True)
class Cells:
    """What a sheet holds besides values: cells that failed, formulas that were never computed."""

    failed: set[tuple[int, int]] = field(default_factory=set)
    uncomputed: int = 0


@dataclass(frozen=True, slots=True)
class Archive:
    """A workbook that is safe to open, and the cells of each of its sheets by name."""

    cells: dict[str, Cells]


def inspect_workbook(content: bytes, limits: Limits) -> Archive:
    """Make sure that a ZIP archive is a workbook of bounded size.

    Raises:
        FileRefusedError: It is another thing, damaged, locked or made to harm.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _parts(archive, limits)
            return _inspect(archive, parts, limits)
    except _DAMAGE as error:
        raise FileRefusedError(Cause.DAMAGED) from error


def _parts(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    parts = archive.infolist()
    if len(parts) > limits.workbook_parts:
        raise FileRefusedError(Cause.BOMB)
    names = [part.filename for part in parts]
    for pattern, cause in _OTHERS:
        if any(pattern.fullmatch(name) for name in names):
            raise FileRefusedError(cause)
    if "xl/workbook.xml" not in names:
        raise FileRefusedError(Cause.ARCHIVE)
    if len(set(names)) != len(names):
        raise FileRefusedError(Cause.DAMAGED)
    for part in parts:
        if part.flag_bits & _ENCRYPTED:
            raise FileRefusedError(Cause.PASSWORD)
        if part.compress_type not in _METHODS:
            raise FileRefusedError(Cause.DAMAGED)
        large = part.file_size > limits.ratio_from_bytes
        if large and part.file_size > limits.ratio * max(part.compress_size, 1):
            raise FileRefusedError(Cause.BOMB)
    if sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise FileRefusedError(Cause.BOMB)
    return parts


def _inspect(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], limits: Limits) -> Archive:
    by_part: dict[str, Cells] = {}
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}
    area, lengths, uses = 0, list[int](), Counter[int]()
    for part in parts:
        blocks = _unpacked(archive, part)
        if not part.filename.endswith((".xml", ".rels")):
            for _block in blocks:
                pass
            continue
        reader = _PartReader(limits)
        reader.read(blocks)
        by_part[part.filename] = reader.cells
        area += reader.area
        uses += reader.uses
        lengths += reader.lengths
        if part.filename == "xl/workbook.xml":
            sheets = reader.sheets
        elif part.filename == "xl/_rels/workbook.xml.rels":
            targets = reader.targets
    # A text is stored once and shown in many cells: it is there as often in memory.
    shown = sum(lengths[index] * times for index, times in uses.items() if index < len(lengths))
    if area > _MOST_CELLS or shown > limits.unpacked_bytes:
        raise FileRefusedError(Cause.BOMB)
    return Archive(
        {name: by_part.get(_path(targets.get(key, "")), Cells()) for name, key in sheets.items()}
    )


def _path(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack one part by blocks; it is refused when it holds more than it says.

    The library stops at the size that the part declares and then compares its checksum; other
    readers go on. What is left of the stream must be nothing.
    """
    with archive.open(part) as packed:
        while block := packed.read(_BLOCK):
            yield block
    if part.compress_type == zipfile.ZIP_DEFLATED and _goes_on(archive, part):
        raise FileRefusedError(Cause.BOMB)
    if part.compress_type == zipfile.ZIP_STORED and part.file_size != part.compress_size:
        raise FileRefusedError(Cause.DAMAGED)


def _goes_on(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Say whether the compressed stream has more in it than the size declared."""
    source: Any = archive.fp
    source.seek(part.header_offset + 26)
    name_length, extra_length = (int.from_bytes(source.read(2), "little") for _ in range(2))
    source.seek(part.header_offset + 30 + name_length + extra_length)
    inflate, left = zlib.decompressobj(-zlib.MAX_WBITS), part.compress_size
    size = 0
    while left > 0 and not inflate.eof:
        packed = source.read(min(_BLOCK, left))
        if not packed:
            break
        left -= len(packed)
        while packed and not inflate.eof:
            size += len(inflate.decompress(packed, _BLOCK))
            packed = inflate.unconsumed_tail
            if size > part.file_size:
                return True
    return False


class _PartReader:
    """Reads one XML part: how far its cells reach, and the names of sheets where it has them."""

    def __init__(self, limits: Limits) -> None:
        self.cells = Cells()
        self.sheets: dict[str, str] = {}
        self.targets: dict[str, str] = {}
        # Characters of each shared text, and how many cells show it.
        self.lengths: list[int] = []
        self.uses: Counter[int] = Counter()
        self._last_row = self._last_column = 0
        self._index: list[str] | None = None
        self._most_rows = limits.rows + _SPARE_ROWS
        self._most_columns = limits.columns
        self._depth = 0
        self._row = self._column = 0
        self._is_error = self._is_shared = self._has_formula = self._has_value = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._refuse

    @property
    def area(self) -> int:
        """Give how many cells lie between the first of a sheet and the last."""
        return self._last_row * self._last_column

    def read(self, blocks: Iterator[bytes]) -> None:
        for block in blocks:
            self._parser.Parse(block, False)
        self._parser.Parse(b"", True)

    def _refuse(self, *_arguments: object) -> None:
        raise FileRefusedError(Cause.ENTITIES)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise FileRefusedError(Cause.DAMAGED)
        match name.rpartition(" ")[2]:
            case "row":
                self._row = _row_number(attributes.get("r", str(self._row + 1)))
                self._column = 0
            case "c":
                self._begin_cell(attributes)
            case "f":
                self._has_formula = True
            case "v" | "is":
                self._has_value = True
                self._measure()
                self._index = [] if self._is_shared else None
            case "si":
                self.lengths.append(0)
            case "sheet":
                key = next((v for k, v in attributes.items() if k.endswith(" id")), "")
                self.sheets[attributes.get("name", "")] = key
            case "Relationship":
                self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self._column, self._row = _place(attributes["r"])
        else:
            self._column += 1
        self._is_error = attributes.get("t") == "e"
        self._is_shared = attributes.get("t") == "s"
        self._has_formula = self._has_value = False

    def _measure(self) -> None:
        if self._row > self._most_rows:
            raise FileRefusedError(Cause.MANY_ROWS, most=self._most_rows - _SPARE_ROWS)
        if self._column > self._most_columns:
            raise FileRefusedError(Cause.MANY_COLUMNS, row=self._row, most=self._most_columns)

        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)

    def _text(self, text: str) -> None:
        if self._index is not None:
            self._index.append(text)
        elif self.lengths:
            self.lengths[-1] += len(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._index is not None:
            self.uses[int("".join(self._index) or 0)] += 1
            self._index = None
        if name.rpartition(" ")[2] != "c":
            return
        if self._is_error:
            self.cells.failed.add((self._row, self._column))
        elif self._has_formula and not self._has_value:
            self.cells.uncomputed += 1


def _row_number(text: str) -> int:
    if re.fullmatch("[0-9]{1,7}", text) is None:
        raise FileRefusedError(Cause.DAMAGED)
    return int(text)


def _place(reference: str) -> tuple[int, int]:
    """Give column and row of a cell; one that no spreadsheet has would be read past its end."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise FileRefusedError(Cause.DAMAGED)
    return _number(found[1]), int(found[2])


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
