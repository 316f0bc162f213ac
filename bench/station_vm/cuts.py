"""Takes the power away again and again, at random, and keeps account of what the station said."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.station_vm.host import Host, wait_for
from bench.station_vm.ledger import Account, account, said_lines
from bench.station_vm.machine import Files, Machine
from demo import centre

# The kiosk's unit, with another program in its sandbox: see guest/seals.py.
_SEALS = f"""\
[Service]
Type=exec
WatchdogSec=0
ExecStart=
ExecStart=/opt/acopio/bin/python /usr/local/lib/station-vm/seals.py {centre.PROCESS} \
{centre.FOLIO_SOLICITUD} {centre.AUXILIAR}
DeviceAllow=char-virtio-portsdev rw
"""
_DROP_IN = "/etc/systemd/system/acopio-kiosk.service.d/station-vm-seals.conf"
# The power goes at any moment from the first seal after a boot to this much later.
_LATEST_S = 12.0
# A few go before the station has come up at all, while it recovers.
_EARLY = 0.15
_EARLY_LATEST_S = 60.0
_SETTLE_S = 1800.0


@dataclass(frozen=True, slots=True)
class Cut:
    """One power cut: how long the machine had been on, and what it had said since it started."""

    on_s: float
    said: int
    was_early: bool


def seal_instead(machine: Machine) -> None:
    """Let the kiosk's unit seal invented records instead of waiting for people."""
    machine.run("systemctl", "stop", "acopio-kiosk.service", timeout_s=300)
    machine.put(_DROP_IN, _SEALS.encode())
    machine.run("systemctl", "daemon-reload")
    machine.run("sync")


def kiosk_again(machine: Machine) -> None:
    """Give the unit back to the kiosk."""
    machine.run("rm", _DROP_IN)
    machine.run("systemctl", "daemon-reload")


def cut_at_random(
    files: Files, folder: Path, count: int, seed: int, done: Callable[[int, Cut], None]
) -> list[Cut]:
    """Boot from the disk as the last cut left it, and cut again; `count` times."""
    draw = random.Random(seed)
    cuts = []
    for number in range(1, count + 1):
        is_early = draw.random() < _EARLY
        machine = Machine(files, folder, {})
        began = time.monotonic()
        before = _said(machine)
        try:
            if is_early:
                time.sleep(draw.uniform(1, _EARLY_LATEST_S))
            else:
                wait_for(
                    "un registro guardado",
                    lambda: _said(machine) > before,  # noqa: B023  # runs at once
                    timeout_s=_SETTLE_S,
                )
                time.sleep(draw.uniform(0, _LATEST_S))
        finally:
            machine.cut()
        cuts.append(Cut(time.monotonic() - began, _said(machine) - before, is_early))
        done(number, cuts[-1])
    return cuts


def settle(machine: Machine, host: Host) -> Account:
    """Let the station deliver what it has, and compare.

    Raises:
        MachineError: It does not become quiet.
    """
    said = said_lines(machine.guardado.read_text("ascii"))
    wait_for(
        "la entrega de todo",
        lambda: set(said) <= {folio for folio, _ in host.arrived()} and _is_quiet(host),
        timeout_s=_SETTLE_S,
    )
    return account(said, host.arrived())


def _is_quiet(host: Host) -> bool:
    before = len(host.arrived())
    time.sleep(10)
    return len(host.arrived()) == before


def _said(machine: Machine) -> int:
    if not machine.guardado.exists():
        return 0
    return len(said_lines(machine.guardado.read_text("ascii")))
