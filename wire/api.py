"""Requests and answers of `/api/v1`, used by the station and the centre alike.

Every request carries `Acopio-Proof`. An answer of 401 with `Acopio-Nonce` gives a fresh nonce, to
be used from then on; any answer may. An error's body is an `ErrorAnswer`: its `code` is stable.

    POST /api/v1/enrol              EnrolRequest → EnrolAnswer
    POST /api/v1/hello              HelloRequest → HelloAnswer
    POST /api/v1/activate           ActivateRequest → PolicyAnswer
    GET  /api/v1/policy             → PolicyAnswer
    HEAD /api/v1/packets/{link}     → 200 Upload-Offset, Upload-Length · 404 nothing yet
    PUT  /api/v1/packets/{link}     Upload-Offset, Upload-Length, ≤ 1 MiB →
                                    204 Upload-Offset · 200 UploadAnswer
                                    409 `upload.offset` Upload-Offset
    GET  /api/v1/receipts?after=N   → ReceiptsAnswer
    GET  /api/v1/releases/{sha256}  Range: bytes=A-B, ≤ 1 MiB → 206 the bytes of a bundle

A PUT of no bytes at offset = length asks for the receipt of a packet that is already complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, TypeVar

from domain.activation_code import PATTERN as ACTIVATION_CODE
from wire.canonical import dumps, loads
from wire.keys import PEM_PATTERN
from wire.orders import MOST_ORDERS, OrderAnswers
from wire.packet import HEX_32, HEX_64, IDENTIFIER, ClockClass
from wire.shape import Limits, decode, encode

T = TypeVar("T")

PREFIX = "/api/v1"
OFFSET_HEADER = "Upload-Offset"
LENGTH_HEADER = "Upload-Length"
MAX_CHUNK_BYTES = 1024 * 1024
CONTENT_TYPE_CHUNK = "application/octet-stream"
# A station that does not know its name yet calls itself so; no station may be named like this.
UNNAMED = "SINALTA"
_WORD = r"[!-~]{1,64}"
_ARGON2ID = r"\$argon2id\$v=19\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+"


class ErrorCode:
    """Codes of the protocol itself; a refused packet answers with its own `packet.…` code."""

    NONCE = "proof.nonce"  # 401: take the nonce of this answer and ask again
    OFFSET = "upload.offset"  # 409: go on from the Upload-Offset of this answer
    LENGTH = "upload.length"  # 409: begun with another Upload-Length
    LINK = "upload.link"  # 422: the bytes are another packet than the URL says
    CLAIM = "enrol.claim"  # 403: unknown, used or expired code
    WAITING = "enrol.waiting"  # 403: nobody has approved this key yet; ask again
    OTHER_KEY = "enrol.other_key"  # 403: the claim was approved for another station's key
    OTHER_BOARD = "enrol.other_board"  # 403: the claim names the serial of another board
    ACTIVATION_WRONG = "activation.wrong"  # 403: no such auxiliar here, or another code
    ACTIVATION_EXPIRED = "activation.expired"  # 403: the code is too old
    ACTIVATION_USED = "activation.used"  # 409: the code was used for another password
    ACTIVATION_LOCKED = "activation.locked"  # 403: too many wrong codes; a new one is needed
    ACTIVATION_WITHDRAWN = "activation.withdrawn"  # 403: not an auxiliar any more
    ACTIVATION_VERIFIER = "activation.verifier"  # 422: not an Argon2id of the agreed cost
    REVOKED = "station.revoked"  # 403: no longer a station of ours; packets are still taken


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """Why a request failed."""

    code: Annotated[str, Limits(pattern=r"[a-z][a-z0-9_.]{0,63}")]
    message: Annotated[str, Limits(most=500)] = ""


class Standing(StrEnum):
    """What the centre wants of a station that is its own; absent, it captures."""

    ACCEPTANCE = "acceptance"  # enrolled, not active: it captures when its report was accepted
    DRAIN = "drain"  # it moves or is replaced: it delivers what it has and captures nothing
    QUARANTINED = "quarantined"  # its chain contradicts itself: what it delivers is kept aside


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """A new station's public key under its claim's code; that key also signs the proof.

    Without a code, and as the station `UNNAMED`, it asks whether its key was approved. `serial` is
    that of its board.
    """

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    code: Annotated[str, Limits(pattern=r"([A-Za-z0-9_-]{16,128})?")] = field(repr=False)
    public_key_pem: Annotated[str, Limits(pattern=PEM_PATTERN)]
    software: Annotated[str, Limits(pattern=_WORD)]
    wall_ms: Annotated[int, Limits(low=0, unit="ms since 1970")] = 0
    serial: Annotated[str | None, Limits(pattern=r"[A-Za-z0-9._-]{1,40}")] = None
    hardware: Annotated[str | None, Limits(pattern=r"[a-z0-9._-]{1,32}")] = None


@dataclass(frozen=True, slots=True)
class EnrolAnswer:
    """The station's epoch: `genesis` of its chain comes from `nonce`; `certificate_pem` is X.509.

    `first_registro` is the first number of a record the station may give, beyond all it ever gave.
    The same claim, station and key get the same answer again: an answer may be lost on its way.
    """

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    epoch: Annotated[str, Limits(pattern=HEX_32)]
    nonce: Annotated[str, Limits(pattern=r"[A-Za-z0-9_-]{16,64}")]
    policy: Annotated[str, Limits(most=1 << 20)]
    certificate_pem: Annotated[str, Limits(most=16 * 1024)] = ""
    first_registro: Annotated[int, Limits(low=1)] = 1
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """How a station is; numbers only, by the names of `states` (packets by state) and `gauges`."""

    states: Annotated[Mapping[str, int], Limits(most=16, low=0)] = field(default_factory=dict)
    gauges: Annotated[Mapping[str, int], Limits(most=64)] = field(default_factory=dict)
    disk_free_bytes: Annotated[int, Limits(low=0, unit="bytes")] = 0
    oldest_waiting_s: Annotated[int, Limits(low=0, unit="s")] = 0


@dataclass(frozen=True, slots=True)
class UpdateStatus:
    """Which releases a station has, and what became of the last one it was offered.

    A station that sends this understands `HelloAnswer.release`. `state` is of the release whose
    signed manifest has the SHA-256 `digest`, empty where there is none.
    """

    compatible: Annotated[str, Limits(pattern=r"[a-z0-9][a-z0-9-]{0,63}")]
    system: Annotated[int, Limits(low=0, unit="number of the release")] = 0
    models: Annotated[int, Limits(low=0, unit="number of the release")] = 0
    state: Annotated[str, Limits(pattern=r"(fetching|waiting|trying|kept|returned|refused)?")] = ""
    code: Annotated[str, Limits(pattern=r"[a-z0-9_.]{0,64}")] = ""
    digest: Annotated[str, Limits(pattern=r"([0-9a-f]{64})?")] = ""


@dataclass(frozen=True, slots=True)
class HelloRequest:
    """The head of a station's chain, its clock and its health."""

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    epoch: Annotated[str, Limits(pattern=HEX_32)]
    head_seq: Annotated[int, Limits(low=0)]
    head_link: Annotated[str, Limits(pattern=HEX_64)]
    boot_id: Annotated[str, Limits(pattern=HEX_32)]
    boot_n: Annotated[int, Limits(low=0)]
    mono_ms: Annotated[int, Limits(low=0, unit="ms since boot")]
    wall_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    clock: ClockClass
    software: Annotated[str, Limits(pattern=_WORD)]
    models: Annotated[str, Limits(pattern=_WORD)]
    policy_version: Annotated[int, Limits(low=0)]
    nonce: Annotated[str, Limits(pattern=_WORD)]
    health: Health = Health()
    # The signed report of an acceptance, while the centre waits for it.
    readiness: Annotated[str | None, Limits(most=8192)] = None
    update: UpdateStatus | None = None
    orders: OrderAnswers | None = None


