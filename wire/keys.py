"""P-256 keys that sign and verify: a signer may be a file, a chip or the processor's own fuses."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey

from wire.errors import TokenError
from wire.shape import Limits

PEM_PATTERN = r"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]{1,400}\n-----END PUBLIC KEY-----\n"
KID_PATTERN = r"[A-Za-z0-9_-]{43}"
_COORDINATE_BYTES = 32


class Signer(Protocol):
    """One P-256 private key, wherever it lives; it never leaves there."""

    @property
    def kid(self) -> str:
        """The key's name: its JWK thumbprint (RFC 7638, SHA-256, base64url)."""

    @property
    def public_pem(self) -> str:
        """The public half, SubjectPublicKeyInfo in PEM."""

    def sign(self, message: bytes) -> bytes:
        """Give r and s, 32 bytes each, over SHA-256 of the message (ES256, RFC 7518 §3.4)."""


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key, what it may sign, and whose it is.

    `subject` is the station's identifier, or empty for a key of the centre. `roles` are words of
    `packet proof receipt policy time checkpoint report release`; a token outside its key's roles
    is refused.
    """

    kid: Annotated[str, Limits(pattern=KID_PATTERN)]
    pem: Annotated[str, Limits(pattern=PEM_PATTERN)]
    roles: Annotated[tuple[str, ...], Limits(pattern=r"[a-z]{1,16}", most=8)]
    subject: Annotated[str, Limits(pattern=r"[A-Z0-9]{0,20}")] = ""


class KeyRing(Protocol):
    """Where verifying keys are looked up; a database may stand behind it."""

    def find(self, kid: str) -> VerifyingKey | None:
        """Give the key of that name, or nothing."""


@dataclass(frozen=True, slots=True)
class FixedKeyRing:
    """A handful of keys held in memory."""

    keys: tuple[VerifyingKey, ...]

    def find(self, kid: str) -> VerifyingKey | None:
        """Give the key of that name, or nothing."""
        return next((key for key in self.keys if key.kid == kid), None)


@dataclass(frozen=True, slots=True)
class SoftwareSigner:
    """A P-256 key in this process's memory."""

    private_key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> "SoftwareSigner":
        """Make a fresh key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> "SoftwareSigner":
        """Read an unencrypted PKCS #8 key.

        Raises:
            TokenError: Not a P-256 private key.
        """
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise TokenError("not a private key in PEM", code="token.key") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise TokenError("not a P-256 key", code="token.key")
        return cls(key)

    def to_pem(self) -> bytes:
        """Write the private key, PKCS #8 and not encrypted: where it is kept protects it."""
        return self.private_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def kid(self) -> str:
        """The key's JWK thumbprint."""
        return thumbprint(self.public_pem)

    @property
    def public_pem(self) -> str:
        """The public half in PEM."""
        return (
            self.private_key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode("ascii")
        )

    def sign(self, message: bytes) -> bytes:
        """Give r and s, 32 bytes each."""
        r, s = decode_dss_signature(self.private_key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")


def verifying_key(public_pem: str, roles: Iterable[str], subject: str = "") -> VerifyingKey:
    """Name a public key by its thumbprint and say what it may sign."""
    return VerifyingKey(thumbprint(public_pem), public_pem, tuple(roles), subject)


def thumbprint(public_pem: str) -> str:
    """Compute the JWK thumbprint of a P-256 public key (RFC 7638, SHA-256, base64url).

    Raises:
        TokenError: Not a P-256 public key in PEM.
    """
    _require_p256(public_pem)
    return ECKey.import_key(public_pem).thumbprint()


def fingerprint(public_pem: str) -> str:
    """Hash a public key for people to compare: SHA-256 of its DER form, in hexadecimal.

    The same as `openssl pkey -pubin -outform der | sha256sum`.

    Raises:
        TokenError: Not a P-256 public key in PEM.
    """
    _require_p256(public_pem)
    der = serialization.load_pem_public_key(public_pem.encode("ascii")).public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()


def recipient_kid(recipient: str) -> str:
    """Name an age recipient (`age1…`): the first 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(recipient.encode("ascii")).hexdigest()[:32]


def _require_p256(public_pem: str) -> None:
    try:
        key = serialization.load_pem_public_key(public_pem.encode("ascii"))
    except (ValueError, UnicodeEncodeError) as error:
        raise TokenError("not a public key in PEM", code="token.key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise TokenError("not a P-256 key", code="token.key")
