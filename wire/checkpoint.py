"""A signed head of the centre's log of receipts: what the centre commits itself to.

The log is a Merkle tree (RFC 6962); leaf n is the JWS of the receipt
whose `log_index` is n, as it stands.
"""

from dataclasses import dataclass
from typing import Annotated

from wire import jws
from wire.errors import CheckpointError, ShapeError, TokenError
from wire.keys import KeyRing, Signer
from wire.packet import HEX_64
from wire.shape import Limits, decode, encode

VERSION = 1
TYP = "acopio-checkpoint+jws"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many leaves the log had, their root, when; and the size of the checkpoint before."""

    size: Annotated[int, Limits(low=1)]
    root: Annotated[str, Limits(pattern=HEX_64)]
    time_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    previous_size: Annotated[int, Limits(low=0)] = 0
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """Sign a checkpoint with the centre's receipt key."""
    return jws.sign(encode(checkpoint), typ=TYP, signer=signer)


def verify_checkpoint(token: str, keys: KeyRing) -> Checkpoint:
    """Read a checkpoint signed by a key with the role `checkpoint`.

    Raises:
        CheckpointError: The signature, the key or the shape does not hold.
    """
    try:
        verified = jws.verify(token, typ=TYP, role="checkpoint", keys=keys)
        return decode(Checkpoint, verified.claims)
    except (TokenError, ShapeError) as error:
        raise CheckpointError(
            f"checkpoint refused: {error}", code=error.code.replace("token", "checkpoint", 1)
        ) from error
