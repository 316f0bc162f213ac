"""The packet: a signed header without personal data, then encrypted parts; taken whole or not.

    <link>.acp = u32 big endian, length of the JWS | JWS compact | part | part …

Packets of one station and epoch form a chain: `seq` starts at 1 and never repeats, `prev` is the
previous packet's link, and a link is SHA-256 of the JWS signing input.
"""

import dataclasses
import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, BinaryIO

from wire import jws
from wire.envelope import count_recipients
from wire.errors import PacketRefusedError, ShapeError, TokenError
from wire.keys import KeyRing, Signer
from wire.shape import Limits, decode, encode

VERSION = 1
TYP = "acopio-packet+jws"
MAX_HEADER_BYTES = 16 * 1024
MAX_PARTS = 8
MAX_PACKET_BYTES = 8 * 1024 * 1024
_LENGTH = struct.Struct(">I")

HEX_32 = r"[0-9a-f]{32}"
HEX_64 = r"[0-9a-f]{64}"
IDENTIFIER = r"[A-Z0-9]{1,20}"
UUID_7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
REASON = r"[a-z][a-z0-9_.]{0,63}"
_WORD = r"[!-~]{1,64}"
_MAX_INT = (1 << 53) - 1  # the largest integer every JSON reader keeps exact

# What each refusal means to the one who has to act on it; a code is never renamed.
REFUSALS = {
    "packet.truncated": "the bytes end before the lengths say so",
    "packet.too_large": "over 8 MiB",
    "packet.header_too_large": "the signed header is over 16 KiB",
    "packet.malformed": "the header is not a compact JWS with alg, kid and typ",
    "packet.algorithm": "the algorithm is not ES256",
    "packet.type": "the JWS is not a packet header",
    "packet.unknown_key": "no station key of that name",
    "packet.role": "the key may not sign packets",
    "packet.signature": "the signature does not match",
    "packet.duplicate_member": "a JSON member is named twice",
    "packet.not_canonical": "the JSON is not in canonical spelling",
    "packet.version": "unknown version of the format",
    "packet.kind": "unknown kind of packet",
    "packet.claim": "a header claim is unknown, missing or out of its limits",
    "packet.station": "the key belongs to another station",
    "packet.parts": "the parts are not those of its kind",
    "packet.length": "the lengths do not add up to the packet",
    "packet.hash": "a part is not the one that was signed",
    "packet.recipients": "a part is not an age file for exactly the named recipients",
}


class Kind(StrEnum):
    """What a packet is."""

    APOYO = "apoyo"
    VOID = "void"  # withdraws an apoyo of this station, named by `target`
    GAP = "gap"  # takes the place of a packet that a crash left unfinished, with its packet_id
    EVENT = "event"
    SESSION_OPEN = "session_open"
    SESSION_CLOSE = "session_close"
    CHECKPOINT = "checkpoint"
    EPOCH_OPEN = "epoch_open"
    EPOCH_CLOSE = "epoch_close"


class ClockClass(StrEnum):
    """How far the station's clock is to be believed."""

    ANCHORED = "anchored"  # set against a signed time of the centre since this boot
    RTC = "rtc"  # battery-backed clock, anchored within the last 7 days
    UNVERIFIED = "unverified"  # network time or an older anchor
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PartEntry:
    """One part as the header lists it; `size` is in bytes of ciphertext."""

    name: Annotated[str, Limits(pattern=r"[a-z]{1,16}")]
    size: Annotated[int, Limits(low=1, high=MAX_PACKET_BYTES, unit="bytes")]
    sha256: Annotated[str, Limits(pattern=HEX_64)]


