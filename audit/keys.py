"""Public keys as the portal gives them, and their fingerprints."""

from pathlib import Path

from wire import keys
from wire.errors import TokenError
from wire.keys import FixedKeyRing, verifying_key

REPORT_ROLES = ("report",)
RECEIPT_ROLES = ("receipt", "checkpoint")


def read_key(path: Path, roles: tuple[str, ...]) -> FixedKeyRing:
    """Read one public key; the caller says what it may sign, for the file does not.

    Raises:
        OSError: It cannot be read.
        TokenError: Not a P-256 public key in PEM.
    """
    return FixedKeyRing((verifying_key(_text(path), roles),))


def fingerprint(path: Path) -> str:
    """Compute SHA-256 over the key's DER form, as the portal shows it.

    Raises:
        OSError: It cannot be read.
        TokenError: Not a public key in PEM.
    """
    return keys.fingerprint(_text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except UnicodeDecodeError as error:
        raise TokenError("not a key in PEM", code="token.key") from error
