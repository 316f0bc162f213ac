"""The centre's answer to a request, for a station without a network: a file that names one key.

It holds what `POST /enrol` answers, and is signed by the centre. It is bound to the key and to the
nonce of the request: no other station can use it, and the same station not a second time.
"""

from dataclasses import dataclass
from typing import Annotated

from wire import jws
from wire.api import EnrolAnswer
from wire.errors import ClaimError, ShapeError, TokenError
from wire.identity import NONCE
from wire.keys import KID_PATTERN, KeyRing, Signer
from wire.shape import Limits, decode, encode

VERSION = 1
TYP = "acopio-enrolment+jws"
MAX_ANSWER_BYTES = 2 << 20


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """One enrolment, for the key `kid` and the request with that nonce."""

    kid: Annotated[str, Limits(pattern=KID_PATTERN)]
    nonce: Annotated[str, Limits(pattern=NONCE)]
    answer: EnrolAnswer
    expires_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


def sign_answer(answer: SignedAnswer, signer: Signer) -> str:
    """Sign an answer with the key that signs policies."""
    return jws.sign(encode(answer), typ=TYP, signer=signer)


def verify_answer(token: str, keys: KeyRing) -> SignedAnswer:
    """Read an answer signed by a key with the role `policy`.

    Raises:
        ClaimError: The signature or the shape does not hold.
    """
    try:
        verified = jws.verify(token.strip(), typ=TYP, role="policy", keys=keys)
        return decode(SignedAnswer, verified.claims)
    except (TokenError, ShapeError) as error:
        raise ClaimError(
            f"answer refused: {error}", code=error.code.replace("token", "answer", 1)
        ) from error
