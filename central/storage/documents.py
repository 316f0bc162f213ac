"""Files that people give or ask for: attachments of inconformidades, reports. Sealed at rest."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

from central.errors import BlobMissingError, StorageError
from central.storage.filesystem import as_storage_error, publish
from central.storage.sealing import Sealer

_TOKEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Documents:
    """A folder of sealed files, each under a random token; used by several processes at once."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._folder = folder
        self._sealer = Sealer(secret, "documents")

    def put(self, content: bytes) -> str:
        """Keep a file durably; give the token that names it.

        Raises:
            StorageError: It cannot be written; nothing is left of it.
        """
        token = str(uuid4())
        sealed = self._sealer.seal(content, token)
        with as_storage_error():
            publish(self._path(token), sealed)
        return token

    def read(self, token: str) -> bytes:
        """Give a file.

        Raises:
            BlobMissingError: There is none under this token.
            SecretError: It was altered, or sealed with another secret.
        """
        with as_storage_error():
            try:
                sealed = self._path(token).read_bytes()
            except FileNotFoundError as error:
                raise BlobMissingError("no such document") from error
        return self._sealer.open(sealed, token)

    def delete(self, token: str) -> None:
        """Forget a file, if there is one."""
        with as_storage_error():
            self._path(token).unlink(missing_ok=True)

    def _path(self, token: str) -> Path:
        if _TOKEN.fullmatch(token) is None:
            raise StorageError("not a token", code="storage.token")
        return self._folder / token[:2] / token