@dataclass(frozen=True, slots=True)
class Header:
    """The claims of a packet: integers and ASCII texts only, and nothing about a person.

    `mono_ms` counts from the boot named by `boot_id`; `wall_ms` is the station's clock, a hint and
    never a proof. `anchor` names the last signed time token. `folio` is an apoyo's alone; `reason`
    and `target` are of `gap`, `void` and `event` (why, and the link concerned).
    """

    kind: Kind
    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    process: Annotated[str, Limits(pattern=IDENTIFIER)]
    epoch: Annotated[str, Limits(pattern=HEX_32)]
    seq: Annotated[int, Limits(low=1, high=_MAX_INT)]
    prev: Annotated[str, Limits(pattern=HEX_64)]
    packet_id: Annotated[str, Limits(pattern=UUID_7)]
    software: Annotated[str, Limits(pattern=_WORD)]
    models: Annotated[str, Limits(pattern=_WORD)]
    boot_id: Annotated[str, Limits(pattern=HEX_32)]
    boot_n: Annotated[int, Limits(low=0, high=_MAX_INT)]
    mono_ms: Annotated[int, Limits(low=0, high=_MAX_INT, unit="ms")]
    wall_ms: Annotated[int, Limits(low=0, high=_MAX_INT, unit="ms")]
    clock: ClockClass
    folio: Annotated[str | None, Limits(pattern=r"[A-Z0-9]+(-[A-Z0-9]+){3}", most=64)] = None
    auxiliar: Annotated[str | None, Limits(pattern=IDENTIFIER)] = None
    session: Annotated[str | None, Limits(pattern=_WORD)] = None
    anchor: Annotated[str | None, Limits(pattern=_WORD)] = None
    notice: Annotated[str | None, Limits(pattern=_WORD)] = None
    reason: Annotated[str | None, Limits(pattern=REASON)] = None
    target: Annotated[str | None, Limits(pattern=HEX_64)] = None
    recipients: Annotated[tuple[str, ...], Limits(pattern=HEX_32, most=4)] = ()
    parts: Annotated[tuple[PartEntry, ...], Limits(most=MAX_PARTS)] = ()
    v: int = VERSION


@dataclass(frozen=True, slots=True)
class Part:
    """One encrypted part and its name."""

    name: str
    ciphertext: bytes = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet whose signature, lengths and hashes all hold."""

    header: Header
    link: str
    jws: str = dataclasses.field(repr=False)
    parts: tuple[Part, ...] = dataclasses.field(repr=False)
    size: int
    sha256: str

    def part(self, name: str) -> bytes:
        """Give the ciphertext of one part; `KeyError` when this kind has none of that name."""
        for part in self.parts:
            if part.name == name:
                return part.ciphertext
        raise KeyError(name)

    def to_bytes(self) -> bytes:
        """Write the container exactly as it was read or built."""
        return _container(self.jws, self.parts)


def genesis(station: str, epoch: str, nonce: str) -> str:
    """Compute `prev` of an epoch's first packet from the nonce the centre gave with the epoch."""
    text = f"acopio/genesis/1|{station}|{epoch}|{nonce}"
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def build_packet(header: Header, parts: Sequence[Part], signer: Signer) -> Packet:
    """List the parts in the header, sign it, and put the container together.

    Raises:
        PacketRefusedError: A parser would refuse the result; nothing was built.
    """
    entries = tuple(
        PartEntry(p.name, len(p.ciphertext), hashlib.sha256(p.ciphertext).hexdigest())
        for p in parts
    )
    header = dataclasses.replace(header, parts=entries)
    try:
        decode(Header, encode(header))
    except ShapeError as error:
        raise PacketRefusedError(str(error), code="packet.claim") from error
    _check_kind(header)
    token = jws.sign(encode(header), typ=TYP, signer=signer)
    _check_header_size(len(token))
    _check_recipients(header, parts)
    data = _container(token, parts)
    if len(data) > MAX_PACKET_BYTES:
        raise PacketRefusedError("packet is over 8 MiB", code="packet.too_large")
    sha256 = hashlib.sha256(data).hexdigest()
    return Packet(header, jws.link(token), token, tuple(parts), len(data), sha256)


def parse_packet(source: bytes | BinaryIO, keys: KeyRing) -> Packet:
    """Read one packet and check all of it: signature first, then claims, lengths and hashes.

    Args:
        source: The container, or a stream that holds it and nothing after it.
        keys: Station keys with the role `packet`; there is no way to parse without them.

    Raises:
        PacketRefusedError: Anything is wrong; `code` is a key of `REFUSALS`.
    """
    data = source if isinstance(source, bytes) else source.read(MAX_PACKET_BYTES + 1)
    if len(data) > MAX_PACKET_BYTES:
        raise PacketRefusedError("packet is over 8 MiB", code="packet.too_large")
    token = _read_token(data)
    header = _verified_header(token, keys)
    parts = _cut_parts(header, memoryview(data)[_LENGTH.size + len(token) :])
    _check_hashes(header, parts)
    _check_recipients(header, parts)
    return Packet(
        header, jws.link(token), token, parts, len(data), hashlib.sha256(data).hexdigest()
    )


def read_kid(data: bytes) -> str:
    """Give the name of the key a container says it is signed with; nothing is verified.

    Raises:
        PacketRefusedError: The start of the container cannot be read.
    """
    try:
        return jws.read_kid(_read_token(data))
    except TokenError as error:
        raise _refusal(error) from error


