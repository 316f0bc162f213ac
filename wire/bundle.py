"""A release for stations in one file: a manifest that was signed offline, then its payloads.

    bundle = "ACOPIO-BUNDLE-1\\n" | u32be(length) | signed manifest | payload 1 | … | payload n

The signed manifest is a JWS in general JSON form (RFC 7515 §7.2.1): one payload, a signature of
each release key. A station asks for a number of them, so that no single key makes a release. The
centre hands bundles out and can make none: it holds no release key.

Whoever installs reads a bundle twice: once to check all of it, then to write what is hashed again.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, BinaryIO

from wire import jws
from wire.canonical import Json, dumps, loads_canonical
from wire.errors import BundleError, ShapeError, TokenError
from wire.keys import FixedKeyRing, Signer
from wire.packet import HEX_64
from wire.shape import Limits, decode, encode

VERSION = 1
TYP = "acopio-release+jws"
ROLE = "release"
MAGIC = b"ACOPIO-BUNDLE-1\n"
MAX_MANIFEST_BYTES = 64 * 1024
CHUNK_BYTES = 1 << 20
COMPATIBLE = r"[a-z0-9][a-z0-9-]{0,63}"
_LENGTH = struct.Struct(">I")
_MOST_BYTES = 16 << 30


class BundleKind(StrEnum):
    """What a bundle replaces."""

    SYSTEM = "system"  # the program with all it stands on: a whole slot
    MODELS = "models"  # the networks alone


@dataclass(frozen=True, slots=True)
class Payload:
    """One part of a bundle; `target` is the part of a slot it fills, or `models` for a file."""

    name: Annotated[str, Limits(pattern=r"[a-z0-9][a-z0-9._-]{0,63}")]
    size: Annotated[int, Limits(low=1, high=_MOST_BYTES, unit="bytes")]
    sha256: Annotated[str, Limits(pattern=HEX_64)]
    target: Annotated[str, Limits(pattern=r"boot|root|app|models")]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a bundle and who may take it.

    `number` grows with each release of a kind: a station never goes to a lower one. `from_number`
    is the lowest that this one may replace; 0 for any.
    """

    kind: BundleKind
    version: Annotated[str, Limits(pattern=r"[0-9A-Za-z][0-9A-Za-z.+-]{0,39}")]
    number: Annotated[int, Limits(low=1, high=1 << 40)]
    compatible: Annotated[str, Limits(pattern=COMPATIBLE)]
    issued_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    expires_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    payloads: Annotated[tuple[Payload, ...], Limits(most=64)]
    from_number: Annotated[int, Limits(low=0, high=1 << 40)] = 0
    # A mended hole does not wait for the end of a process.
    is_critical: bool = False
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION

    @property
    def size(self) -> int:
        """Bytes of all payloads."""
        return sum(payload.size for payload in self.payloads)


@dataclass(frozen=True, slots=True)
class _Signature:
    protected: Annotated[str, Limits(pattern=r"[A-Za-z0-9_-]{1,1000}")]
    signature: Annotated[str, Limits(pattern=r"[A-Za-z0-9_-]{86}")]


@dataclass(frozen=True, slots=True)
class _Signed:
    payload: Annotated[str, Limits(pattern=r"[A-Za-z0-9_-]+", most=MAX_MANIFEST_BYTES)]
    signatures: Annotated[tuple[_Signature, ...], Limits(most=8)]

    def tokens(self) -> Iterator[str]:
        """Give each signature as a compact JWS."""
        for one in self.signatures:
            yield f"{one.protected}.{self.payload}.{one.signature}"


def sign_manifest(manifest: Manifest, signers: Iterable[Signer]) -> str:
    """Sign a manifest with one key or several."""
    tokens = [jws.sign(encode(manifest), typ=TYP, signer=signer) for signer in signers]
    return _joined(tokens)


def add_signature(text: str, signer: Signer) -> str:
    """Sign the same manifest with one key more.

    Raises:
        BundleError: Not a signed manifest, or signed with this key already.
    """
    signed = _parse(text)
    tokens = list(signed.tokens())
    if signer.kid in [_kid(token) for token in tokens]:
        raise BundleError("signed with this key already", code="bundle.signed")
    return _joined([*tokens, jws.sign(_claims(signed), typ=TYP, signer=signer)])


def read_manifest(text: str) -> Manifest:
    """Read a manifest without asking who signed it: to show it, never to rely on it.

    Raises:
        BundleError: Not a signed manifest.
    """
    return _manifest(_parse(text))


def verify_manifest(text: str, keys: FixedKeyRing, *, signatures: int) -> Manifest:
    """Read a manifest that enough release keys signed; signatures of other keys do not count.

    Raises:
        BundleError: `code` is `bundle.` + `malformed`, `signature` (one of a key we know is wrong)
            or `signatures` (too few).
    """
    signed = _parse(text)
    good: set[str] = set()
    for token in signed.tokens():
        if keys.find(_kid(token)) is None:
            continue
        try:
            good.add(jws.verify(token, typ=TYP, role=ROLE, keys=keys).key.kid)
        except TokenError as error:
            raise BundleError(f"manifest refused: {error}", code="bundle.signature") from error
    if len(good) < max(1, signatures):
        raise BundleError(
            f"signed by {len(good)} release keys, {signatures} needed", code="bundle.signatures"
        )
    return _manifest(signed)


