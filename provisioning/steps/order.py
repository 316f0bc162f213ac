"""All steps, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from provisioning.steps import (
    s10_base,
    s20_packages,
    s30_users,
    s40_directories,
    s42_trust,
    s45_data_partition,
    s50_software,
    s55_units,
    s60_mounts,
    s65_firewall,
    s70_usb,
    s75_memory,
    s80_ssh,
    s85_time,
    s86_watchdog,
    s90_bootloader,
)
from provisioning.steps.base import Step
from provisioning.steps.errors import BoardError

STEPS: tuple[Step, ...] = (
    s10_base.STEP,
    s20_packages.STEP,
    s30_users.STEP,
    s40_directories.STEP,
    s42_trust.STEP,
    s45_data_partition.STEP,
    s50_software.STEP,
    s55_units.STEP,
    s60_mounts.STEP,
    s65_firewall.STEP,
    s70_usb.STEP,
    s75_memory.STEP,
    s80_ssh.STEP,
    s85_time.STEP,
    s86_watchdog.STEP,
    s90_bootloader.STEP,
)


def chosen(only: Sequence[str] = (), start: str = "") -> list[Step]:
    """Give the steps of some names or numbers, or all from one on.

    Raises:
        BoardError: No step has that name or number.
    """
    known = {str(step.number): step for step in STEPS} | {step.name: step for step in STEPS}
    for name in (*only, start):
        if name and name not in known:
            listed = ", ".join(f"{step.number} {step.name}" for step in STEPS)
            raise BoardError(f"no hay un paso {name}; los pasos son: {listed}")
    if only:
        wanted = {known[name].number for name in only}
        return [step for step in STEPS if step.number in wanted]
    first = known[start].number if start else 0
    return [step for step in STEPS if step.number >= first]
