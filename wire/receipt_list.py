"""The aspirante's own proof as a file: receipts, and that the log of the centre has each of them.

JSON lines in the order of the log: a heading with a signed head of the log, then receipts and,
between them, the hashes of complete subtrees that hold what belongs to others. The leaves of the
receipts and those hashes give the signed root. Receipts younger than that head come last.
"""

from dataclasses import dataclass
from typing import Annotated

from wire.canonical import dumps, loads
from wire.errors import ShapeError
from wire.packet import HEX_64
from wire.shape import Limits, decode, encode

KIND = "acopio-receipts"
MAX_LINE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line: whose receipts, the number of the export, the checkpoint if there is one."""

    export: Annotated[str, Limits(most=40)]
    folio_solicitud: Annotated[str, Limits(most=40)]
    made_for: Annotated[str, Limits(most=300)]
    made_at: Annotated[str, Limits(most=100)]
    checkpoint: Annotated[str | None, Limits(most=4_000)] = None
    kind: Annotated[str, Limits(pattern=KIND)] = KIND
    v: Annotated[int, Limits(low=1, high=1)] = 1


@dataclass(frozen=True, slots=True)
class Leaf:
    """One receipt as the centre signed it, at its place in the log."""

    i: Annotated[int, Limits(low=0)]
    folio: Annotated[str, Limits(most=100)]
    state: Annotated[str, Limits(most=100)]
    jws: Annotated[str, Limits(most=8_000)]


@dataclass(frozen=True, slots=True)
class Subtree:
    """The hash over 2^h leaves of others, from leaf i on."""

    i: Annotated[int, Limits(low=0)]
    h: Annotated[int, Limits(low=0, high=62)]
    hash: Annotated[str, Limits(pattern=HEX_64)]


def write_line(line: Heading | Leaf | Subtree) -> bytes:
    """Write one line, its end included."""
    return dumps(encode(line)) + b"\n"


def read_heading(line: bytes) -> Heading:
    """Read the first line.

    Raises:
        ShapeError: It is no list of receipts.
    """
    return decode(Heading, loads(line))


def read_line(line: bytes) -> Leaf | Subtree:
    """Read one of the other lines.

    Raises:
        ShapeError: It is neither a receipt nor a hash.
    """
    value = loads(line)
    if not isinstance(value, dict):
        raise ShapeError("not an entry", code="shape.not_json")
    return decode(Subtree, value) if "hash" in value else decode(Leaf, value)