def require_fitting(manifest: Manifest, *, compatible: str, installed: int, now_ms: int) -> None:
    """Refuse a release that is not for this station, or would take it back.

    Args:
        manifest: Verified.
        compatible: What this station is.
        installed: Number of the release of this kind that it has; 0 for none.
        now_ms: The station's clock: a late one lets an expired release through, and its number
            still keeps it from going back.

    Raises:
        BundleError: `bundle.` + `compatible`, `older`, `floor` or `expired`.
    """
    if manifest.compatible != compatible:
        raise BundleError(f"made for {manifest.compatible}", code="bundle.compatible")
    if manifest.number <= installed:
        raise BundleError(
            f"number {manifest.number}, {installed} is installed", code="bundle.older"
        )
    if installed < manifest.from_number:
        raise BundleError(
            f"replaces {manifest.from_number} or later, {installed} is installed",
            code="bundle.floor",
        )
    if now_ms > manifest.expires_ms:
        raise BundleError("the release has expired", code="bundle.expired")


def read_header(file: BinaryIO) -> str:
    """Read the signed manifest from the start of a bundle; the payloads follow.

    Raises:
        BundleError: Not a bundle.
    """
    head = file.read(len(MAGIC) + _LENGTH.size)
    if head[: len(MAGIC)] != MAGIC:
        raise BundleError("not a bundle of Acopio", code="bundle.malformed")
    if len(head) < len(MAGIC) + _LENGTH.size:
        raise BundleError("the file ends too early", code="bundle.truncated")
    (length,) = _LENGTH.unpack(head[len(MAGIC) :])
    if length > MAX_MANIFEST_BYTES:
        raise BundleError("the manifest is too long", code="bundle.malformed")
    text = file.read(length)
    if len(text) < length:
        raise BundleError("the file ends too early", code="bundle.truncated")
    try:
        return text.decode("ascii")
    except UnicodeDecodeError as error:
        raise BundleError("the manifest is not ASCII", code="bundle.malformed") from error


def write_header(file: BinaryIO, signed: str) -> None:
    """Begin a bundle."""
    text = signed.encode("ascii")
    file.write(MAGIC + _LENGTH.pack(len(text)) + text)


def describe_payload(file: BinaryIO, *, name: str, target: str) -> Payload:
    """Measure and hash what is to be a payload, from where the file stands to its end."""
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    return Payload(name, size, digest.hexdigest(), target)


def read_payload(file: BinaryIO, payload: Payload) -> Iterator[bytes]:
    """Read the next payload in chunks; the last one comes before its digest was compared.

    Raises:
        BundleError: `bundle.truncated` or `bundle.hash`: nothing of it may be used.
    """
    digest, left = hashlib.sha256(), payload.size
    while left:
        chunk = file.read(min(CHUNK_BYTES, left))
        if not chunk:
            raise BundleError(f"{payload.name} ends too early", code="bundle.truncated")
        digest.update(chunk)
        left -= len(chunk)
        yield chunk
    if digest.hexdigest() != payload.sha256:
        raise BundleError(f"{payload.name} is not what was signed", code="bundle.hash")


def check_payloads(file: BinaryIO, manifest: Manifest) -> None:
    """Read all payloads and compare their digests; the file stands behind its manifest.

    Raises:
        BundleError: As `read_payload`, or `bundle.malformed` for bytes that nobody signed.
    """
    for payload in manifest.payloads:
        for _chunk in read_payload(file, payload):
            pass
    if file.read(1):
        raise BundleError("there is more than was signed", code="bundle.malformed")


def _joined(tokens: list[str]) -> str:
    segments = [token.split(".") for token in tokens]
    signatures = tuple(_Signature(protected, signature) for protected, _, signature in segments)
    return dumps(encode(_Signed(segments[0][1], signatures))).decode("ascii")


def _parse(text: str) -> _Signed:
    try:
        if len(text) > MAX_MANIFEST_BYTES:
            raise ShapeError("manifest: too long")
        return decode(_Signed, loads_canonical(text.encode("utf-8")))
    except ShapeError as error:
        raise BundleError(f"not a signed manifest: {error}", code="bundle.malformed") from error


def _kid(token: str) -> str:
    try:
        return jws.read_kid(token)
    except TokenError as error:
        raise BundleError(f"not a signature: {error}", code="bundle.malformed") from error


def _claims(signed: _Signed) -> Json:
    try:
        return jws.read_claims(next(signed.tokens(), ".."))
    except TokenError as error:
        raise BundleError(f"not a manifest: {error}", code="bundle.malformed") from error


def _manifest(signed: _Signed) -> Manifest:
    try:
        manifest = decode(Manifest, _claims(signed))
    except ShapeError as error:
        raise BundleError(f"not a manifest: {error}", code="bundle.malformed") from error
    targets = [payload.target for payload in manifest.payloads]
    names = {payload.name for payload in manifest.payloads}
    is_models = manifest.kind is BundleKind.MODELS
    fits = all((target == "models") == is_models for target in targets)
    once = is_models or len(set(targets)) == len(targets)
    if not targets or len(names) != len(targets) or not fits or not once:
        raise BundleError("payloads that do not go together", code="bundle.malformed")
    return manifest
