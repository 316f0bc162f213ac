"""What is made in a shared folder is the group's as well; elsewhere it is its owner's alone."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.errors import KeyFileError, SpoolError
from device.keys import create_key, open_signer, read_or_create_secret, write_public
from device.queue import files
from device.queue.points import no_crash
from device.queue.spool import Spool


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o007)  # as `device.__main__` does
    yield
    os.umask(before)


def make_spool(folder: Path) -> dict[str, int]:
    spool = Spool(folder, ballast_bytes=1)
    files.write_synced(spool.packets / "one.acp", b"sealed", no_crash)
    files.DutyLock(folder / "seal.lock").release()
    spool.beat("kiosk")
    modes = {str(path.relative_to(folder)): mode(path) for path in folder.rglob("*")}
    spool.close()
    return modes


def test_a_spool_of_its_own_is_for_one_user(tmp_path: Path) -> None:
    modes = make_spool(tmp_path / "spool")
    assert mode(tmp_path / "spool") == 0o700
    assert set(modes.values()) == {0o700, 0o600}


def test_a_shared_spool_is_for_its_group_and_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool").chmod(0o2770)
    modes = make_spool(tmp_path / "spool")
    assert not [name for name, mode in modes.items() if mode & 0o7]
    assert {modes[name] for name in ("tmp", "packets", "unknown")} == {0o2770}
    # SQLite's own files too: the other user must be able to go on with them.
    expected = {"spool.db", "spool.db-wal", "spool.db-shm", "seal.lock", "ballast",
                "packets/one.acp"}  # fmt: skip
    assert {name for name, mode in modes.items() if mode == 0o660} == expected


class TestASharedKey:
    @pytest.fixture
    def keys(self, tmp_path: Path) -> Path:
        folder = tmp_path / "keys"
        folder.mkdir()
        folder.chmod(0o2750)
        create_key(folder, "station")
        return folder

    def test_is_read_by_the_group_and_written_by_its_owner(self, keys: Path) -> None:
        assert mode(keys / "station.pem") == 0o640
        assert open_signer("file", keys, "station").kid

    def test_does_not_share_the_secret_beside_it(self, keys: Path) -> None:
        read_or_create_secret(keys / "hint.key")
        assert mode(keys / "hint.key") == 0o600
        (keys / "hint.key").chmod(0o640)
        with pytest.raises(KeyFileError, match="expected 0600"):
            read_or_create_secret(keys / "hint.key")

    def test_stands_beside_an_authority_that_nobody_else_may_change(self, keys: Path) -> None:
        write_public(keys / "centre-ca.pem", b"certificate")
        assert mode(keys / "centre-ca.pem") == 0o644

    @pytest.mark.parametrize(
        ("name", "wrong"),
        [
            pytest.param("station.pem", 0o660, id="its group may write it"),
            pytest.param("station.pem", 0o644, id="others may read it"),
            pytest.param(".", 0o2770, id="its group may replace it"),
            pytest.param(".", 0o2755, id="others may look into the folder"),
            pytest.param(".", 0o750, id="nobody said that the folder is shared"),
        ],
    )
    def test_is_refused_when_it_is_open_further(self, keys: Path, name: str, wrong: int) -> None:
        (keys / name).chmod(wrong)
        with pytest.raises(KeyFileError) as caught:
            open_signer("file", keys, "station")
        assert caught.value.code == "keys.mode"

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to another group")
    def test_is_refused_when_another_group_than_the_folders_may_read(self, keys: Path) -> None:
        os.chown(keys / "station.pem", -1, 61_299)
        with pytest.raises(KeyFileError):
            open_signer("file", keys, "station")


def test_a_beat_is_written_and_read_and_notices_a_lock(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", busy_timeout_s=0.05)
    spool.beat("kiosk")
    spool.beat("deliver")
    spool.beat("kiosk")
    rows = spool.database.all("SELECT duty, beat FROM beats ORDER BY duty")
    assert [tuple(row) for row in rows] == [("deliver", 1), ("kiosk", 2)]
    other = sqlite3.connect(tmp_path / "spool" / "spool.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(SpoolError):
        spool.beat("kiosk")
    other.close()
    spool.close()
