"""The boot selector of folder slots: one small file, and the choice made of it at each start.

A board without the Raspberry Pi's firmware chooses here what the firmware chooses there, by the
same rule: a try is forgotten before it begins, so that whatever happens in it, the next start is
the default's. This module stands on the standard library alone: `acopio-slot.service` runs it with
the system's own Python, before any slot is there (`systemd/station/select_slot.py` leads here).
"""

import json
import os
import sys
from pathlib import Path

NAME = "selector.json"
# Leads to the slot of this start; `opt-acopio.mount` mounts what lies in it.
CURRENT = "current"


def read(folder: Path) -> dict[str, str]:
    """Read `default`, `running` and, where a try was asked for, `trial`.

    Raises:
        OSError, ValueError: There is no selector, or it is not one.
    """
    found = json.loads((folder / NAME).read_text("utf-8"))
    if not isinstance(found, dict) or found.get("default") not in ("a", "b"):
        raise ValueError("not a boot selector")
    return {str(name): str(value) for name, value in found.items()}


def write(folder: Path, selector: dict[str, str]) -> None:
    """Write the selector whole, durably."""
    fresh = folder / f".{NAME}.new"
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(selector, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / NAME)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def choose(folder: Path) -> str:
    """Choose the slot of this start; a try that was asked for is spent by it.

    Raises:
        OSError, ValueError: There is no selector, or it is not one.
    """
    selector = read(folder)
    slot = selector.pop("trial", selector["default"])
    if slot not in ("a", "b"):
        raise ValueError("not a boot selector")
    selector["running"] = slot
    write(folder, selector)
    fresh = folder / f".{CURRENT}.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(slot)
    fresh.replace(folder / CURRENT)
    return slot


if __name__ == "__main__":
    sys.stdout.write(f"slot.chosen slot={choose(Path(sys.argv[1]))}\n")
