"""What is inside an apoyo: the record (JSON) and the images (a tar), for the authority alone.

The record repeats the packet's identity and the digest of every image, so that neither part can be
moved to another packet. Both parts are padded by what their format ignores (spaces, zeros).
"""

import hashlib
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from domain.citizen_code import PATTERN as CITIZEN_CODE
from wire.canonical import dumps, loads
from wire.envelope import pad
from wire.errors import RecordError, ShapeError
from wire.packet import HEX_32, HEX_64, IDENTIFIER, REASON, UUID_7, Header
from wire.shape import Limits, decode, encode

VERSION = 1
IMAGE_FILES = {
    "front": "front.jpg",
    "back": "back.jpg",
    "face": "face.jpg",
    "signature": "signature.png",
}
_CODE = r"[a-z0-9][a-z0-9_.]{0,63}"
_NAME = r"[a-z][a-z0-9_]{0,31}"


class Source(StrEnum):
    """How a field's value came to be known (design: recognition)."""

    MRZ = "mrz"
    TEXT = "text"
    BARCODE = "barcode"
    SCANNER = "scanner"
    TYPED = "typed"


# Without one of these the register cannot be asked.
IDENTIFIERS: tuple[str, ...] = ("clave_elector", "cic", "numero_ocr")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the credential as captured; its text hides itself in `repr`.

    `box` is x, y, width and height in pixels of the rectified side; `confidence` is 0 to 1.
    """

    value: Annotated[str | tuple[str, ...], Limits(most=200)] = field(repr=False)
    source: Source
    confidence: Annotated[float, Limits(low=0.0, high=1.0)]
    side: Annotated[str | None, Limits(pattern=r"front|back")] = None
    box: Annotated[tuple[float, float, float, float] | None, Limits(low=-10_000, high=10_000)] = (
        None
    )


@dataclass(frozen=True, slots=True)
class Edit:
    """One change by the operator, kept so that a reviewer sees what the camera read."""

    name: Annotated[str, Limits(pattern=_NAME)]
    before: Annotated[str | tuple[str, ...] | None, Limits(most=200)] = field(
        default=None, repr=False
    )
    after: Annotated[str | tuple[str, ...] | None, Limits(most=200)] = field(
        default=None, repr=False
    )
    at_ms: Annotated[int, Limits(low=0, unit="ms since the visit began")] = 0


@dataclass(frozen=True, slots=True)
class Attack:
    """Score of a presentation attack on one image: 0 looks original, 1 looks made."""

    image: Annotated[str, Limits(pattern=r"front|back|face")]
    kind: Annotated[str, Limits(pattern=_CODE)]
    score: Annotated[float, Limits(low=0.0, high=1.0)]
    detected: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person was shown and when they agreed, by the station's clock."""

    notice: Annotated[str, Limits(pattern=r"[!-~]{1,64}")]
    accepted_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    language: Annotated[str, Limits(pattern=r"[A-Za-z_-]{2,12}")] = "es_MX"


@dataclass(frozen=True, slots=True)
class Capture:
    """What one visit gave, before it becomes a packet; the kiosk fills it.

    `mrz` has three lines of 30 or nothing. `qualities` maps e.g. `front.focus` to a number,
    `timings_ms` a stage to milliseconds, `versions` a model or program to its digest or version.
    `code` is on the citizen's slip: who has it and the folio may ask for this apoyo.
    """

    model: Annotated[str, Limits(pattern=r"C|D|E|F|G|H|new")]
    fields: Annotated[Mapping[str, Field], Limits(most=32)]
    consent: Consent
    captured_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    mrz: Annotated[tuple[str, ...], Limits(most=3)] = field(default=(), repr=False)
    barcodes: Annotated[tuple[Mapping[str, str], ...], Limits(most=16)] = field(
        default=(), repr=False
    )
    edits: Annotated[tuple[Edit, ...], Limits(most=64)] = ()
    checks: Annotated[tuple[str, ...], Limits(pattern=_CODE, most=64)] = ()
    attacks: Annotated[tuple[Attack, ...], Limits(most=16)] = ()
    qualities: Annotated[Mapping[str, float], Limits(most=256)] = field(default_factory=dict)
    timings_ms: Annotated[Mapping[str, int], Limits(most=64, low=0)] = field(default_factory=dict)
    versions: Annotated[Mapping[str, str], Limits(most=32)] = field(default_factory=dict)
    flags: Annotated[tuple[str, ...], Limits(pattern=_CODE, most=32)] = ()
    code: Annotated[str, Limits(pattern=f"|{CITIZEN_CODE}")] = field(default="", repr=False)


def as_values(fields: Mapping[str, Field]) -> dict[str, str | list[str]]:
    """Return the values as the rules of `domain` take them."""
    return {
        name: f.value if isinstance(f.value, str) else list(f.value) for name, f in fields.items()
    }


def identifying(fields: Mapping[str, Field]) -> dict[str, str]:
    """Return the numbers that tell one credential, as far as they are there."""
    found = {name: fields[name].value for name in IDENTIFIERS if name in fields}
    return {name: value for name, value in found.items() if isinstance(value, str)}


@dataclass(frozen=True, slots=True)
class Images:
    """The pictures of one visit, encoded: JPEG, and PNG for the signature."""

    front: bytes = field(repr=False)
    back: bytes = field(repr=False)
    face: bytes | None = field(default=None, repr=False)
    signature: bytes | None = field(default=None, repr=False)

    def named(self) -> dict[str, bytes]:
        """Give the pictures that there are, by name, in the order of the archive."""
        every = {name: getattr(self, name) for name in IMAGE_FILES}
        return {name: content for name, content in every.items() if content is not None}


