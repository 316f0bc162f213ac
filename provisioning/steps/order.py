"""All steps, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from provisioning.steps import (
    s10_base,
    s20_packages,
    s30_users,
    s40_directories,
    s50_software,
    s55_units,
)
from provisioning.steps.base import Step
from provisioning.steps.errors import BoardError

STEPS: tuple[Step, ...] = (
    s10_base.STEP,
    s20_packages.STEP,
    s30_users.STEP,
    s40_directories.STEP,
    s50_software.STEP,
    s55_units.STEP,
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
