"""Packets as files: `packets/ab/cd/<link>.acp`, and unfinished ones under `uploads/<station>/`.

A packet appears by rename after its bytes and before its folder are synchronised, so it is whole or
absent after a power cut. A full disk is a `StorageError` that says so, and leaves no half packet.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from central.errors import BlobMissingError, ConflictError, OffsetError, StorageError
from central.storage.base import Link, Upload


class FilesystemBlobs:
    """One folder, or two on different disks; all must have the bytes before `put` returns."""

    def __init__(self, folder: Path, mirror: Path | None = None) -> None:
        self._places = [folder] if mirror is None else [folder, mirror]
        self._uploads = folder / "uploads"
        with as_storage_error():
            for place in [*self._places, self._uploads]:
                place.mkdir(parents=True, exist_ok=True, mode=0o770)

    def has(self, link: Link) -> bool:
        """Say whether the whole packet is in every place."""
        return all(_path(place, link).exists() for place in self._places)

    def read(self, link: Link) -> bytes:
        """Give the whole packet from the first place that has it."""
        with as_storage_error():
            for place in self._places:
                try:
                    return _path(place, link).read_bytes()
                except FileNotFoundError:
                    continue
        raise BlobMissingError(f"packet {link.hex()} is not stored")

    def put(self, link: Link, content: bytes) -> None:
        """Keep a whole packet: write, fsync, rename, fsync the folder, in each place."""
        with as_storage_error():
            for place in self._places:
                publish(_path(place, link), content)

    def upload(self, station: str, link: Link) -> Upload | None:
        """Give how far an unfinished upload has come, or None."""
        with as_storage_error():
            try:
                found = self._find(station, link)
                return None if found is None else Upload(found.stat().st_size, _length(found))
            except FileNotFoundError:  # another process finished it meanwhile
                return None

    def append(self, station: str, link: Link, *, length: int, offset: int, chunk: bytes) -> int:
        """Add a chunk at the end of an upload, under a lock on its file.

        The chunk is not synchronised: after a power cut the station goes on from what is left,
        and the whole is hashed before it is accepted.
        """
        with as_storage_error():
            path = self._find(station, link)
            if path is None:
                path = self._uploads / station / f"{link.hex()}.{length}"
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o770)
            elif _length(path) != length:
                raise ConflictError("begun with another length", code="upload.length")
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                present = os.fstat(file.fileno()).st_size
                if offset > present:
                    raise OffsetError("chunk leaves a hole", expected=present)
                known = os.pread(file.fileno(), min(len(chunk), present - offset), offset)
                if not chunk.startswith(known):
                    raise OffsetError("chunk differs from what is here", expected=present)
                try:
                    _write_all(file.fileno(), chunk[len(known) :], present)
                except OSError:
                    os.ftruncate(file.fileno(), present)  # a full disk keeps no torn chunk
                    raise
                return present + len(chunk) - len(known)

    def read_upload(self, station: str, link: Link) -> bytes:
        """Give all bytes of an unfinished upload."""
        with as_storage_error():
            try:
                found = self._find(station, link)
                return b"" if found is None else found.read_bytes()
            except FileNotFoundError:
                return b""

    def discard_upload(self, station: str, link: Link) -> None:
        """Forget an unfinished upload, if there is one."""
        with as_storage_error():
            found = self._find(station, link)
            if found is not None:
                found.unlink(missing_ok=True)

    def sweep(self, older_than_s: float) -> int:
        """Remove uploads and torn files that nobody went on with."""
        limit = time.time() - older_than_s
        removed = 0
        with as_storage_error():
            torn = [file for place in self._places for file in place.glob("??/??/.*.part")]
            for path in [*self._uploads.glob("*/*"), *torn]:
                removed += remove_older(path, limit)
        return removed

    def _find(self, station: str, link: Link) -> Path | None:
        # A station's identifier comes from its verified proof: letters and digits only.
        return next((self._uploads / station).glob(f"{link.hex()}.*"), None)


def _length(upload: Path) -> int:
    return int(upload.suffix[1:])


def _write_all(descriptor: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        offset += written
        view = view[written:]


def _path(place: Path, link: Link) -> Path:
    name = link.hex()
    return place / name[:2] / name[2:4] / f"{name}.acp"


def publish(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all; one that is there is left alone."""
    if path.exists():
        return
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def make_folder(folder: Path) -> None:
    """Create a folder and make its name durable, and those above it that are new."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o770)
    sync(folder.parent)


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_older(path: Path, limit: float) -> bool:
    """Remove a file that was not touched since; say whether it was. Who made it may be quicker."""
    try:
        if path.stat().st_mtime >= limit:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True


@contextmanager
def as_storage_error() -> Iterator[None]:
    """Translate what the disk says into errors of ours."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError("the disk of the packets is full", code="storage.full") from error
        raise StorageError(
            f"packets cannot be written or read: {error.strerror}", code="storage.io"
        ) from error
