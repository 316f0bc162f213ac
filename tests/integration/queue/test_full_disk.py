"""A full disk: one clear error, nothing kept of what was refused, nothing lost of what was told."""

import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from device.errors import DiskFullError
from device.queue.schema import State
from device.queue.verify import verify_spool
from tests.integration.queue.children import forked
from tests.stations import (
    EPOCH,
    Centre,
    draft,
    enrol_directly,
    open_station,
    station_config,
)

ROOT = Path(__file__).resolve().parents[3]


def fill_and_recover(data: Path, ballast: Path) -> None:
    """Seal until the disk is full, see that nothing is lost, free space, and go on."""
    centre = Centre()
    config = station_config(data)
    enrol_directly(config, centre)
    station = open_station(config)
    station.sealer.start()
    ballast.write_bytes(bytes(256 * 1024))
    told: list[str] = []

    def seal_on() -> None:
        while True:
            told.append(station.sealer.seal(draft(size=20_000)).link)

    with pytest.raises(DiskFullError, match="no space left"):
        seal_on()
    assert told, "the disk was too small to begin with"
    for link in told:
        centre.open(station.packet(link))
    assert list(station.spool.temporary.iterdir()) == []
    station.close()

    ballast.unlink()
    station = open_station(config)
    station.sealer.start()
    told.append(station.sealer.seal(draft(size=20_000)).link)
    assert verify_spool(station.spool, station.store).findings == ()
    links = [row.link for row in station.spool.chain(EPOCH)]
    assert set(told) <= set(links)
    assert station.spool.counts()[State.RESERVED] == 0
    station.close()


def test_of_a_real_small_file_system_loses_nothing(tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("util-linux is not installed")
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f'mount -t tmpfs -o size=2m tmpfs "{disk}" && exec "$@"'
    space = ["unshare", "--map-root-user", "--mount", "sh", "-ec"]
    if subprocess.run([*space, script, "sh", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    program = (
        "import sys; from pathlib import Path;"
        "from tests.integration.queue.test_full_disk import fill_and_recover;"
        "fill_and_recover(Path(sys.argv[1]) / 'data', Path(sys.argv[1]) / 'other')"
    )
    done = subprocess.run(
        [*space, script, "sh", sys.executable, "-c", program, disk],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_of_the_process_is_told_apart_from_other_failures(tmp_path: Path) -> None:
    """A limit on file size refuses the packet as a full disk would, and small files still go."""
    config = station_config(tmp_path)
    enrol_directly(config, Centre())

    def seal_under_a_limit() -> None:
        station = open_station(config)
        station.sealer.start()
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        with pytest.raises(DiskFullError):
            station.sealer.seal(draft(size=200_000))
        station.sealer.seal(draft(size=2_000))
        assert len(station.spool.chain(EPOCH)) == 2  # the gap, and the one that fitted
        assert verify_spool(station.spool, station.store).findings == ()

    assert forked(seal_under_a_limit) == 0
