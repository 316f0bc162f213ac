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

from central.errors import BlobMissingError, OffsetError, StorageError
from central.storage.base import Link


class FilesystemBlobs:
    """One folder, or two on different disks; all must have the bytes before `put` returns."""

    def __init__(self, folder: Path, mirror: Path | None = None) -> None:
        self._places = [folder] if mirror is None else [folder, mirror]
        self._uploads = folder / "uploads"
        with _as_storage_error():
            for place in [*self._places, self._uploads]:
                place.mkdir(parents=True, exist_ok=True, mode=0o750)

    def has(self, link: Link) -> bool:
        """Say whether the whole packet is in every place."""
        return all(_path(place, link).exists() for place in self._places)

    def read(self, link: Link) -> bytes:
        """Give the whole packet from the first place that has it."""
        with _as_storage_error():
            for place in self._places:
                try:
                    return _path(place, link).read_bytes()
                except FileNotFoundError:
                    continue
        raise BlobMissingError(f"packet {link.hex()} is not stored")

    def put(self, link: Link, content: bytes) -> None:
        """Keep a whole packet: write, fsync, rename, fsync the folder, in each place."""
        with _as_storage_error():
            for place in self._places:
                _publish(_path(place, link), content)

    def upload_size(self, station: str, link: Link) -> int | None:
        """Give how many bytes of an unfinished upload are here, or None."""
        with _as_storage_error():
            try:
                return self._upload(station, link).stat().st_size
            except FileNotFoundError:
                return None

    def append(self, station: str, link: Link, offset: int, chunk: bytes) -> int:
        """Add a chunk at the end of an upload, under a lock on its file.

        The chunk is not synchronised: after a power cut the station goes on from what is left,
        and the whole is hashed before it is accepted.
        """
        path = self._upload(station, link)
        with _as_storage_error():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
            with os.fdopen(descriptor, "r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                present = os.fstat(file.fileno()).st_size
                if offset > present:
                    raise OffsetError("chunk leaves a hole", expected=present)
                file.seek(offset)
                known = file.read(min(len(chunk), present - offset))
                if not chunk.startswith(known):
                    raise OffsetError("chunk differs from what is here", expected=present)
                try:
                    file.write(chunk[len(known) :])
                    file.flush()
                except OSError:
                    os.ftruncate(file.fileno(), present)  # a full disk keeps no torn chunk
                    raise
                return present + len(chunk) - len(known)

    def read_upload(self, station: str, link: Link) -> bytes:
        """Give all bytes of an unfinished upload."""
        with _as_storage_error():
            try:
                return self._upload(station, link).read_bytes()
            except FileNotFoundError:
                return b""

    def discard_upload(self, station: str, link: Link) -> None:
        """Forget an unfinished upload, if there is one."""
        with _as_storage_error():
            self._upload(station, link).unlink(missing_ok=True)

    def sweep(self, older_than_s: float) -> int:
        """Remove uploads and torn files that nobody went on with."""
        limit = time.time() - older_than_s
        removed = 0
        with _as_storage_error():
            torn = [file for place in self._places for file in place.glob("??/??/.*.part")]
            for path in [*self._uploads.glob("*/*"), *torn]:
                if path.stat().st_mtime < limit:
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _upload(self, station: str, link: Link) -> Path:
        # A station's identifier comes from its verified proof: letters and digits only.
        return self._uploads / station / link.hex()


def _path(place: Path, link: Link) -> Path:
    name = link.hex()
    return place / name[:2] / name[2:4] / f"{name}.acp"


def _publish(path: Path, content: bytes) -> None:
    if path.exists():
        return
    _make_folder(path.parent)
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
    _sync(path.parent)


def _make_folder(folder: Path) -> None:
    """Create a folder and make its name durable, and those above it that are new."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o750)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _as_storage_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError("the disk of the packets is full", code="storage.full") from error
        raise StorageError(
            f"packets cannot be written or read: {error.strerror}", code="storage.io"
        ) from error
