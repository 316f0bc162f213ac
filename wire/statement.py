"""What a station states about itself, signed, short enough for a QR code on paper or a screen.

A close-out bounds what a station that is lost later took with it; a passport says what runs on it.
Neither has anything about a citizen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from wire import jws
from wire.errors import ShapeError, StatementError, TokenError
from wire.keys import KeyRing, Signer
from wire.packet import HEX_32, HEX_64, IDENTIFIER
from wire.shape import Limits, decode, encode

VERSION = 1
TYP_CLOSE_OUT = "acopio-close-out+jws"
TYP_PASSPORT = "acopio-passport+jws"
TYP_READINESS = "acopio-readiness+jws"
# The signed header of a packet and a statement are the same duty: the station speaks of its chain.
_ROLE = "packet"
_WORD = r"[!-~]{1,64}"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CloseOut:
    """One session of an auxiliar, closed: the chain from its first packet to its last.

    `link` is that of the packet `last_seq`, the session's close; through `prev` it stands for every
    packet before it. The epoch is not repeated: each epoch has its own key, and `kid` names it. So
    the token stays under 504 bytes, the most that fits across the narrowest paper.
    """

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    first_seq: Annotated[int, Limits(low=1)]
    last_seq: Annotated[int, Limits(low=1)]
    link: Annotated[str, Limits(pattern=HEX_64)]
    apoyos: Annotated[int, Limits(low=0)]
    voids: Annotated[int, Limits(low=0)]
    wall_s: Annotated[int, Limits(low=0, unit="s since 1970, by the station's clock")]
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


@dataclass(frozen=True, slots=True)
class Passport:
    """What a station is at this moment: its program, models and settings, its chain, its queue."""

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    epoch: Annotated[str, Limits(pattern=HEX_32)]
    software: Annotated[str, Limits(pattern=_WORD)]
    models: Annotated[str, Limits(pattern=_WORD)]
    config_sha256: Annotated[str, Limits(pattern=HEX_64)]
    head_seq: Annotated[int, Limits(low=0)]
    head_link: Annotated[str, Limits(pattern=HEX_64)]
    waiting: Annotated[int, Limits(low=0)]
    policy: Annotated[int, Limits(low=0)]
    wall_ms: Annotated[int, Limits(low=0, unit="ms since 1970, by the station's clock")]
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the self-test of a running station found: for each part `ok`, or the code of a fault."""

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    software: Annotated[str, Limits(pattern=_WORD)]
    is_ready: bool
    wall_ms: Annotated[int, Limits(low=0, unit="ms since 1970, by the station's clock")]
    findings: Annotated[Mapping[str, str], Limits(most=64)] = field(default_factory=dict)
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


_TYPES: Mapping[type, str] = {
    CloseOut: TYP_CLOSE_OUT,
    Passport: TYP_PASSPORT,
    Readiness: TYP_READINESS,
}


def sign_statement(statement: CloseOut | Passport | Readiness, signer: Signer) -> str:
    """Sign a statement with the station's key."""
    return jws.sign(encode(statement), typ=_TYPES[type(statement)], signer=signer)


def verify_statement(token: str, kind: type[T], keys: KeyRing) -> T:
    """Read a statement that its station signed.

    Args:
        token: As scanned.
        kind: `CloseOut`, `Passport` or `Readiness`.
        keys: Keys of stations, each with its station as its subject.

    Raises:
        StatementError: The signature, the key, the station or the shape does not hold.
    """
    try:
        verified = jws.verify(token, typ=_TYPES[kind], role=_ROLE, keys=keys)
        statement = decode(kind, verified.claims)
    except (TokenError, ShapeError) as error:
        raise StatementError(
            f"statement refused: {error}", code=error.code.replace("token", "statement", 1)
        ) from error
    if getattr(statement, "station", None) != verified.key.subject:
        raise StatementError("statement of another station", code="statement.station")
    return statement
