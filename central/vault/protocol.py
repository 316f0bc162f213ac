"""What travels on the vault's socket: a framed JSON request, a framed JSON answer, then the bytes.

request  = u32 length | {"link", "part", "purpose", "actor"}
answer   = u32 length | {"size"} | that many bytes,   or   u32 length | {"code", "message"}
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, BinaryIO, TypeVar

from central.errors import VaultUnavailableError
from wire.canonical import dumps, loads
from wire.packet import HEX_64
from wire.shape import Limits, decode, encode

T = TypeVar("T")

MAX_MESSAGE_BYTES = 16 * 1024
_LENGTH = struct.Struct(">I")


class PartName(StrEnum):
    """The two parts of an apoyo."""

    RECORD = "record"
    IMAGES = "images"


class Purpose(StrEnum):
    """The duty for which a part is opened."""

    VERIFICATION = "verification"
    REVIEW = "review"
    HEARING = "hearing"  # the aspirante looks, as far as the authority has opened it


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """One part of one packet, who wants it, and why."""

    link: Annotated[str, Limits(pattern=HEX_64)]
    part: PartName
    purpose: Purpose
    # `worker:<name>` or `user:<number>`; it is written into the audit trail.
    actor: Annotated[str, Limits(pattern=r"(worker|user):[!-~]{1,64}")]


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """What follows, or why nothing does."""

    size: Annotated[int, Limits(low=0, unit="bytes")] = 0
    code: Annotated[str, Limits(most=64)] = ""
    message: Annotated[str, Limits(most=500)] = ""


def send(stream: BinaryIO, message: object, body: bytes = b"") -> None:
    """Write one message and what follows it."""
    head = dumps(encode(message))
    stream.write(_LENGTH.pack(len(head)) + head + body)
    stream.flush()


def receive(stream: BinaryIO, shape: type[T]) -> T | None:
    """Read one message, or None when the other side has hung up between two.

    Raises:
        ShapeError: It is not of the agreed shape.
        VaultUnavailableError: It is cut, or too long.
    """
    prefix = stream.read(_LENGTH.size)
    if not prefix:
        return None
    if len(prefix) < _LENGTH.size:
        raise VaultUnavailableError("a message was cut")
    (length,) = _LENGTH.unpack(prefix)
    if length > MAX_MESSAGE_BYTES:
        raise VaultUnavailableError("a message is too long")
    return decode(shape, loads(read_exactly(stream, length)))


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """Read so many bytes.

    Raises:
        VaultUnavailableError: The other side hung up before.
    """
    data = stream.read(size)
    if len(data) < size:
        raise VaultUnavailableError("a message was cut")
    return data
