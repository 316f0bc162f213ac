"""86: the hardware watchdog, fed by systemd.

The counter of BCM2711 and BCM2712 ends at 15 s (linux, drivers/watchdog/bcm2835_wdt.c: 20 bits of
1/65536 s), so systemd is told 10 s and feeds it every 5 (systemd-system.conf(5),
RuntimeWatchdogSec). What feeds systemd is each unit's own watchdog. A shutdown that hangs is cut
after two minutes.
"""

from __future__ import annotations

from collections.abc import Sequence

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Change, File

RUNTIME_S = 10
HARDWARE_LIMIT_S = 15


def plan(site: Site) -> Sequence[Change]:
    """Write systemd's settings, and the module where the kernel does not find it by itself."""
    changes: list[Change] = [
        File(
            "/etc/systemd/system.conf.d/90-acopio-watchdog.conf",
            f"[Manager]\nRuntimeWatchdogSec={RUNTIME_S}s\nRebootWatchdogSec=2min\n".encode(),
        )
    ]
    if site.board.watchdog:
        changes.append(
            File("/etc/modules-load.d/acopio-watchdog.conf", f"{site.board.watchdog}\n".encode())
        )
    return changes


def _skip(site: Site) -> str | None:
    return None if site.is_station else "en el centro decide su administrador"


STEP = Step(86, "watchdog", "Perro guardián", plan, skip=_skip)
