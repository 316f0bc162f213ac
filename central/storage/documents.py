"""Files that people give or ask for: attachments of inconformidades, reports. Sealed at rest.

A file is sealed piece by piece, so that one of any size is written and read in little memory. The
place of a piece, and whether it is the last, are bound in: what was cut short, put together anew or
exchanged on the disk does not open.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from central.errors import BlobMissingError, StorageError
from central.storage.filesystem import as_storage_error, make_folder, remove_older, sync
from central.storage.sealing import OVERHEAD_BYTES, Sealer

_TOKEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PIECE_BYTES = 256 * 1024


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
        with self.draft(token) as draft:
            draft.write(content)
            draft.publish()
        return token

    def draft(self, token: str) -> Draft:
        """Begin a file that is written little by little and appears when it is published.

        Raises:
            StorageError: It cannot be written.
        """
        return Draft(self._path(token), self._sealer, token)

    def read(self, token: str) -> bytes:
        """Give a whole file.

        Raises:
            BlobMissingError: There is none under this token.
            SecretError: It was altered, or sealed with another secret.
        """
        return b"".join(self.pieces(token))

    def pieces(self, token: str) -> Iterator[bytes]:
        """Give a file piece by piece; the first one is opened before this returns.

        Raises:
            BlobMissingError: There is none under this token.
            SecretError: It was altered, or sealed with another secret; also while it is read.
        """
        opened = self._opened(token)
        first = next(opened)

        def all_pieces() -> Iterator[bytes]:
            yield first
            yield from opened

        return all_pieces()

    def delete(self, token: str) -> None:
        """Forget a file, if there is one."""
        with as_storage_error():
            self._path(token).unlink(missing_ok=True)

    def sweep(self, older_than_s: float) -> int:
        """Remove drafts that a killed process left behind; give how many."""
        limit = time.time() - older_than_s
        removed = 0
        with as_storage_error():
            for path in self._folder.glob("??/.*.part"):
                removed += remove_older(path, limit)
        return removed

    def _opened(self, token: str) -> Iterator[bytes]:
        with as_storage_error():
            try:
                file = self._path(token).open("rb")
            except FileNotFoundError as error:
                raise BlobMissingError("no such document") from error
        with file, as_storage_error():
            number = 0
            sealed = file.read(_PIECE_BYTES + OVERHEAD_BYTES)
            while True:
                following = file.read(_PIECE_BYTES + OVERHEAD_BYTES)
                yield self._sealer.open(sealed, _place(token, number, is_last=not following))
                if not following:
                    return
                number, sealed = number + 1, following

    def _path(self, token: str) -> Path:
        if _TOKEN.fullmatch(token) is None:
            raise StorageError("not a token", code="storage.token")
        return self._folder / token[:2] / token


class Draft:
    """A file in the making; what is not published is gone when its `with` ends."""

    def __init__(self, path: Path, sealer: Sealer, token: str) -> None:
        self._path = path
        self._sealer = sealer
        self._token = token
        self._pending = bytearray()
        self._number = 0
        self._temporary = path.with_name(f".{path.name}.{uuid4().hex}.part")
        with as_storage_error():
            make_folder(path.parent)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file = os.fdopen(os.open(self._temporary, flags, 0o640), "wb")

    def __enter__(self) -> Draft:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            # A full disk was said already: closing tries once more to write what is left.
            with suppress(OSError):
                self._file.close()
        finally:
            self._temporary.unlink(missing_ok=True)

    def write(self, content: bytes) -> int:
        """Add bytes; give how many, as files do."""
        self._pending += content
        # A full piece stays until another byte comes: the last one must know that it is the last.
        while len(self._pending) > _PIECE_BYTES:
            self._seal(bytes(self._pending[:_PIECE_BYTES]), is_last=False)
            del self._pending[:_PIECE_BYTES]
        return len(content)

    def flush(self) -> None:
        """Do nothing: a draft is durable when it is published, and not before."""

    def publish(self) -> None:
        """End the file durably and let it appear, in place of one under the same token.

        Raises:
            StorageError: It cannot be written; a file that was there before stays.
        """
        self._seal(bytes(self._pending), is_last=True)
        with as_storage_error():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._temporary.replace(self._path)
            sync(self._path.parent)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        place = _place(self._token, self._number, is_last=is_last)
        with as_storage_error():
            self._file.write(self._sealer.seal(piece, place))
        self._number += 1


def _place(token: str, number: int, *, is_last: bool) -> str:
    return f"{token}/{number}/{'last' if is_last else 'more'}"
