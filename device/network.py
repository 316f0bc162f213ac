"""Whether this machine has a way to a network at this moment, and how good its radio is."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

_WEAK_DBM = -75.0
_GATEWAY = 0x2  # RTF_GATEWAY of the kernel


class Reach(StrEnum):
    """What a person is told of the network."""

    ABSENT = "network.absent"
    WEAK = "network.weak"
    PRESENT = "network.present"


def read_reach(folder: Path = Path("/proc/net")) -> Reach:
    """Look for a default route, and at the signal where it goes over a radio."""
    interface = _default_interface(_lines(folder / "route"))
    if interface is None:
        return Reach.ABSENT
    level_dbm = _level_dbm(_lines(folder / "wireless"), interface)
    is_weak = level_dbm is not None and level_dbm < _WEAK_DBM
    return Reach.WEAK if is_weak else Reach.PRESENT


def _lines(path: Path) -> list[list[str]]:
    try:
        return [line.split() for line in path.read_text("ascii").splitlines()]
    except (OSError, UnicodeDecodeError):
        return []  # a kernel without radios has no such file


def _default_interface(routes: list[list[str]]) -> str | None:
    for name, destination, _gateway, flags, *_ in (line for line in routes if len(line) > 4):
        if destination == "00000000" and int(flags, 16) & _GATEWAY:
            return name
    return None


def _level_dbm(radios: list[list[str]], interface: str) -> float | None:
    for line in radios:
        if line and line[0] == f"{interface}:" and len(line) > 3:
            return float(line[3].rstrip("."))
    return None
