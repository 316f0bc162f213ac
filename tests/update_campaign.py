"""Updates interrupted with SIGKILL in real processes, and the oracle that looks afterwards.

Between the interruptions the station goes on sealing. After each one the board is switched off and
on; whatever it starts must be one whole release, and every folio a person was told must be there.
"""

import os
import random
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from device.queue.verify import verify_spool
from device.update.confirm import Gate
from device.update.journal import Step
from device.update.points import CONFIRM_POINTS, INSTALL_POINTS, CrashHook, no_crash
from tests.integration.queue.children import KILLED, Killer, forked, seal_some
from tests.machines import FACTORY, Machine, started_whole
from tests.releases import write_release
from tests.stations import EPOCH, Centre, enrol_directly, open_station, station_config
from wire.packet import Kind

ANYWHERE = "anywhere"  # from outside, after some time
NEVER = Killer("never")
_MOST_BOOTS = 8
_PART_BYTES = 2_500_000
_LONGEST_S = 0.25


@dataclass
class Campaign:
    """One board, its spool, and release after release."""

    folder: Path
    gate: Gate
    seed: int = 1
    kills: Counter[tuple[str, int]] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.machine = Machine.from_factory(self.folder / "machine")
        self.config = station_config(self.folder / "data")
        enrol_directly(self.config, Centre())
        self.told = self.folder / "told"
        self.releases: list[dict[str, bytes]] = [FACTORY]
        self.number = 0

    def run(self, interruptions: int) -> None:
        """Update until so many runs were killed, each point in its turn."""
        points = [*INSTALL_POINTS, *CONFIRM_POINTS, ANYWHERE]
        turn = 0
        while sum(self.kills.values()) < interruptions:
            self._update(points[turn % len(points)])
            turn += 1
        self._judge_spool()

    def _update(self, point: str) -> None:
        """Bring one release to its end, killed once at a point on the way."""
        self.number += 1
        fill = bytes([self.number % 256]) * _PART_BYTES
        parts = {"boot": b"boot" + fill, "root": b"root" + fill}
        self.releases.append(parts)
        bundle = write_release(self.folder / "bundle", parts, self.number)
        gate: Gate = (lambda _: "gate.camera") if point == "confirm.returned" else self.gate
        for _boot in range(_MOST_BOOTS):
            assert forked(lambda: seal_some(self.config, self.told, NEVER, 1)) == 0
            self._die(point, lambda crash: self._install(bundle, crash))
            self._switch_on()
            if self.machine.slots.running() != self.machine.slots.default():
                self._die(point, lambda crash: self._confirm(gate, crash))
                self._switch_on()
            if self._is_over():
                break
        assert self._is_over()
        assert self.machine.state.result is not None
        self.verdicts[self.machine.state.result.state] += 1

    def _install(self, bundle: Path, crash: CrashHook) -> None:
        """Do what `update --once` does."""
        pending = self.machine.state.pending
        if pending is not None and pending.step is Step.TRYING:
            self.machine.confirm()
        if not self._is_over():
            self.machine.install(bundle, crash=crash)

    def _confirm(self, gate: Gate, crash: CrashHook) -> None:
        """Do what `update --confirm` does."""
        self.machine.confirm(gate, crash=crash)

    def _die(self, point: str, action: Callable[[CrashHook], None]) -> None:
        """Run in a process of its own, killed at the point unless it was killed there before."""
        if self.kills[point, self.number]:
            status = forked(lambda: action(no_crash))
        elif point == ANYWHERE:
            status = _killed_after(self.random.uniform(0, _LONGEST_S), lambda: action(no_crash))
        else:
            passing = self.random.randint(1, 6) if point == "update.chunk" else 1
            status = forked(lambda: action(Killer(point, passing)))
        assert status in (0, KILLED), f"the run itself failed near {point}"
        if status == KILLED:
            self.kills[point, self.number] += 1

    def _switch_on(self) -> None:
        """Restart, and look at what came up."""
        self.machine.restart()
        assert started_whole(self.machine, self.releases)

    def _is_over(self) -> bool:
        state = self.machine.state
        ended = state.result is not None and state.result.number == self.number
        return ended and state.pending is None

    @property
    def sealed(self) -> int:
        """Count the apoyos that a person was told of meanwhile."""
        return len(self.told.read_text().split())

    def _judge_spool(self) -> None:
        station = open_station(self.config)
        assert station.sealer.start().gaps == ()
        folios = [row.folio for row in station.spool.chain(EPOCH) if row.kind is Kind.APOYO]
        told = self.told.read_text().split()
        assert folios == told
        assert verify_spool(station.spool, station.store).findings == ()
        station.close()


def _killed_after(seconds: float, action: Callable[[], None]) -> int:
    """Run an action in a child of its own, and kill it from outside after some time."""
    child = os.fork()
    if child == 0:
        try:
            action()
        except BaseException:  # noqa: BLE001  # whatever it was, the child ends here
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
