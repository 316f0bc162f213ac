"""Chooses the store of sealed packets that the configuration names."""

from __future__ import annotations

from pathlib import Path

from central.config import Config
from central.storage.base import BlobStore
from central.storage.filesystem import FilesystemBlobs


def open_blobs(config: Config) -> BlobStore:
    """Open the store of sealed packets.

    Raises:
        StorageError: Its folder cannot be made.
    """
    mirror = config.storage.mirror
    return FilesystemBlobs(Path(config.storage.folder), None if mirror is None else Path(mirror))
