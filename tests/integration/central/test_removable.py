"""A station that no network reaches: its packets go by USB, and its receipts come back so."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from central.cli import main
from central.models import Packet
from device.clock import to_ms
from device.errors import ServerUnreachableError
from device.queue.assembly import open_delivery
from device.queue.export import export
from device.queue.returned import Taken, take_returned
from device.queue.schema import State
from tests.centres import SOLICITUD, Centre, run
from tests.integration.central.pairs import NAME, seal
from tests.stations import VERSIONS, Station
from wire.errors import PolicyError, ReturnedError
from wire.keys import SoftwareSigner
from wire.policy import Policy, sign_policy
from wire.receipt import Receipt, sign_receipt
from wire.returned import FILE_NAME, build_returned, parse_returned

ENGINE = pytest.mark.parametrize("centre_folder", ["sqlite"], indirect=True)


@pytest.fixture
def disk(station: Station, tmp_path: Path) -> Path:
    """A disk with what the station sealed: three apoyos."""
    seal(station, 3)
    folder = tmp_path / "usb"
    folder.mkdir()
    assert export(station.spool, station.store, folder).copied == 3
    return folder


def receive(centre: Centre, disk: Path) -> int:
    return main(["--config", str(centre.folder / "central.toml"), "receive-usb", str(disk)])


def kept(centre: Centre) -> int:
    with centre.database.read() as session:
        return session.execute(select(func.count()).select_from(Packet)).scalar_one()


def take(station: Station, disk: Path) -> Taken:
    return take_returned(disk, station.spool, station.store, station.clock)


def packets(disk: Path) -> list[Path]:
    return sorted((disk / f"acopio-{NAME}").glob("*.acp"))


class TestBothWays:
    def test_bring_packets_in_and_receipts_back(
        self, centre: Centre, station: Station, disk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert receive(centre, disk) == 0
        assert f"Estación {NAME}: recibidos 3, ya estaban 0." in capsys.readouterr().out
        assert kept(centre) == 3
        assert take(station, disk) == Taken(stored=3, refused=0, policy_version=None)
        assert station.spool.counts()[State.STORED] == 3

    def test_may_be_repeated_and_count_nothing_twice(
        self, centre: Centre, station: Station, disk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        receive(centre, disk)
        assert receive(centre, disk / f"acopio-{NAME}") == 0
        assert "recibidos 0, ya estaban 3" in capsys.readouterr().out
        assert kept(centre) == 3
        take(station, disk)
        assert take(station, disk).stored == 0

    @ENGINE
    def test_let_the_station_delete_without_ever_having_a_network(
        self, centre: Centre, station: Station, disk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        receive(centre, disk)
        take(station, disk)

        def no_network(*_: object, **__: object) -> None:
            raise ServerUnreachableError("no network")

        delivery = open_delivery(station.config, station.clock, VERSIONS, spool=station.spool)
        monkeypatch.setattr(delivery._contact, "greet", no_network)
        assert delivery.run_once().purged == 3
        delivery.close()

    @ENGINE
    def test_bring_a_newer_policy(self, centre: Centre, station: Station, disk: Path) -> None:
        before = station.store.policy().version
        run(
            centre.folder, "auxiliar", "add", "--aspirante", SOLICITUD, "--id", "AUX77",
            "--nombres", "Otra", "--paterno", "Inventada", "--email", "otra@ejemplo.mx",
        )  # fmt: skip
        receive(centre, disk)
        version = take(station, disk).policy_version
        assert version is not None
        assert version > before
        assert "AUX77" in [auxiliar.id for auxiliar in station.store.policy().auxiliares]


@ENGINE
class TestADiskFromOutside:
    def test_whose_files_are_cut_or_foreign_names_them_and_takes_the_rest(
        self, centre: Centre, disk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        first, second, _third = packets(disk)
        first.write_bytes(first.read_bytes()[:-10])
        second.write_bytes(second.read_bytes()[:50] + b"x" + second.read_bytes()[51:])
        (disk / f"acopio-{NAME}" / "autorun.inf").write_text("open=x")
        assert receive(centre, disk) == 1
        told = capsys.readouterr()
        assert "recibidos 1" in told.out
        assert first.name in told.err
        assert "[packet.truncated]" in told.err
        assert second.name in told.err
        assert kept(centre) == 1

    def test_with_links_and_pipes_makes_nobody_wait_or_read_elsewhere(
        self, centre: Centre, disk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        first, second, third = packets(disk)
        (disk / "elsewhere").write_bytes(first.read_bytes())
        first.unlink()
        first.symlink_to(disk / "elsewhere")
        second.unlink()
        os.mkfifo(second)
        third.write_bytes(b"\0" * ((8 << 20) + 1))
        assert receive(centre, disk) == 1
        told = capsys.readouterr().err
        assert told.count("removable.unreadable") == 1
        assert told.count("packet.malformed") == 1
        assert told.count("packet.too_large") == 1

    def test_of_another_stations_name_brings_nothing_in(self, centre: Centre, disk: Path) -> None:
        (disk / f"acopio-{NAME}").rename(disk / "acopio-E99")
        assert receive(centre, disk) == 1
        assert kept(centre) == 0

    def test_without_a_folder_says_so(
        self, centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "empty").mkdir()
        assert receive(centre, tmp_path / "empty") == 1
        assert "[removable.empty]" in capsys.readouterr().err

    def test_that_cannot_be_written_still_brings_its_packets(
        self, centre: Centre, disk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (disk / f"acopio-{NAME}" / f"{FILE_NAME}.new").mkdir()
        assert receive(centre, disk) == 1
        assert kept(centre) == 3
        assert "los acuses llegarán por la red" in capsys.readouterr().err


@ENGINE
class TestWhatComesBack:
    def rewrite(self, disk: Path, **changed: Any) -> None:
        path = disk / f"acopio-{NAME}" / FILE_NAME
        path.write_bytes(build_returned(replace(parse_returned(path.read_bytes()), **changed)))

    def test_forged_receipts_delete_nothing(
        self, centre: Centre, station: Station, disk: Path
    ) -> None:
        receive(centre, disk)
        row = station.spool.in_state(State.SEALED)[0]
        forged = Receipt(
            link=row.link or "", station=NAME, epoch=row.epoch, seq=row.seq,
            size=row.size or 1, sha256=row.sha256 or "", received_ms=1, log_index=0, log_size=1,
        )  # fmt: skip
        self.rewrite(disk, receipts=(sign_receipt(forged, _stranger()), "x.y.z"))
        assert take(station, disk) == Taken(stored=0, refused=2, policy_version=None)
        assert station.spool.counts()[State.SEALED] == 3

    def test_a_forged_policy_is_refused_and_nothing_taken(
        self, centre: Centre, station: Station, disk: Path
    ) -> None:
        receive(centre, disk)
        policy: Policy = station.store.policy()
        self.rewrite(disk, policy=sign_policy(policy, _stranger()))
        with pytest.raises(PolicyError):
            take(station, disk)
        assert station.spool.counts()[State.SEALED] == 3

    def test_anothers_file_a_damaged_one_and_none_are_told_apart(
        self, centre: Centre, station: Station, disk: Path
    ) -> None:
        with pytest.raises(ReturnedError) as missing:
            take(station, disk)
        receive(centre, disk)
        self.rewrite(disk, station="E99")
        with pytest.raises(ReturnedError) as other:
            take(station, disk)
        (disk / f"acopio-{NAME}" / FILE_NAME).write_bytes(b'{"v":1}')
        with pytest.raises(ReturnedError) as damaged:
            take(station, disk)
        codes = [caught.value.code for caught in (missing, other, damaged)]
        assert codes == ["returned.missing", "returned.station", "returned.malformed"]

    def test_receipts_of_packets_in_the_air_and_gone_change_nothing(
        self, centre: Centre, station: Station, disk: Path
    ) -> None:
        receive(centre, disk)
        take(station, disk)
        stored_at = to_ms(station.clock.now())
        station.clock.advance(3600)
        take(station, disk)
        rows = station.spool.purgeable(stored_before_ms=stored_at, after_id=0, limit=10)
        assert len(rows) == 3


def _stranger() -> SoftwareSigner:
    return SoftwareSigner.generate()
