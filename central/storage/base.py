"""What the rest asks of a store of packets: whole blobs by link, unfinished uploads by station."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

Link = bytes
"""SHA-256 of a packet's header, 32 bytes: the name of the blob."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An unfinished packet: the bytes that are here, of how many."""

    size: int
    length: int


class BlobStore(Protocol):
    """Bytes that nobody here can read. Used by several threads and processes at once.

    A blob is immutable: it appears whole, or not at all. Every method raises `StorageError` or
    one of its leaves.
    """

    def has(self, link: Link) -> bool:
        """Say whether the whole packet is here."""
        ...

    def read(self, link: Link) -> bytes:
        """Give the whole packet; `BlobMissingError` when it is not here."""
        ...

    def put(self, link: Link, content: bytes) -> None:
        """Keep a whole packet durably, in every place; the same link again changes nothing."""
        ...

    def upload(self, station: str, link: Link) -> Upload | None:
        """Give how far an unfinished upload has come, or None."""
        ...

    def append(self, station: str, link: Link, *, length: int, offset: int, chunk: bytes) -> int:
        """Add a chunk at the end of an upload of `length` bytes; give its new size.

        A chunk that is already there is not written twice. `OffsetError` when it leaves a hole,
        `ConflictError` when the upload was begun with another length.
        """
        ...

    def read_upload(self, station: str, link: Link) -> bytes:
        """Give all bytes of an unfinished upload."""
        ...

    def discard_upload(self, station: str, link: Link) -> None:
        """Forget an unfinished upload, if there is one."""
        ...

    def sweep(self, older_than_s: float) -> int:
        """Remove uploads that nobody went on with; give how many."""
        ...
