"""Chooses the stores of packets and of documents that the configuration names."""

from __future__ import annotations

from pathlib import Path

from central.config import Config
from central.secrets import Secrets
from central.storage.base import BlobStore
from central.storage.documents import Documents
from central.storage.filesystem import FilesystemBlobs


def open_blobs(config: Config) -> BlobStore:
    """Open the store of sealed packets.

    Raises:
        StorageError: Its folder cannot be made.
    """
    mirror = config.storage.mirror
    return FilesystemBlobs(Path(config.storage.folder), None if mirror is None else Path(mirror))


def open_documents(config: Config, secrets: Secrets) -> Documents:
    """Open the store of attachments and reports."""
    return Documents(Path(config.storage.documents), secrets.random("citizens"))
