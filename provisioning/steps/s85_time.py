"""85: the clock. Network time where there is one, and the zone that people read.

The station believes no clock by itself: a record is bracketed by the centre's signed times. This
step only gives it the best start: timesyncd.conf(5) keeps the last time across a power cut where
the board has no clock with a battery, and the RTC of a Raspberry Pi 5 charges only a cell that
was said to be rechargeable (step 90): charging another one makes it leak.
"""

from __future__ import annotations

from collections.abc import Sequence

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Change, File, Link
from provisioning.steps.errors import SourceError

_SERVICE = "systemd-timesyncd.service"


def plan(site: Site) -> Sequence[Change]:
    """Enable timesyncd, with the server that was chosen or the system's own."""
    zone = f"/usr/share/zoneinfo/{site.options.timezone}"
    if ".." in zone.split("/"):
        raise SourceError(f"{site.options.timezone} no es una zona horaria")
    server = f"NTP={site.options.ntp}\n" if site.options.ntp else ""
    settings = f"[Time]\n{server}SaveIntervalSec=60\nConnectionRetrySec=30\n"
    return [
        Link("/etc/localtime", zone),
        File("/etc/systemd/timesyncd.conf.d/90-acopio.conf", settings.encode()),
        Link(
            f"/etc/systemd/system/sysinit.target.wants/{_SERVICE}",
            f"/usr/lib/systemd/system/{_SERVICE}",
        ),
    ]


STEP = Step(85, "time", "Hora", plan)
