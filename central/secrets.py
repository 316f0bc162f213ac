"""Keys and secrets from files that only their owner can read; never from the environment.

Each is a file of `[keys] folder`: kept there by `acopio-central init`, or put there by systemd
(`LoadCredential=`). A process reads only the secrets of its duty.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from central.errors import SecretError
from wire.errors import TokenError
from wire.keys import SoftwareSigner, VerifyingKey, verifying_key

# What each signing key of the centre may sign; the file is `<name>.pem`.
SIGNING_KEYS: dict[str, tuple[str, ...]] = {
    "receipts": ("receipt", "time", "checkpoint"),
    "policy": ("policy",),
    "reports": ("report",),  # a key of its own: no station needs it, and it signs no receipt
}
# The keys whose public halves stations get.
_FOR_STATIONS = ("receipts", "policy")
# Keys that sign no token: the authorities of TLS and of stations' certificates (`<name>.pem`),
# with their certificates beside them (`<name>.crt`).
AUTHORITIES = ("tls-authority", "stations-authority")
# Secrets of 32 random bytes, in hexadecimal; the file is `<name>.secret`.
RANDOM_SECRETS = (
    "nonce",  # authenticates the nonces and time anchors given to stations
    "register",  # keys the digests of the register and of citizens
    "citizens",  # seals names at rest
    "web",  # signs the cookie of the portal
)
_SECRET_BYTES = 32


class Secrets:
    """The folder of keys, read on demand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def random(self, name: str) -> bytes:
        """Read one random secret.

        Raises:
            SecretError: It is missing, malformed, or readable by others.
        """
        text = read_private(self.folder / f"{name}.secret")
        try:
            secret = bytes.fromhex(text.decode("ascii").strip())
        except ValueError as error:
            raise SecretError(f"{name}.secret: not hexadecimal") from error
        if len(secret) != _SECRET_BYTES:
            raise SecretError(f"{name}.secret: not {_SECRET_BYTES} bytes")
        return secret

    def text(self, name: str) -> str:
        """Read one secret given by somebody else, e.g. `provider-google`."""
        return read_private(self.folder / f"{name}.secret").decode("utf-8").strip()

    def signer(self, name: str) -> SoftwareSigner:
        """Read one signing key of the centre.

        Raises:
            SecretError: It is missing, not a P-256 key, or readable by others.
        """
        try:
            return SoftwareSigner.from_pem(read_private(self.folder / f"{name}.pem"))
        except TokenError as error:
            raise SecretError(f"{name}.pem: {error}") from error

    def certificate(self, name: str) -> bytes:
        """Read a certificate, which is public.

        Raises:
            SecretError: It is missing.
        """
        path = self.folder / f"{name}.crt"
        try:
            return path.read_bytes()
        except OSError as error:
            raise SecretError(f"{path}: cannot be read: {error.strerror}") from error

    def verifying_keys(self) -> tuple[VerifyingKey, ...]:
        """Read the public halves that stations check with, and what each key may sign."""
        return tuple(
            verifying_key(self.public_pem(name), SIGNING_KEYS[name]) for name in _FOR_STATIONS
        )

    def public_pem(self, name: str) -> str:
        """Read the public half of one signing key.

        Raises:
            SecretError: It is missing.
        """
        path = self.folder / f"{name}.pub.pem"
        try:
            return path.read_text("ascii")
        except OSError as error:
            raise SecretError(f"{path}: cannot be read: {error.strerror}") from error


def read_private(path: Path) -> bytes:
    """Read a file that belongs to this process alone.

    Raises:
        SecretError: It is missing, or group or others may read or write it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise SecretError(f"{path}: cannot be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        # systemd lets our user read a credential by an access list, which shows as the group's.
        if mode & (0o037 if _is_credential(path) else 0o077):
            raise SecretError(f"{path}: mode {mode:04o}, others may use it; chmod 600 it")
        return file.read()


def _is_credential(path: Path) -> bool:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return bool(folder) and path.parent == Path(str(folder))


def write_private(path: Path, content: bytes, *, mode: int = 0o600) -> bool:
    """Create a file once, durably; give False and leave it alone when it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # fails when it exists: two `init` at once keep one key
        except FileExistsError:
            return False
    finally:
        temporary.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return True
