"""What a station says of itself before a centre knows it: its public key, and where it lives.

Short enough for a QR code on its screen; the same text is the request file of a removable disk. It
is signed with the very key that it names, so that nobody asks in the name of a key they have not.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Annotated

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wire import jws
from wire.errors import IdentityError, ShapeError, TokenError
from wire.keys import FixedKeyRing, Signer, fingerprint, thumbprint, verifying_key
from wire.shape import Limits, decode, encode

VERSION = 1
TYP = "acopio-identity+jws"
PREFIX = "ACOPIO-CLAIM:"
MAX_IDENTITY_BYTES = 4096
_ROLE = "identity"

SERIAL = r"[A-Za-z0-9._-]{0,40}"
HARDWARE = r"[a-z0-9._-]{0,32}"
NONCE = r"[A-Za-z0-9_-]{22}"


@dataclass(frozen=True, slots=True)
class _Claims:
    """As signed: the key as a compressed point (SEC 1 §2.3.3), for the code to stay small."""

    key: Annotated[str, Limits(pattern=r"[A-Za-z0-9_-]{44}")]
    nonce: Annotated[str, Limits(pattern=NONCE)]
    serial: Annotated[str, Limits(pattern=SERIAL)] = ""
    hardware: Annotated[str, Limits(pattern=HARDWARE)] = ""
    software: Annotated[str, Limits(pattern=r"[!-~]{0,64}")] = ""
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


@dataclass(frozen=True, slots=True)
class Identity:
    """A key that waits to be enrolled; `nonce` is drawn with it, and an answer repeats it."""

    public_pem: str
    nonce: str
    serial: str = ""
    hardware: str = ""
    software: str = ""

    @property
    def kid(self) -> str:
        """The key's JWK thumbprint."""
        return thumbprint(self.public_pem)

    @property
    def fingerprint(self) -> str:
        """What people compare, in groups of four."""
        return grouped(fingerprint(self.public_pem))


def build_identity(identity: Identity, signer: Signer) -> str:
    """Write the text of a request; the signer holds the key that it names."""
    claims = _Claims(
        key=_compressed(identity.public_pem),
        nonce=identity.nonce,
        serial=identity.serial,
        hardware=identity.hardware,
        software=identity.software,
    )
    return PREFIX + jws.sign(encode(claims), typ=TYP, signer=signer)


def parse_identity(text: str) -> Identity:
    """Read the text of a request, as it was scanned, pasted or uploaded.

    Raises:
        IdentityError: Not a request, or not signed with the key that it names.
    """
    token = "".join(text.split())
    if len(token) > MAX_IDENTITY_BYTES or not token.startswith(PREFIX):
        raise IdentityError("not the request of a station")
    token = token.removeprefix(PREFIX)
    try:
        claims = decode(_Claims, jws.read_claims(token))
        pem = _expanded(claims.key)
        keys = FixedKeyRing((verifying_key(pem, (_ROLE,)),))
        jws.verify(token, typ=TYP, role=_ROLE, keys=keys)
    except (TokenError, ShapeError, ValueError) as error:
        raise IdentityError(f"not the request of a station: {error}") from error
    return Identity(pem, claims.nonce, claims.serial, claims.hardware, claims.software)


def grouped(digits: str) -> str:
    """Write hexadecimal digits as people compare them: groups of four."""
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def _compressed(pem: str) -> str:
    key = serialization.load_pem_public_key(pem.encode("ascii"))
    point = key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    return urlsafe_b64encode(point).decode("ascii")


def _expanded(point: str) -> str:
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), urlsafe_b64decode(point))
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode("ascii")
