"""Proof that a request comes from its station: a JWT over method, URL, body and server nonce.

In the manner of RFC 9449 (DPoP). Freshness is the server's nonce, not the clock: a station whose
clock is wrong still gets in, and `iat` only tells how wrong it is.
"""

import hashlib
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from wire import jws
from wire.errors import ProofError, ShapeError, TokenError
from wire.keys import KeyRing, Signer
from wire.packet import HEX_64, IDENTIFIER, UUID_7
from wire.shape import Limits, decode, encode

TYP = "acopio-proof+jwt"
PROOF_HEADER = "Acopio-Proof"
NONCE_HEADER = "Acopio-Nonce"


@dataclass(frozen=True, slots=True)
class Proof:
    """The claims of one proof; `nonce` is empty on a first request, answered with 401."""

    htm: Annotated[str, Limits(pattern=r"[A-Z]{3,7}")]
    htu: Annotated[str, Limits(pattern=r"https?://[!-~]{1,500}")]
    body_sha256: Annotated[str, Limits(pattern=HEX_64)]
    iat: Annotated[int, Limits(low=0, unit="s since 1970")]
    jti: Annotated[str, Limits(pattern=UUID_7)]
    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    nonce: Annotated[str, Limits(pattern=r"[!-~]{0,200}")] = ""


def target(url: str) -> str:
    """Write a URL as proofs name it: lower-case scheme and host, no default port, no fragment."""
    split = urlsplit(url)
    host = (split.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}.get(split.scheme.lower())
    if split.port is not None and split.port != default:
        host = f"{host}:{split.port}"
    return urlunsplit((split.scheme.lower(), host, split.path or "/", split.query, ""))


def sign_proof(
    *,
    method: str,
    url: str,
    body: bytes,
    nonce: str,
    station: str,
    issued_s: int,
    jti: str,
    signer: Signer,
) -> str:
    """Sign one request; the result is the value of the header `Acopio-Proof`."""
    digest = hashlib.sha256(body).hexdigest()
    proof = Proof(method, target(url), digest, issued_s, jti, station, nonce)
    return jws.sign(encode(proof), typ=TYP, signer=signer)


def verify_proof(token: str, keys: KeyRing, *, method: str, url: str, body: bytes) -> Proof:
    """Check that a proof is of this request and of the station that owns the key.

    The caller still checks that `nonce` is one it gave and not too old, and that `jti` is new.

    Raises:
        ProofError: `code` is `proof.` + what failed: `malformed unknown_key role signature
            request station`.
    """
    try:
        verified = jws.verify(token, typ=TYP, role="proof", keys=keys)
        proof = decode(Proof, verified.claims)
    except (TokenError, ShapeError) as error:
        code = error.code.replace("token", "proof", 1)
        raise ProofError(
            f"proof refused: {error}", code=code if code.startswith("proof.") else "proof.malformed"
        ) from error
    if verified.key.subject != proof.station:
        raise ProofError("the key is another station's", code="proof.station")
    digest = hashlib.sha256(body).hexdigest()
    if (proof.htm, proof.htu, proof.body_sha256) != (method, target(url), digest):
        raise ProofError("proof is of another request", code="proof.request")
    return proof
