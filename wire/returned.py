"""What a removable disk brings back to the station whose packets it carried.

Receipts and policy are signed by the centre: the disk may pass through any hands.
"""

from dataclasses import dataclass
from typing import Annotated

from wire.canonical import dumps, loads
from wire.errors import ReturnedError, ShapeError
from wire.packet import IDENTIFIER
from wire.shape import Limits, decode, encode

VERSION = 1
FILE_NAME = "returned.json"
MAX_RETURNED_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Returned:
    """The receipts of the packets on the disk, and the policy in force when they were taken."""

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    policy: Annotated[str, Limits(most=1 << 20)]
    receipts: Annotated[tuple[str, ...], Limits(most=100_000)] = ()
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


def folder_name(station: str) -> str:
    """Name the folder of one station on a removable disk."""
    return f"acopio-{station}"


def build_returned(returned: Returned) -> bytes:
    """Write the file."""
    return dumps(encode(returned)) + b"\n"


def parse_returned(data: bytes) -> Returned:
    """Read the file; whether the centre signed its contents is for the caller to check.

    Raises:
        ReturnedError: Not such a file.
    """
    if len(data) > MAX_RETURNED_BYTES:
        raise ReturnedError("the file is too large", code="returned.malformed")
    try:
        return decode(Returned, loads(data))
    except (ShapeError, ValueError) as error:
        raise ReturnedError(f"not what a centre returns: {error}") from error
