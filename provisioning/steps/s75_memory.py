"""75: what is in memory stays there: no swap on a disk, no core dumps, no journal on the card.

Frames, fields and keys of a person live in memory (design: "a power cut loses an unfinished
capture"). Swap: Bookworm's Raspberry Pi OS has dphys-swapfile, Trixie's has rpi-swap
(swap.conf(5), Mechanism=zram is memory alone). Cores: core(5), coredump.conf(5),
systemd-system.conf(5). Journal: journald.conf(5).
"""

from __future__ import annotations

from collections.abc import Sequence

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Change, File, Link, Missing


def plan(site: Site) -> Sequence[Change]:
    """Write the settings; swap that runs now goes with the next start."""
    if not site.is_station:
        return _no_cores()
    return [
        Link("/etc/systemd/system/dphys-swapfile.service", "/dev/null"),
        File("/etc/rpi/swap.conf.d/90-acopio.conf", b"[Main]\nMechanism=zram\n"),
        Missing("/var/swap"),
        *_no_cores(),
        File(
            "/etc/systemd/journald.conf.d/90-acopio.conf",
            b"[Journal]\nStorage=volatile\nRuntimeMaxUse=64M\nForwardToSyslog=no\n",
        ),
    ]


def _no_cores() -> list[Change]:
    return [
        File(
            "/etc/sysctl.d/90-acopio.conf",
            b"kernel.core_pattern=|/bin/false\n"
            b"fs.suid_dumpable=0\n"
            b"kernel.yama.ptrace_scope=2\n"
            b"kernel.dmesg_restrict=1\n"
            b"kernel.kptr_restrict=2\n"
            b"kernel.kexec_load_disabled=1\n"
            b"net.ipv4.conf.all.rp_filter=1\n"
            b"net.ipv4.conf.all.accept_redirects=0\n"
            b"net.ipv6.conf.all.accept_redirects=0\n",
        ),
        File("/etc/security/limits.d/90-acopio.conf", b"* hard core 0\nroot hard core 0\n"),
        File(
            "/etc/systemd/coredump.conf.d/90-acopio.conf",
            b"[Coredump]\nStorage=none\nProcessSizeMax=0\n",
        ),
        File(
            "/etc/systemd/system.conf.d/90-acopio-cores.conf",
            b"[Manager]\nDumpCore=no\nDefaultLimitCORE=0\n",
        ),
    ]


STEP = Step(75, "memory", "Memoria: sin intercambio, volcados ni diario en disco", plan)
