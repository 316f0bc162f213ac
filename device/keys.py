"""The station's own keys. `Signer` (wire) is the seam: a file here, later the Pi's fuses or a chip.

A hardware key is another class with `kid`, `public_pem` and `sign`, chosen in `open_signer` by the
setting `station.signer`; nothing else of the station knows where its key lives.
"""

import os
import secrets
import stat
from pathlib import Path

from device.errors import KeyFileError
from wire.errors import TokenError
from wire.keys import Signer, SoftwareSigner

__all__ = ["FileSigner", "Signer", "create_key", "open_signer", "read_or_create_secret"]

_MODE = 0o600
_SECRET_BYTES = 32


class FileSigner:
    """A P-256 key in a file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        """Read the key.

        Raises:
            KeyFileError: The file is missing, malformed, or readable by others.
        """
        try:
            self._key = SoftwareSigner.from_pem(_read_private(path))
        except TokenError as error:
            raise KeyFileError(f"{path}: not a P-256 key", code="keys.malformed") from error

    @property
    def kid(self) -> str:
        """The key's JWK thumbprint."""
        return self._key.kid

    @property
    def public_pem(self) -> str:
        """The public half in PEM."""
        return self._key.public_pem

    def sign(self, message: bytes) -> bytes:
        """Give r and s, 32 bytes each (ES256)."""
        return self._key.sign(message)


def open_signer(kind: str, folder: Path, name: str) -> Signer:
    """Open one of the station's signing keys; the enrolment says which one is in force.

    Raises:
        KeyFileError: The key is not there or not usable, or no such kind is known.
    """
    match kind:
        case "file":
            return FileSigner(folder / f"{name}.pem")
        case _:
            raise KeyFileError(f"no signer of kind {kind!r}", code="keys.kind")


def create_key(folder: Path, name: str) -> None:
    """Make a signing key unless it is there; durable before it is ever used.

    Raises:
        KeyFileError: The folder cannot be written.
    """
    path = folder / f"{name}.pem"
    if not path.exists():
        _write_private(path, SoftwareSigner.generate().to_pem())


def read_or_create_secret(path: Path) -> bytes:
    """Read a 32-byte secret, made at its first use.

    Raises:
        KeyFileError: The file cannot be read or written, or is open to others.
    """
    if not path.exists():
        _write_private(path, secrets.token_bytes(_SECRET_BYTES))
    secret = _read_private(path)
    if len(secret) != _SECRET_BYTES:
        raise KeyFileError(f"{path}: not {_SECRET_BYTES} bytes", code="keys.malformed")
    return secret


def _read_private(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise KeyFileError(f"{path}: readable by others, expected 0600", code="keys.mode")
        return path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}", code="keys.unreadable") from error


def _write_private(path: Path, content: bytes) -> None:
    """Write whole or not at all: a key cut by a power loss would lock the station out."""
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}", code="keys.unwritable") from error
