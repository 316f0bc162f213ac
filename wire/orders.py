"""Orders of the centre to one station, signed by its policy key, and what the station answers.

An order is bound to its station and has a name that is used once; a station does each at most once
and answers each until the centre has heard it. What an order may ask is a closed list: none of them
opens anything, runs anything or changes a setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from wire import jws
from wire.errors import PolicyError, ShapeError, TokenError
from wire.keys import KeyRing, Signer
from wire.packet import HEX_32, IDENTIFIER
from wire.shape import Limits, decode, encode

TYP = "acopio-order+jws"
MOST_ORDERS = 8  # in one answer; the next ones come with the next hello
MOST_MESSAGE = 280
MOST_FINDINGS = 200


class OrderKind(StrEnum):
    """What a station may be told."""

    MESSAGE = "message"  # show `text` on the start page until the order expires
    INCIDENT = "incident"  # say how the chain and the queue are, in the next hello


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `text` is that of a message, empty otherwise."""

    id: Annotated[str, Limits(pattern=HEX_32)]
    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    kind: OrderKind
    issued_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    expires_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    text: Annotated[str, Limits(most=MOST_MESSAGE)] = ""


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What became of one order: done, or refused with a code; a report has its findings."""

    id: Annotated[str, Limits(pattern=HEX_32)]
    is_done: bool
    code: Annotated[str, Limits(pattern=r"[a-z0-9_.]{0,64}")] = ""
    findings: Annotated[Mapping[str, str], Limits(pattern=r"[ -~]{0,200}", most=MOST_FINDINGS)] = (
        field(default_factory=dict)
    )


@dataclass(frozen=True, slots=True)
class OrderAnswers:
    """A station that sends this understands `HelloAnswer.orders`."""

    answers: Annotated[tuple[OrderAnswer, ...], Limits(most=MOST_ORDERS)] = ()


def sign_order(order: Order, signer: Signer) -> str:
    """Sign an order with the centre's policy key."""
    return jws.sign(encode(order), typ=TYP, signer=signer)


def verify_order(token: str, keys: KeyRing, *, station: str) -> Order:
    """Read an order signed by a key with the role `policy`, for this very station.

    Raises:
        PolicyError: The signature, the shape or the station does not hold; `order.…`.
    """
    try:
        order = decode(Order, jws.verify(token, typ=TYP, role="policy", keys=keys).claims)
    except (TokenError, ShapeError) as error:
        code = error.code.replace("token", "order", 1)
        raise PolicyError(f"order refused: {error}", code=code) from error
    if order.station != station:
        raise PolicyError("the order is another station's", code="order.station")
    return order
