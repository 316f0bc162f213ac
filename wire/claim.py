"""The enrolment claim: the one file a technician carries from the centre to a new station."""

from dataclasses import dataclass, field
from typing import Annotated

from wire.canonical import dumps, loads
from wire.errors import ClaimError, ShapeError
from wire.keys import VerifyingKey, thumbprint
from wire.packet import IDENTIFIER
from wire.shape import Limits, decode, encode

VERSION = 1
MAX_CLAIM_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Claim:
    """Where the centre is, how to know it, and a one-time code that proves who sent the station.

    `server` is the base URL without `/api/v1`; `ca_pem` the private authority that its TLS
    certificate is checked against, empty only for a plain `http://` loopback; `keys` the centre's
    signing keys.
    """

    server: Annotated[str, Limits(pattern=r"https?://[!-~]{1,200}")]
    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    code: Annotated[str, Limits(pattern=r"[A-Za-z0-9_-]{16,128}")] = field(repr=False)
    keys: Annotated[tuple[VerifyingKey, ...], Limits(most=32)]
    ca_pem: Annotated[str, Limits(most=64 * 1024)] = ""
    expires_ms: Annotated[int, Limits(low=0, unit="ms since 1970; 0 never")] = 0
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


def build_claim(claim: Claim) -> bytes:
    """Write a claim file."""
    return dumps(encode(claim)) + b"\n"


def parse_claim(data: bytes) -> Claim:
    """Read a claim file.

    Raises:
        ClaimError: Not a claim, a key that does not match its name, or no way to know the server.
    """
    if len(data) > MAX_CLAIM_BYTES:
        raise ClaimError("claim is too large", code="claim.malformed")
    try:
        claim = decode(Claim, loads(data))
        for number, key in enumerate(claim.keys):
            if thumbprint(key.pem) != key.kid:
                raise ClaimError(f"key {number} is not the one it names", code="claim.keys")
    except ClaimError:
        raise
    except (ShapeError, ValueError) as error:
        raise ClaimError(f"not an enrolment claim: {error}", code="claim.malformed") from error
    if claim.server.startswith("https://") and not claim.ca_pem:
        raise ClaimError("claim has no authority to check the server by", code="claim.ca")
    return claim
