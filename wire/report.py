"""The centre's signature over a report it made: whoever has both files can check them offline."""

from dataclasses import dataclass
from typing import Annotated

from wire import jws
from wire.errors import ReportError, ShapeError, TokenError
from wire.keys import KeyRing, Signer
from wire.packet import HEX_64, IDENTIFIER
from wire.shape import Limits, decode, encode

VERSION = 1
TYP = "acopio-report+jws"
_WORD = r"[a-z][a-z0-9_]{0,31}"
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True, slots=True)
class Report:
    """One file: its number (it stands in the file, too), whose it is, what it is, its bytes."""

    export: Annotated[str, Limits(pattern=_UUID)]
    kind: Annotated[str, Limits(pattern=_WORD)]
    format: Annotated[str, Limits(pattern=_WORD)]
    folio_solicitud: Annotated[str, Limits(pattern=IDENTIFIER)]
    rows: Annotated[int, Limits(low=0)]
    size: Annotated[int, Limits(low=0, unit="bytes")]
    sha256: Annotated[str, Limits(pattern=HEX_64)]
    made_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


def sign_report(report: Report, signer: Signer) -> str:
    """Sign a report with the centre's key for reports."""
    return jws.sign(encode(report), typ=TYP, signer=signer)


def verify_report(token: str, keys: KeyRing) -> Report:
    """Read the signature of a report, made by a key with the role `report`.

    The caller compares size and SHA-256 with those of the file (`require_bytes_of`).

    Raises:
        ReportError: The signature, the key or the shape does not hold.
    """
    try:
        return decode(Report, jws.verify(token, typ=TYP, role="report", keys=keys).claims)
    except (TokenError, ShapeError) as error:
        raise ReportError(
            f"report refused: {error}", code=error.code.replace("token", "report", 1)
        ) from error


def require_bytes_of(report: Report, *, size: int, sha256: str) -> None:
    """Check that a signature speaks of this very file.

    Raises:
        ReportError: Size or SHA-256 differ.
    """
    if (report.size, report.sha256) != (size, sha256):
        raise ReportError("the file is not the one that was signed", code="report.other")
