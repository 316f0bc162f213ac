"""Every store of packets keeps what its protocol says."""

import errno
import os
from pathlib import Path

import pytest

from central.errors import BlobMissingError, ConflictError, OffsetError, StorageError
from central.storage.base import BlobStore
from central.storage.filesystem import FilesystemBlobs
from central.storage.memory import MemoryBlobs

LINK = bytes(range(32))


@pytest.fixture(params=["memory", "filesystem", "mirrored"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "memory":
        return MemoryBlobs()
    mirror = tmp_path / "mirror" if request.param == "mirrored" else None
    return FilesystemBlobs(tmp_path / "packets", mirror)


class TestEveryStore:
    def test_what_was_put_is_read_back(self, store: BlobStore) -> None:
        assert not store.has(LINK)
        store.put(LINK, b"content")
        store.put(LINK, b"content")
        assert store.has(LINK)
        assert store.read(LINK) == b"content"

    def test_what_is_not_there_is_an_error_of_its_own(self, store: BlobStore) -> None:
        with pytest.raises(BlobMissingError):
            store.read(LINK)

    def test_an_upload_grows_by_chunks(self, store: BlobStore) -> None:
        assert store.upload("E1", LINK) is None
        assert store.append("E1", LINK, length=6, offset=0, chunk=b"abc") == 3
        assert store.append("E1", LINK, length=6, offset=3, chunk=b"def") == 6
        assert store.read_upload("E1", LINK) == b"abcdef"
        assert store.upload("E2", LINK) is None

    def test_a_chunk_sent_twice_is_written_once(self, store: BlobStore) -> None:
        store.append("E1", LINK, length=6, offset=0, chunk=b"abc")
        assert store.append("E1", LINK, length=6, offset=0, chunk=b"abc") == 3
        assert store.append("E1", LINK, length=6, offset=1, chunk=b"bcd") == 4
        assert store.read_upload("E1", LINK) == b"abcd"

    def test_a_hole_and_another_content_are_refused(self, store: BlobStore) -> None:
        store.append("E1", LINK, length=6, offset=0, chunk=b"abc")
        with pytest.raises(OffsetError) as hole:
            store.append("E1", LINK, length=6, offset=4, chunk=b"x")
        assert hole.value.expected == 3
        with pytest.raises(OffsetError):
            store.append("E1", LINK, length=6, offset=0, chunk=b"abX")

    def test_another_length_is_refused(self, store: BlobStore) -> None:
        store.append("E1", LINK, length=6, offset=0, chunk=b"abc")
        with pytest.raises(ConflictError):
            store.append("E1", LINK, length=7, offset=3, chunk=b"def")

    def test_a_discarded_upload_is_gone(self, store: BlobStore) -> None:
        store.append("E1", LINK, length=6, offset=0, chunk=b"abc")
        store.discard_upload("E1", LINK)
        store.discard_upload("E1", LINK)
        assert store.upload("E1", LINK) is None
        assert store.read_upload("E1", LINK) == b""


class TestFilesystem:
    def test_a_lost_disk_is_replaced_by_its_mirror(self, tmp_path: Path) -> None:
        store = FilesystemBlobs(tmp_path / "a", tmp_path / "b")
        store.put(LINK, b"content")
        (path,) = (tmp_path / "a").glob("??/??/*.acp")
        path.unlink()
        assert store.read(LINK) == b"content"
        assert not store.has(LINK)

    def test_a_full_disk_says_so_and_leaves_no_half_packet(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = FilesystemBlobs(tmp_path / "a")

        def full(_descriptor: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StorageError) as failed:
            store.put(LINK, b"content")
        assert failed.value.code == "storage.full"
        monkeypatch.undo()
        assert not list((tmp_path / "a").glob("??/??/*"))
        store.put(LINK, b"content")

    def test_old_uploads_are_swept_and_fresh_ones_stay(self, tmp_path: Path) -> None:
        store = FilesystemBlobs(tmp_path / "a")
        store.append("E1", LINK, length=6, offset=0, chunk=b"abc")
        assert store.sweep(3600) == 0
        assert store.sweep(-1) == 1
        assert store.upload("E1", LINK) is None
