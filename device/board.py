"""Which board this is, as the firmware says it: serial number and class of hardware."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_TREE = Path("/proc/device-tree")
_CLASSES = (
    ("compute module 5", "cm5"),
    ("compute module 4", "cm4"),
    ("raspberry pi 5", "pi5"),
    ("raspberry pi 4", "pi4"),
)


@dataclass(frozen=True, slots=True)
class Board:
    """A board; `serial` is empty where the firmware gives none, as on a laptop."""

    serial: str
    hardware: str


def read_board(tree: Path = _TREE) -> Board:
    """Read serial number and class; `generic` is anything but a Raspberry Pi."""
    serial = re.sub(r"[^A-Za-z0-9._-]", "", _text(tree / "serial-number"))[:40]
    model = _text(tree / "model").lower()
    return Board(serial, next((word for name, word in _CLASSES if name in model), "generic"))


def _text(path: Path) -> str:
    # Texts of a device tree end with a zero byte.
    try:
        return path.read_bytes()[:200].decode("ascii", "ignore").rstrip("\x00\n ")
    except OSError:
        return ""
