"""Files that people give or ask for: whole or absent, and unreadable on the disk."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.errors import BlobMissingError, SecretError, StorageError
from central.storage.documents import Documents
from central.storage.sealing import Sealer

SECRET = bytes(range(32))
TOKEN = "3f2a0c5e-0000-4000-8000-0123456789ab"


class TestDocuments:
    def test_come_back_as_they_were_and_lie_sealed(self, tmp_path: Path) -> None:
        documents = Documents(tmp_path, SECRET)
        token = documents.put(b"un escrito con el nombre de alguien")
        assert Documents(tmp_path, SECRET).read(token) == b"un escrito con el nombre de alguien"
        (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
        assert b"nombre" not in file.read_bytes()

    def test_that_are_gone_or_were_never_there_are_one_error(self, tmp_path: Path) -> None:
        documents = Documents(tmp_path, SECRET)
        token = documents.put(b"x")
        documents.delete(token)
        documents.delete(token)
        with pytest.raises(BlobMissingError):
            documents.read(token)

    @pytest.mark.parametrize("token", ["", "../../etc/passwd", "00", "Z" * 36])
    def test_are_named_by_tokens_alone(self, tmp_path: Path, token: str) -> None:
        with pytest.raises(StorageError) as caught:
            Documents(tmp_path, SECRET).read(token)
        assert caught.value.code == "storage.token"

    def test_that_were_swapped_on_the_disk_do_not_open(self, tmp_path: Path) -> None:
        documents = Documents(tmp_path, SECRET)
        one, other = documents.put(b"uno"), documents.put(b"otro")
        (tmp_path / one[:2] / one).write_bytes((tmp_path / other[:2] / other).read_bytes())
        with pytest.raises(SecretError):
            documents.read(one)


class TestDrafts:
    @pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 524_288, 600_000])
    def test_of_any_size_come_back_whole_and_nothing_else_does(
        self, tmp_path: Path, size: int
    ) -> None:
        documents, content = Documents(tmp_path, SECRET), bytes(n % 251 for n in range(size))
        with documents.draft(TOKEN) as draft:
            for begin in range(0, size, 10_007):
                draft.write(content[begin : begin + 10_007])
            draft.publish()
        assert documents.read(TOKEN) == content
        path = tmp_path / TOKEN[:2] / TOKEN
        sealed = path.read_bytes()
        piece = 262_144 + 28
        pieces = [sealed[n : n + piece] for n in range(0, len(sealed), piece)]
        for altered in (sealed[:-1], sealed + b"0", b"".join(pieces[:-1]), b"".join(pieces[::-1])):
            if altered not in (sealed, b""):
                path.write_bytes(altered)
                with pytest.raises(SecretError):
                    documents.read(TOKEN)

    def test_that_were_not_published_leave_what_was_there(self, tmp_path: Path) -> None:
        documents = Documents(tmp_path, SECRET)
        for content, is_published in ((b"uno", True), (b"dos", False), (b"tres", True)):
            with documents.draft(TOKEN) as draft:
                draft.write(content)
                if is_published:
                    draft.publish()
            assert documents.read(TOKEN) == (content if is_published else b"uno")
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [TOKEN]

    def test_of_a_killed_process_are_swept(self, tmp_path: Path) -> None:
        documents = Documents(tmp_path, SECRET)
        documents.put(b"x")
        documents.draft(TOKEN)  # never closed
        assert documents.sweep(older_than_s=3600) == 0
        assert documents.sweep(older_than_s=-1) == 1
        assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1

    def test_on_a_full_disk_are_one_clear_error_and_leave_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        documents = Documents(tmp_path, SECRET)
        real = os.open

        def on_a_full_disk(path: str, flags: int, mode: int = 0o777) -> int:
            if not str(path).endswith(".part"):
                return real(path, flags, mode)
            os.close(real(path, flags, mode))
            return real("/dev/full", os.O_WRONLY)

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", on_a_full_disk)
            with pytest.raises(StorageError) as failed:
                documents.put(b"x" * 100)
        assert failed.value.code == "storage.full"
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


class TestSealer:
    @given(st.binary(max_size=200), st.integers(0, 10_000))
    def test_opens_only_whole_and_in_its_place(self, plain: bytes, at: int) -> None:
        sealer = Sealer(SECRET, "statement")
        sealed = sealer.seal(plain, "7")
        assert sealer.open(sealed, "7") == plain
        altered = bytearray(sealed)
        altered[at % len(sealed)] ^= 1
        for content, context, other in (
            (bytes(altered), "7", sealer),
            (sealed, "8", sealer),
            (sealed, "7", Sealer(SECRET, "clave")),
            (sealed, "7", Sealer(SECRET[::-1], "statement")),
            (sealed[:5], "7", sealer),
        ):
            with pytest.raises(SecretError):
                other.open(content, context)
