"""A list of receipts with its proof: each is signed, and the signed log of the centre has it.

The file is read once, line by line, and nothing of it is kept: millions of receipts need no memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wire.checkpoint import Checkpoint, verify_checkpoint
from wire.errors import WireError
from wire.keys import KeyRing
from wire.merkle import RootBuilder, leaf_hash
from wire.receipt import verify_receipt
from wire.receipt_list import (
    MAX_LINE_BYTES,
    Heading,
    Leaf,
    Subtree,
    read_heading,
    read_line,
)


@dataclass(frozen=True, slots=True)
class Proved:
    """What holds: so many receipts are in the log, and so many are younger than its checkpoint."""

    heading: Heading
    checkpoint: Checkpoint | None
    in_log: int
    younger: int


class ListRefusedError(Exception):
    """A line does not hold: `code` says why, `line` which; `root` is about all lines together."""

    def __init__(self, line: int, code: str) -> None:
        super().__init__(f"line {line}: {code}")
        self.line = line
        self.code = code


def check_receipts(file: Path, keys: KeyRing) -> Proved:
    """Check every receipt of a list, and that together with its hashes it gives the signed root.

    Raises:
        OSError: The file cannot be read.
        ListRefusedError: A line does not hold, or the root is another one.
    """
    lines = _lines(file)
    number, first = next(lines, (1, b""))
    heading, checkpoint = _heading(first, keys)
    size = 0 if checkpoint is None else checkpoint.size
    tree, in_log, younger, last = RootBuilder(), 0, 0, size - 1
    for number, line in lines:
        entry = _entry(number, line, keys)
        if tree.size < size:
            in_log += isinstance(entry, Leaf)
            _add(tree, number, entry)
        elif isinstance(entry, Leaf) and entry.i > last:
            younger, last = younger + 1, entry.i
        else:
            raise ListRefusedError(number, "order")
    if checkpoint is not None and (tree.size, tree.root().hex()) != (size, checkpoint.root):
        raise ListRefusedError(number, "root")
    return Proved(heading, checkpoint, in_log, younger)


def _heading(line: bytes, keys: KeyRing) -> tuple[Heading, Checkpoint | None]:
    try:
        heading = read_heading(line)
        if heading.checkpoint is None:
            return heading, None
        return heading, verify_checkpoint(heading.checkpoint, keys)
    except WireError as error:
        raise ListRefusedError(1, error.code) from error


def _entry(number: int, line: bytes, keys: KeyRing) -> Leaf | Subtree:
    try:
        entry = read_line(line)
        if isinstance(entry, Leaf) and verify_receipt(entry.jws, keys).log_index != entry.i:
            raise ListRefusedError(number, "order")
    except WireError as error:
        raise ListRefusedError(number, error.code) from error
    return entry


def _add(tree: RootBuilder, number: int, entry: Leaf | Subtree) -> None:
    if entry.i != tree.size:
        raise ListRefusedError(number, "order")
    try:
        match entry:
            case Leaf():
                tree.add(0, leaf_hash(entry.jws.encode("ascii")))
            case Subtree():
                tree.add(entry.h, bytes.fromhex(entry.hash))
    except ValueError as error:
        raise ListRefusedError(number, "order") from error


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as content:
        number = 0
        while line := content.readline(MAX_LINE_BYTES):
            number += 1
            yield number, line
