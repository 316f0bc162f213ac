"""Signed tokens: JWS compact (RFC 7515), ES256 only, three header members, canonical claims.

Verifying is joserfc's. Signing composes the signing input here, because a station's key may live in
a chip that only signs bytes and that no library can hold as a key object.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from wire.canonical import Json, dumps, loads_canonical
from wire.errors import ShapeError, TokenError
from wire.keys import KeyRing, Signer, VerifyingKey

ALGORITHM = "ES256"
MAX_TOKEN_BYTES = 1 << 20  # a policy is the largest; a packet header has its own limit
_MEMBERS = {"alg", "kid", "typ"}


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """Claims whose signature has been checked, and the key that made it."""

    claims: Json
    key: VerifyingKey


def sign(claims: Json, *, typ: str, signer: Signer) -> str:
    """Sign claims; `typ` keeps a token of one duty from being taken for another."""
    protected = dumps({"alg": ALGORITHM, "kid": signer.kid, "typ": typ})
    signing_input = b".".join((_encode(protected), _encode(dumps(claims))))
    signature = signer.sign(signing_input)
    return b".".join((signing_input, _encode(signature))).decode("ascii")


def verify(token: str, *, typ: str, role: str, keys: KeyRing) -> VerifiedToken:
    """Check algorithm, type, key, role and signature, then read the claims.

    Raises:
        TokenError: Any of these fails; `code` is `token.` + `malformed algorithm type unknown_key
            role signature duplicate_member not_canonical`.
    """
    key = _key_of(token, typ=typ, role=role, keys=keys)
    _decode(_segments(token)[2])  # strict: spare bits in the last character would go unnoticed
    try:
        jws.deserialize_compact(
            token, ECKey.import_key(key.pem), algorithms=[ALGORITHM], registry=_registry()
        )
    except (JoseError, ValueError) as error:
        raise TokenError("signature does not match", code="token.signature") from error
    return VerifiedToken(_claims(token), key)


def read_kid(token: str) -> str:
    """Give the name of the key a token says it is signed with; nothing is verified.

    Raises:
        TokenError: Not a token of ours.
    """
    return str(_protected(token)["kid"])


def read_claims(token: str) -> Json:
    """Give the claims of a token; nothing is verified.

    Raises:
        TokenError: Not a token of ours.
    """
    return _claims(token)


def link(token: str) -> str:
    """Compute SHA-256 of the signing input, in hexadecimal.

    ECDSA signatures are not unique: a second one over the same bytes must name the same packet.

    Raises:
        TokenError: Not a compact JWS.
    """
    segments = _segments(token)
    return hashlib.sha256(f"{segments[0]}.{segments[1]}".encode("ascii")).hexdigest()


def _key_of(token: str, *, typ: str, role: str, keys: KeyRing) -> VerifyingKey:
    protected = _protected(token)
    if protected["alg"] != ALGORITHM:
        raise TokenError("algorithm is not ES256", code="token.algorithm")
    if protected["typ"] != typ:
        raise TokenError(f"token is not of type {typ}", code="token.type")
    key = keys.find(protected["kid"])
    if key is None:
        raise TokenError("signed with an unknown key", code="token.unknown_key")
    if role not in key.roles:
        raise TokenError(f"key may not sign a {role}", code="token.role")
    return key


def _registry() -> jws.JWSRegistry:
    registry = jws.JWSRegistry(algorithms=[ALGORITHM])
    registry.max_payload_length = MAX_TOKEN_BYTES
    return registry


def _protected(token: str) -> dict[str, str]:
    protected = _json(_segments(token)[0])
    if not isinstance(protected, dict) or set(protected) != _MEMBERS:
        raise TokenError("header members are not alg, kid and typ", code="token.malformed")
    if not all(isinstance(member, str) for member in protected.values()):
        raise TokenError("a header member is not a text", code="token.malformed")
    return {name: str(member) for name, member in protected.items()}


def _claims(token: str) -> Json:
    return _json(_segments(token)[1])


def _json(segment: str) -> Json:
    try:
        return loads_canonical(_decode(segment))
    except ShapeError as error:
        code = {
            "shape.duplicate_member": "token.duplicate_member",
            "shape.not_canonical": "token.not_canonical",
        }.get(error.code, "token.malformed")
        raise TokenError(str(error), code=code) from error


def _segments(token: str) -> list[str]:
    segments = token.split(".")
    if len(segments) != 3 or not token.isascii() or len(token) > MAX_TOKEN_BYTES:
        raise TokenError("not a compact JWS", code="token.malformed")
    return segments


def _encode(octets: bytes) -> bytes:
    return urlsafe_b64encode(octets).rstrip(b"=")


def _decode(segment: str) -> bytes:
    try:
        octets = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError as error:
        raise TokenError("not base64url", code="token.malformed") from error
    if _encode(octets).decode("ascii") != segment:  # b64decode skips foreign characters silently
        raise TokenError("not base64url", code="token.malformed")
    return octets
