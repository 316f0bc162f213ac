"""The public halves of the release keys that a station was provisioned with."""

import re
from pathlib import Path

from device.update.base import UpdateError
from wire.bundle import ROLE
from wire.errors import TokenError
from wire.keys import FixedKeyRing, verifying_key

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n")
_MOST = 8


def read_release_keys(path: Path) -> FixedKeyRing:
    """Read the keys: PEM, one after the other; text between them is for people.

    Raises:
        UpdateError: The file cannot be read or holds no key.
    """
    try:
        text = path.read_text("ascii")
        found = tuple(verifying_key(pem, (ROLE,)) for pem in _PEM.findall(text)[: _MOST + 1])
    except (OSError, UnicodeDecodeError, TokenError) as error:
        raise UpdateError(f"{path}: no release keys", code="update.keys") from error
    if not found or len(found) > _MOST:
        raise UpdateError(f"{path}: 1 to {_MOST} release keys", code="update.keys")
    return FixedKeyRing(found)
