"""Packets in this process's memory: for tests of what stands above."""

from __future__ import annotations

from threading import Lock

from central.errors import BlobMissingError, ConflictError, OffsetError
from central.storage.base import Link, Upload


class MemoryBlobs:
    """A store that forgets everything when the process ends."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._blobs: dict[Link, bytes] = {}
        self._uploads: dict[tuple[str, Link], tuple[int, bytes]] = {}

    def has(self, link: Link) -> bool:
        """Say whether the whole packet is here."""
        return link in self._blobs

    def read(self, link: Link) -> bytes:
        """Give the whole packet."""
        try:
            return self._blobs[link]
        except KeyError as error:
            raise BlobMissingError(f"packet {link.hex()} is not stored") from error

    def put(self, link: Link, content: bytes) -> None:
        """Keep a whole packet."""
        with self._lock:
            self._blobs.setdefault(link, content)

    def upload(self, station: str, link: Link) -> Upload | None:
        """Give how far an unfinished upload has come, or None."""
        found = self._uploads.get((station, link))
        return None if found is None else Upload(len(found[1]), found[0])

    def append(self, station: str, link: Link, *, length: int, offset: int, chunk: bytes) -> int:
        """Add a chunk at the end of an upload."""
        with self._lock:
            begun, present = self._uploads.get((station, link), (length, b""))
            if begun != length:
                raise ConflictError("begun with another length", code="upload.length")
            if offset > len(present):
                raise OffsetError("chunk leaves a hole", expected=len(present))
            known = present[offset : offset + len(chunk)]
            if not chunk.startswith(known):
                raise OffsetError("chunk differs from what is here", expected=len(present))
            self._uploads[station, link] = length, present + chunk[len(known) :]
            return len(present) + len(chunk) - len(known)

    def read_upload(self, station: str, link: Link) -> bytes:
        """Give all bytes of an unfinished upload."""
        return self._uploads.get((station, link), (0, b""))[1]

    def discard_upload(self, station: str, link: Link) -> None:
        """Forget an unfinished upload."""
        with self._lock:
            self._uploads.pop((station, link), None)

    def sweep(self, older_than_s: float) -> int:
        """Remove nothing: an upload here is never older than its process."""
        del older_than_s
        return 0
