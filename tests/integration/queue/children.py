"""Child processes that really die: forked for sealing, started anew for delivery."""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from device.config import Config
from device.queue.assembly import open_delivery, open_spool
from tests.stations import VERSIONS, FakeClock, draft, open_station, station_config

KILLED = -signal.SIGKILL


class Killer:
    """Kills its own process with SIGKILL at the n-th passing of one point."""

    def __init__(self, point: str, passing: int = 1) -> None:
        self._point = point
        self._left = passing

    def __call__(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def forked(action: Callable[[], None]) -> int:
    """Run an action in a child of its own; give its exit status, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            action()
        except BaseException:  # noqa: BLE001  # whatever it was, the child ends here
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def seal_some(config: Config, told: Path, killer: Killer, count: int) -> None:
    """Recover, then seal; every folio that a person was told is in `told` afterwards."""
    station = open_station(config, crash=killer)
    station.sealer.start()
    for number in range(count):
        sealed = station.sealer.seal(draft(f"CLAVE{number:013d}", size=300))
        with told.open("a") as file:
            file.write(f"{sealed.folio}\n")


def deliver_until(folder: Path, point: str, passing: int) -> int:
    """Run `deliver` in a fresh interpreter that dies at a point; give its exit status."""
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "tests.integration.queue.children", str(folder), point]
    done = subprocess.run([*command, str(passing)], cwd=root, check=False, timeout=60)
    return done.returncode


def main(folder: str, point: str, passing: str) -> None:
    """Deliver once, as the child of `deliver_until`."""
    config = station_config(Path(folder), chunk_bytes=4096)
    spool = open_spool(config)
    killer = Killer(point, int(passing))
    delivery = open_delivery(config, FakeClock(), VERSIONS, spool=spool, crash=killer)
    error = delivery.run_once().error
    sys.exit(0 if error is None else 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