@dataclass(frozen=True, slots=True)
class ImageEntry:
    """One image as the record lists it."""

    name: Annotated[str, Limits(pattern="|".join(IMAGE_FILES))]
    size: Annotated[int, Limits(low=1, unit="bytes")]
    sha256: Annotated[str, Limits(pattern=HEX_64)]


@dataclass(frozen=True, slots=True)
class Record:
    """The `record` part: whose packet it is in, what was captured, and its images."""

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    epoch: Annotated[str, Limits(pattern=HEX_32)]
    seq: Annotated[int, Limits(low=1)]
    packet_id: Annotated[str, Limits(pattern=UUID_7)]
    process: Annotated[str, Limits(pattern=IDENTIFIER)]
    solicitud: Annotated[str, Limits(pattern=IDENTIFIER)]
    auxiliar: Annotated[str, Limits(pattern=IDENTIFIER)]
    folio: Annotated[str, Limits(pattern=r"[A-Z0-9]+(-[A-Z0-9]+){3}", most=64)]
    capture: Capture
    images: Annotated[tuple[ImageEntry, ...], Limits(most=len(IMAGE_FILES))]
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


@dataclass(frozen=True, slots=True)
class Detail:
    """The `detail` part of an event, gap or session: numbers and texts, nothing of a citizen."""

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    epoch: Annotated[str, Limits(pattern=HEX_32)]
    seq: Annotated[int, Limits(low=1)]
    packet_id: Annotated[str, Limits(pattern=UUID_7)]
    code: Annotated[str, Limits(pattern=REASON)]
    numbers: Annotated[Mapping[str, int], Limits(most=64)] = field(default_factory=dict)
    texts: Annotated[Mapping[str, str], Limits(most=500)] = field(default_factory=dict)
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


def list_images(images: Images) -> tuple[ImageEntry, ...]:
    """Give name, size and digest of each image, as the record carries them."""
    return tuple(
        ImageEntry(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in images.named().items()
    )


def build_record(record: Record) -> bytes:
    """Write the padded plaintext of the `record` part.

    Raises:
        RecordError: A value is out of its limits.
    """
    return _build(Record, record)


def build_detail(detail: Detail) -> bytes:
    """Write the padded plaintext of a `detail` part.

    Raises:
        RecordError: A value is out of its limits.
    """
    return _build(Detail, detail)


def parse_record(padded: bytes, header: Header) -> Record:
    """Read the `record` part that was opened from the packet with this header.

    Raises:
        RecordError: Not the agreed shape, or it was written for another packet.
    """
    try:
        record = decode(Record, loads(padded))
    except ShapeError as error:
        raise RecordError(str(error), code="record.shape") from error
    for name in ("station", "epoch", "seq", "packet_id", "process", "auxiliar", "folio"):
        if getattr(record, name) != getattr(header, name):
            raise RecordError(f"record is of another packet: {name}", code="record.transplanted")
    return record


def parse_detail(padded: bytes, header: Header) -> Detail:
    """Read the `detail` part that was opened from the packet with this header.

    Raises:
        RecordError: Not the agreed shape, or it was written for another packet.
    """
    try:
        detail = decode(Detail, loads(padded))
    except ShapeError as error:
        raise RecordError(str(error), code="record.shape") from error
    for name in ("station", "epoch", "seq", "packet_id"):
        if getattr(detail, name) != getattr(header, name):
            raise RecordError(f"detail is of another packet: {name}", code="record.transplanted")
    return detail


def build_images(images: Images) -> bytes:
    """Write the padded plaintext of the `images` part: an uncompressed tar of fixed names."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in images.named().items():
            member = tarfile.TarInfo(IMAGE_FILES[name])
            member.size = len(content)
            member.mode = 0o400
            tar.addfile(member, io.BytesIO(content))
    return pad(archive.getvalue(), b"\0")


def parse_images(padded: bytes, record: Record) -> Images:
    """Read the `images` part, only regular files of the names and digests that the record lists.

    Raises:
        RecordError: A member is missing, foreign, repeated, or not the one the record names.
    """
    wanted = {IMAGE_FILES[entry.name]: entry for entry in record.images}
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(padded), mode="r:") as tar:
            for member in tar:
                entry = wanted.pop(member.name, None)
                if entry is None or not member.isreg() or member.size != entry.size:
                    raise RecordError("archive holds a foreign file", code="record.images")
                found[entry.name] = tar.extractfile(member).read()  # type: ignore[union-attr]  # it is a regular file
                if hashlib.sha256(found[entry.name]).hexdigest() != entry.sha256:
                    raise RecordError(f"image {entry.name} was changed", code="record.images")
    except tarfile.TarError as error:
        raise RecordError("not a tar archive", code="record.images") from error
    if wanted or not {"front", "back"} <= set(found):
        raise RecordError("an image is missing", code="record.images")
    return Images(**found)


def _build(shape: type[Record] | type[Detail], value: Record | Detail) -> bytes:
    plain = encode(value)
    try:
        decode(shape, plain)
        return pad(dumps(plain), b" ")
    except ShapeError as error:
        raise RecordError(str(error), code="record.shape") from error
