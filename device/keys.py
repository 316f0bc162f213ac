"""The station's own keys. `Signer` (wire) is the seam: a file here, later the Pi's fuses or a chip.

A hardware key is another class with `kid`, `public_pem` and `sign`, chosen in `open_signer` by the
setting `station.signer`; nothing else of the station knows where its key lives.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from device.errors import KeyFileError
from device.sharing import is_shared, make_folder
from wire.errors import TokenError
from wire.keys import Signer, SoftwareSigner

__all__ = [
    "FileSigner",
    "Signer",
    "create_key",
    "open_signer",
    "read_or_create_secret",
    "write_public",
]

_SECRET_BYTES = 32
# In a shared folder: all but reading by the group.
_REFUSED_SHARED = 0o037


class FileSigner:
    """A P-256 key in a file that only its owner can read.

    Where the folder is shared (`device/sharing.py`), its group may read as well: the kiosk seals
    and the delivery proves who it is, two users with one key.
    """

    def __init__(self, path: Path) -> None:
        """Read the key.

        Raises:
            KeyFileError: The file is missing, malformed, or readable by others.
        """
        try:
            self._key = SoftwareSigner.from_pem(_read_private(path, may_be_shared=True))
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
        _write_private(path, SoftwareSigner.generate().to_pem(), may_be_shared=True)


def read_or_create_secret(path: Path) -> bytes:
    """Read a 32-byte secret of one user, made at its first use.

    Raises:
        KeyFileError: The file cannot be read or written, or is open to others.
    """
    if not path.exists():
        _write_private(path, secrets.token_bytes(_SECRET_BYTES))
    secret = _read_private(path)
    if len(secret) != _SECRET_BYTES:
        raise KeyFileError(f"{path}: not {_SECRET_BYTES} bytes", code="keys.malformed")
    return secret


def write_public(path: Path, content: bytes) -> None:
    """Write what is no secret beside the keys; nobody but its owner may change it.

    Raises:
        KeyFileError: The folder cannot be written.
    """
    _write(path, content, 0o644)


def _read_private(path: Path, *, may_be_shared: bool = False) -> bytes:
    try:
        refused = _refused(path) if may_be_shared else 0o077
        if stat.S_IMODE(path.stat().st_mode) & refused:
            expected = "0640" if refused == _REFUSED_SHARED else "0600"
            raise KeyFileError(f"{path}: open to others, expected {expected}", code="keys.mode")
        return path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}", code="keys.unreadable") from error


def _refused(path: Path) -> int:
    """Return the bits of a key's mode that nobody may have set.

    The group may read if it is the folder's own, and neither it nor others can put another file
    in the key's place.
    """
    folder = path.parent.stat()
    is_fit = not stat.S_IMODE(folder.st_mode) & 0o027 and path.stat().st_gid == folder.st_gid
    return _REFUSED_SHARED if is_shared(path.parent) and is_fit else 0o077


def _write_private(path: Path, content: bytes, *, may_be_shared: bool = False) -> None:
    with _translated(path):
        make_folder(path.parent)
    _write(path, content, 0o640 if may_be_shared and is_shared(path.parent) else 0o600)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write whole or not at all: a key cut by a power loss would lock the station out."""
    fresh = path.with_suffix(".new")
    with _translated(path):
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}", code="keys.unwritable") from error
