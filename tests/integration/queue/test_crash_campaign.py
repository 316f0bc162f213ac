"""A short campaign: real processes killed with SIGKILL at every named point, then reopened.

A kill keeps what the kernel has in its caches, so this proves the order of the steps and not what a
power cut does to the disk; the order lint below looks at the system calls themselves for that.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from device.queue.points import DELIVERY_POINTS, RECOVERY_POINTS, SEAL_POINTS
from device.queue.schema import State
from device.queue.verify import verify_spool
from tests.fake_centre import FakeCentre, serve
from tests.integration.queue.children import KILLED, Killer, deliver_until, forked, seal_some
from tests.stations import (
    EPOCH,
    Centre,
    Station,
    draft,
    enrol_directly,
    open_station,
    station_config,
)
from wire.packet import Kind

CENTRE = Centre()
NEVER = Killer("never")


def judge(folder: Path, told: Path, *, most: int) -> None:
    """The oracle, in a process that saw nothing of the crash: nothing lost, nothing doubled."""
    station = open_station(station_config(folder))
    found = station.sealer.start()
    assert (found.unknown_files, found.missing) == ((), ())
    rows = station.spool.chain(EPOCH)
    folios = [row.folio for row in rows if row.kind is Kind.APOYO]
    acknowledged = told.read_text().split() if told.exists() else []
    assert len(set(folios)) == len(folios)
    assert set(acknowledged) <= set(folios)
    assert len(folios) <= most
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert verify_spool(station.spool, station.store).findings == ()
    for row in rows:
        if row.kind is Kind.APOYO:
            record, _ = CENTRE.open(station.packet(row.link or ""))
            assert record.folio == row.folio
    assert station.spool.reservation() is None
    station.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    enrol_directly(station_config(tmp_path / "data"), CENTRE)
    return tmp_path / "data"


class TestKilledWhileSealing:
    @pytest.mark.parametrize("passing", [1, 2])
    @pytest.mark.parametrize("point", SEAL_POINTS)
    def test_loses_nothing_and_doubles_nothing(
        self, folder: Path, tmp_path: Path, point: str, passing: int
    ) -> None:
        told = tmp_path / "told"
        config = station_config(folder)
        status = forked(lambda: seal_some(config, told, Killer(point, passing), 3))
        assert status == KILLED
        judge(folder, told, most=passing)
        assert forked(lambda: seal_some(config, told, NEVER, 2)) == 0
        judge(folder, told, most=passing + 2)

    @pytest.mark.parametrize("sealing", ["seal.torn", "seal.renamed"])
    @pytest.mark.parametrize("point", [*RECOVERY_POINTS, *SEAL_POINTS[2:]])
    def test_and_again_while_recovering_is_recovered(
        self, folder: Path, tmp_path: Path, sealing: str, point: str
    ) -> None:
        told = tmp_path / "told"
        config = station_config(folder)
        assert forked(lambda: seal_some(config, told, Killer(sealing), 1)) == KILLED
        for _ in range(2):  # a recovery that was killed is itself killed at the same point
            assert forked(lambda: seal_some(config, told, Killer(point), 0)) in (0, KILLED)
        judge(folder, told, most=1)


class TestKilledWhileDelivering:
    @pytest.mark.parametrize("point", DELIVERY_POINTS)
    def test_loses_nothing_and_delivers_each_once(self, tmp_path: Path, point: str) -> None:
        fake = FakeCentre(CENTRE)
        with serve(fake) as url:
            config = station_config(tmp_path, chunk_bytes=4096)
            fake.trust(enrol_directly(config, CENTRE, server=url).public_pem)
            station = open_station(config)
            links = [station.sealer.seal(draft(size=300)).link for _ in range(3)]
            station.close()

            assert deliver_until(tmp_path, point, 2) == KILLED
            self.files_are_there_unless_receipted(station_at(tmp_path))
            assert deliver_until(tmp_path, "never", 1) == 0

        assert sorted(fake.packets) == sorted(links)
        assert fake.arrivals == links
        reopened = station_at(tmp_path)
        assert reopened.spool.counts()[State.PURGED] == 3
        assert list(reopened.spool.packets.iterdir()) == []
        for link in links:
            assert reopened.spool.receipt(link) == fake.tokens[link]
        reopened.close()

    def files_are_there_unless_receipted(self, station: Station) -> None:
        for row in station.spool.chain(EPOCH):
            link = row.link or ""
            assert station.spool.path_of(link).exists() or station.spool.receipt(link)
        station.close()


def station_at(folder: Path) -> Station:
    return open_station(station_config(folder))


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_system_calls_come_in_the_durable_order(folder: Path, tmp_path: Path) -> None:
    """Sync of the file, rename, sync of the folder, sync of the log, and only then the word."""
    program = (
        "import sys; from pathlib import Path;"
        "from tests.stations import *;"
        "s = open_station(station_config(Path(sys.argv[1]))); s.sealer.start();"
        "print('BEGIN', flush=True); s.sealer.seal(draft()); print('GUARDADO', flush=True)"
    )
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,rename,write,pwrite64"
    done = subprocess.run(
        ["strace", "-f", "-y", "-e", calls, "-o", trace, sys.executable, "-c", program, folder],
        cwd=Path(__file__).resolve().parents[3],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if "Operation not permitted" in done.stderr:
        pytest.skip("tracing is not permitted here")
    assert done.returncode == 0, done.stderr
    text = trace.read_text()
    text = text[text.index("BEGIN") :]
    steps = [
        r"f(?:data)?sync\(\d+<[^>]*spool\.db-wal>\)",  # (1) the reservation
        r"fsync\(\d+<[^>]*/tmp/[^>/]*\.acp>\)",  # (3) the file
        r"rename\(\"[^\"]*/tmp/[^\"]*\", \"[^\"]*/packets/",  # (4)
        r"fsync\(\d+<[^>]*/packets>\)",  # (4) the folder
        r"f(?:data)?sync\(\d+<[^>]*spool\.db-wal>\)",  # (5) row and head
        r"write\(1<[^>]*>, \"GUARDADO",  # (6)
    ]
    position = 0
    for step in steps:
        match = re.compile(step).search(text, position)
        assert match, f"{step} is missing or too early"
        position = match.end()
    assert len(re.findall(r"sync\(\d+<[^>]*spool\.db-wal>\)", text[:position])) == 2