@dataclass(frozen=True, slots=True)
class ReleaseOffer:
    """A bundle for this station: its signed manifest says what it is (`wire.bundle`)."""

    sha256: Annotated[str, Limits(pattern=HEX_64)]
    size_bytes: Annotated[int, Limits(low=1, unit="bytes")]
    manifest: Annotated[str, Limits(most=64 * 1024)]


@dataclass(frozen=True, slots=True)
class HelloAnswer:
    """Signed time, what the centre has of this station's epoch, and what it lacks.

    `missing` are ranges of seq, both ends included, between 1 and the larger of both heads.
    """

    time: Annotated[str, Limits(most=4096)]
    head_seq: Annotated[int, Limits(low=0)]
    head_link: Annotated[str, Limits(pattern=r"([0-9a-f]{64})?")]
    missing: Annotated[tuple[tuple[int, int], ...], Limits(low=1, most=1000)] = ()
    policy_version: Annotated[int, Limits(low=0)] = 0
    is_revoked: bool = False
    release: ReleaseOffer | None = None
    standing: Standing | None = None
    # Signed (`wire.orders`); absent for a station that does not understand them.
    orders: Annotated[tuple[str, ...], Limits(most=MOST_ORDERS)] | None = None


@dataclass(frozen=True, slots=True)
class ActivateRequest:
    """An auxiliar's one-time code for the verifier of their new password; both hide in `repr`.

    The same verifier again gets the same answer: an answer may be lost on its way.
    """

    auxiliar: Annotated[str, Limits(pattern=IDENTIFIER)]
    code: Annotated[str, Limits(pattern=ACTIVATION_CODE)] = field(repr=False)
    verifier: Annotated[str, Limits(pattern=_ARGON2ID, most=300)] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """The policy in force, signed."""

    policy: Annotated[str, Limits(most=1 << 20)]


@dataclass(frozen=True, slots=True)
class UploadAnswer:
    """The receipt of a complete packet, signed."""

    receipt: Annotated[str, Limits(most=4096)]


class Outcome(StrEnum):
    """What became of a packet at the centre."""

    STORED = "stored"
    RESEND = "resend"  # send it again from the start
    RECAPTURE = "recapture"  # the person has to be asked again; `reason` says why


@dataclass(frozen=True, slots=True)
class ReceiptItem:
    """One packet's outcome; a stored one has its receipt."""

    cursor: Annotated[int, Limits(low=1)]
    link: Annotated[str, Limits(pattern=HEX_64)]
    outcome: Outcome
    receipt: Annotated[str | None, Limits(most=4096)] = None
    reason: Annotated[str | None, Limits(pattern=r"[a-z][a-z0-9_.]{0,63}")] = None


@dataclass(frozen=True, slots=True)
class ReceiptsAnswer:
    """Outcomes after a cursor, in order; `after` is the cursor to ask with next."""

    items: Annotated[tuple[ReceiptItem, ...], Limits(most=500)] = ()
    after: Annotated[int, Limits(low=0)] = 0
    has_more: bool = False


def to_json(message: object) -> bytes:
    """Write a request or an answer."""
    return dumps(encode(message))


def from_json(cls: type[T], body: bytes) -> T:
    """Read a request or an answer.

    Raises:
        ShapeError: Not of the agreed shape.
    """
    return decode(cls, loads(body))


def packet_path(link: str) -> str:
    """Give the path of one packet."""
    return f"{PREFIX}/packets/{link}"


def release_path(sha256: str) -> str:
    """Give the path of one bundle."""
    return f"{PREFIX}/releases/{sha256}"
