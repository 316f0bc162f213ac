"""How a technician brings a station to its centre: a claim, or a voucher and the centre's card.

The card is public and the same for all stations, so an image may hold it; the voucher is a secret
of one station, short enough for a printed label. Together they are a claim.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypeVar

from domain.citizen_code import ALPHABET
from wire.canonical import dumps, loads
from wire.errors import ClaimError, ShapeError
from wire.keys import VerifyingKey, thumbprint
from wire.packet import IDENTIFIER
from wire.shape import Limits, decode, encode

VERSION = 1
MAX_CLAIM_BYTES = 256 * 1024
VOUCHER_PREFIX = "ACOPIO-VALE:"
# Some 98 bits: what is typed by hand, and still not to be guessed through the network.
VOUCHER_GROUPS, VOUCHER_GROUP = 5, 4
VOUCHER_CODE = "-".join([f"[{ALPHABET}]{{{VOUCHER_GROUP}}}"] * VOUCHER_GROUPS)
_SERVER = r"https?://[!-~]{1,200}"

C = TypeVar("C", "Claim", "CentreCard")


@dataclass(frozen=True, slots=True)
class Claim:
    """Where the centre is, how to know it, and a one-time code that proves who sent the station.

    `server` is the base URL without `/api/v1`; `ca_pem` the private authority that its TLS
    certificate is checked against, empty only for a plain `http://` loopback; `keys` the centre's
    signing keys.
    """

    server: Annotated[str, Limits(pattern=_SERVER)]
    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    code: Annotated[str, Limits(pattern=r"[A-Za-z0-9_-]{16,128}")] = field(repr=False)
    keys: Annotated[tuple[VerifyingKey, ...], Limits(most=32)]
    ca_pem: Annotated[str, Limits(most=64 * 1024)] = ""
    expires_ms: Annotated[int, Limits(low=0, unit="ms since 1970; 0 never")] = 0
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


@dataclass(frozen=True, slots=True)
class CentreCard:
    """Where a centre is and how to know it: a claim without its station and its secret."""

    server: Annotated[str, Limits(pattern=_SERVER)]
    keys: Annotated[tuple[VerifyingKey, ...], Limits(most=32)]
    ca_pem: Annotated[str, Limits(most=64 * 1024)] = ""
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


@dataclass(frozen=True, slots=True)
class Voucher:
    """A station's name and the one-time code that it enrols with, as its label has them."""

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    code: Annotated[str, Limits(pattern=VOUCHER_CODE)] = field(repr=False)

    @property
    def text(self) -> str:
        """What the label's QR code holds."""
        return f"{VOUCHER_PREFIX}{self.station}:{self.code}"


def build_claim(claim: Claim) -> bytes:
    """Write a claim file."""
    return dumps(encode(claim)) + b"\n"


def parse_claim(data: bytes) -> Claim:
    """Read a claim file.

    Raises:
        ClaimError: Not a claim, a key that does not match its name, or no way to know the server.
    """
    claim = _parse(Claim, data, "not an enrolment claim")
    _check_centre(claim)
    return claim


def build_card(card: CentreCard) -> bytes:
    """Write the centre's card."""
    return dumps(encode(card)) + b"\n"


def parse_card(data: bytes) -> CentreCard:
    """Read a centre's card.

    Raises:
        ClaimError: As `parse_claim`.
    """
    card = _parse(CentreCard, data, "not the card of a centre")
    _check_centre(card)
    return card


def parse_voucher(text: str) -> Voucher:
    """Read a voucher as a scanner or a person types it: any case, blanks for hyphens.

    Raises:
        ClaimError: Not a voucher.
    """
    words = "".join(text.upper().split()).removeprefix(VOUCHER_PREFIX)
    station, _, typed = words.partition(":")
    letters = typed.replace("-", "")
    groups = [letters[i : i + VOUCHER_GROUP] for i in range(0, len(letters), VOUCHER_GROUP)]
    try:
        return decode(Voucher, {"station": station, "code": "-".join(groups)})
    except ShapeError as error:
        raise ClaimError("not a voucher", code="claim.voucher") from error


def redeem(card: CentreCard, voucher: Voucher, expires_at: datetime | None = None) -> Claim:
    """Make a claim of the centre's card and a voucher."""
    expires_ms = 0 if expires_at is None else int(expires_at.timestamp() * 1000)
    return Claim(card.server, voucher.station, voucher.code, card.keys, card.ca_pem, expires_ms)


def _parse(shape: type[C], data: bytes, refusal: str) -> C:
    if len(data) > MAX_CLAIM_BYTES:
        raise ClaimError("file is too large", code="claim.malformed")
    try:
        return decode(shape, loads(data))
    except (ShapeError, ValueError) as error:
        raise ClaimError(f"{refusal}: {error}", code="claim.malformed") from error


def _check_centre(centre: Claim | CentreCard) -> None:
    for number, key in enumerate(centre.keys):
        if thumbprint(key.pem) != key.kid:
            raise ClaimError(f"key {number} is not the one it names", code="claim.keys")
    if centre.server.startswith("https://") and not centre.ca_pem:
        raise ClaimError("no authority to check the server by", code="claim.ca")
