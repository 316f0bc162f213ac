"""The centre's word that it keeps a packet: the only reason for which a station deletes one."""

from dataclasses import dataclass
from typing import Annotated

from wire import jws
from wire.errors import ReceiptError, ShapeError, TokenError
from wire.keys import KeyRing, Signer
from wire.packet import HEX_32, HEX_64, IDENTIFIER, MAX_PACKET_BYTES
from wire.shape import Limits, decode, encode

VERSION = 1
TYP = "acopio-receipt+jws"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One packet, its digest, when it was kept, and its leaf in the centre's log.

    `quarantined` says that the packet is kept as evidence (a fork, a revoked station) and not
    counted for now. The same link always gets the same receipt, byte for byte.
    """

    link: Annotated[str, Limits(pattern=HEX_64)]
    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    epoch: Annotated[str, Limits(pattern=HEX_32)]
    seq: Annotated[int, Limits(low=1)]
    size: Annotated[int, Limits(low=1, high=MAX_PACKET_BYTES, unit="bytes")]
    sha256: Annotated[str, Limits(pattern=HEX_64)]
    received_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    log_index: Annotated[int, Limits(low=0)]
    log_size: Annotated[int, Limits(low=1)]
    quarantined: bool = False
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


def sign_receipt(receipt: Receipt, signer: Signer) -> str:
    """Sign a receipt with the centre's receipt key."""
    return jws.sign(encode(receipt), typ=TYP, signer=signer)


def verify_receipt(token: str, keys: KeyRing) -> Receipt:
    """Read a receipt signed by a key with the role `receipt`.

    Raises:
        ReceiptError: The signature, the key or the shape does not hold.
    """
    try:
        receipt = decode(Receipt, jws.verify(token, typ=TYP, role="receipt", keys=keys).claims)
    except (TokenError, ShapeError) as error:
        raise ReceiptError(
            f"receipt refused: {error}", code=error.code.replace("token", "receipt", 1)
        ) from error
    if receipt.log_index >= receipt.log_size:
        raise ReceiptError("receipt's leaf is beyond its log", code="receipt.log")
    return receipt


def require_receipt_of(
    receipt: Receipt, *, link: str, station: str, epoch: str, seq: int, size: int, sha256: str
) -> None:
    """Check that a receipt speaks of this very packet.

    Raises:
        ReceiptError: The first member that differs is named.
    """
    expected = {
        "link": link,
        "station": station,
        "epoch": epoch,
        "seq": seq,
        "size": size,
        "sha256": sha256,
    }
    for name, value in expected.items():
        if getattr(receipt, name) != value:
            raise ReceiptError(f"receipt is of another packet: {name}", code="receipt.other")