def parse_header(token: str, keys: KeyRing) -> Header:
    """Verify a header kept apart from its parts, as auditors have it.

    Raises:
        PacketRefusedError: The signature or a claim does not hold.
    """
    _check_header_size(len(token))
    return _verified_header(token, keys)


def _container(token: str, parts: Sequence[Part]) -> bytes:
    head = token.encode("ascii")
    return b"".join((_LENGTH.pack(len(head)), head, *(part.ciphertext for part in parts)))


def _read_token(data: bytes) -> str:
    if len(data) < _LENGTH.size:
        raise PacketRefusedError("no length of the header", code="packet.truncated")
    (length,) = _LENGTH.unpack_from(data)
    _check_header_size(length)
    raw = data[_LENGTH.size : _LENGTH.size + length]
    if len(raw) < length:
        raise PacketRefusedError("the header is cut", code="packet.truncated")
    if not raw.isascii():
        raise PacketRefusedError("the header is not ASCII", code="packet.malformed")
    return raw.decode("ascii")


def _verified_header(token: str, keys: KeyRing) -> Header:
    try:
        verified = jws.verify(token, typ=TYP, role="packet", keys=keys)
    except TokenError as error:
        raise _refusal(error) from error
    claims = verified.claims
    if not isinstance(claims, dict):
        raise PacketRefusedError("claims are not a table", code="packet.claim")
    version = claims.get("v")
    if version != VERSION or isinstance(version, bool | float):
        raise PacketRefusedError("unknown version", code="packet.version")
    if claims.get("kind") not in list(Kind):
        raise PacketRefusedError("unknown kind", code="packet.kind")
    try:
        header = decode(Header, claims)
    except ShapeError as error:
        raise PacketRefusedError(str(error), code="packet.claim") from error
    if verified.key.subject != header.station:
        raise PacketRefusedError("the key is another station's", code="packet.station")
    _check_kind(header)
    return header


def _refusal(error: TokenError) -> PacketRefusedError:
    code = error.code.replace("token.", "packet.", 1)
    return PacketRefusedError(str(error), code=code if code in REFUSALS else "packet.malformed")


def _check_header_size(length: int) -> None:
    if length > MAX_HEADER_BYTES:
        raise PacketRefusedError("header is over 16 KiB", code="packet.header_too_large")


def _check_kind(header: Header) -> None:
    """Check the claims and parts that a kind must have, and those it cannot have."""
    names = tuple(part.name for part in header.parts)
    is_apoyo = header.kind is Kind.APOYO
    if names != ("record", "images") if is_apoyo else names not in ((), ("detail",)):
        raise PacketRefusedError("parts are not those of the kind", code="packet.parts")
    if is_apoyo != (header.folio is not None):
        raise PacketRefusedError("only an apoyo has a folio", code="packet.claim")
    if is_apoyo and (header.auxiliar is None or header.session is None):
        raise PacketRefusedError("an apoyo names its auxiliar and session", code="packet.claim")
    if header.kind in (Kind.GAP, Kind.VOID, Kind.EVENT) and header.reason is None:
        raise PacketRefusedError(f"{header.kind} without a reason", code="packet.claim")
    if (header.kind is Kind.VOID) != (header.target is not None):
        raise PacketRefusedError("only a void has a target", code="packet.claim")
    if bool(header.parts) != bool(header.recipients):
        raise PacketRefusedError("parts and recipients go together", code="packet.recipients")
    if len(set(header.recipients)) != len(header.recipients):
        raise PacketRefusedError("a recipient is named twice", code="packet.recipients")


def _cut_parts(header: Header, body: memoryview) -> tuple[Part, ...]:
    total = sum(entry.size for entry in header.parts)
    if len(body) < total:
        raise PacketRefusedError("the parts are cut", code="packet.truncated")
    if len(body) > total:
        raise PacketRefusedError("bytes after the last part", code="packet.length")
    parts = []
    for entry in header.parts:
        parts.append(Part(entry.name, bytes(body[: entry.size])))
        body = body[entry.size :]
    return tuple(parts)


def _check_hashes(header: Header, parts: Sequence[Part]) -> None:
    for entry, part in zip(header.parts, parts, strict=True):
        if hashlib.sha256(part.ciphertext).hexdigest() != entry.sha256:
            raise PacketRefusedError(f"part {entry.name} was altered", code="packet.hash")


def _check_recipients(header: Header, parts: Sequence[Part]) -> None:
    for part in parts:
        if count_recipients(part.ciphertext) != len(header.recipients):
            raise PacketRefusedError(
                f"part {part.name} is not sealed to the named recipients",
                code="packet.recipients",
            )
