"""Files that are durable or absent: write, sync, rename, sync the folder; and a lock per duty."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from device.errors import DiskFullError, SpoolBusyError, SpoolError
from device.queue.points import CrashHook
from device.sharing import open_file

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn a failure of the file system into a named error of the spool."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError(f"no space left to {what}") from error
        raise SpoolError(f"cannot {what}: {error.strerror}", code="spool.io") from error


def write_synced(path: Path, data: bytes, crash: CrashHook) -> None:
    """Write a new file and wait until the disk has it; its name is not yet durable.

    Raises:
        DiskFullError: No space left.
        SpoolError: The name exists, or the disk failed.
    """
    with translated(f"write {path.name}"):
        descriptor = open_file(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            half = len(data) // 2
            _write_all(descriptor, memoryview(data)[:half])
            crash("seal.torn")
            _write_all(descriptor, memoryview(data)[half:])
            crash("seal.written")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_file(path: Path) -> None:
    """Wait until the disk has a file's content."""
    with translated(f"sync {path.name}"):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Wait until the disk has a folder's names: a rename or a removal is not durable before."""
    with translated(f"sync folder {path.name}"):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def free_bytes(folder: Path) -> int:
    """Return the space left for this user."""
    with translated("measure the disk"):
        disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def reserve_space(path: Path, size_bytes: int) -> None:
    """Make a file that only holds space, to be given up when the disk is full."""
    if size_bytes == 0 or path.exists():
        return
    descriptor = open_file(path, os.O_WRONLY | os.O_CREAT)
    try:
        os.posix_fallocate(descriptor, 0, size_bytes)
    except OSError:
        path.unlink(missing_ok=True)  # too little space for it: then there is none to keep aside
    finally:
        os.close(descriptor)


class DutyLock:
    """One process per duty: the kernel frees it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            SpoolBusyError: Another process has it.
        """
        with translated(f"open {path.name}"):
            self._descriptor = open_file(path, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise SpoolBusyError(f"another process holds {path.name}") from error

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._descriptor)


def _write_all(descriptor: int, data: memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
