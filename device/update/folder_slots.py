"""Slots that are folders, with one file or block device for each part: any Debian board."""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from device.update import selector
from device.update.base import Place, UpdateError, translated
from device.update.request import REBOOT

_WORST = 16 << 30


class FolderSlots:
    """`FOLDER/a` and `FOLDER/b`, chosen at each start by `FOLDER/selector.json`.

    A part is the file `<target>.img` of its slot; a link of that name leads to a block device.
    """

    def __init__(self, folder: Path, ask: Callable[[str], None], *, room_bytes: int = 0) -> None:
        """Prepare.

        Args:
            folder: Holds selector and slots.
            ask: Asks for a restart.
            room_bytes: Most bytes of one part that is a file; 0 for what the disk has.
        """
        self._folder = folder
        self._ask = ask
        self._room_bytes = room_bytes

    def running(self) -> str:
        """Name the slot chosen at this start."""
        found = self._selector()
        return found.get("running", found["default"])

    def default(self) -> str:
        """Name the slot that the next ordinary start will use."""
        return self._selector()["default"]

    def place(self, slot: str, target: str) -> Place:
        """Say where a part of a slot is written."""
        if target not in ("app", "boot", "root"):
            raise UpdateError(f"these slots have no part {target}", code="update.target")
        path = self._folder / slot / f"{target}.img"
        with translated("look at the slot"):
            path.parent.mkdir(parents=True, exist_ok=True)
            return Place(path, _capacity(path, self._room_bytes))

    def try_once(self, slot: str) -> None:
        """Ask for one try of a slot, and start again."""
        self._write({**self._selector(), "trial": slot})
        self._ask(REBOOT)

    def mark_good(self, slot: str) -> None:
        """Make a slot the default."""
        self._write({**self._selector(), "default": slot})

    def restart(self) -> None:
        """Start again."""
        self._ask(REBOOT)

    def _selector(self) -> Mapping[str, str]:
        try:
            return selector.read(self._folder)
        except (OSError, ValueError) as error:
            raise UpdateError("the boot selector cannot be read", code="update.selector") from error

    def _write(self, found: Mapping[str, str]) -> None:
        with translated("write the boot selector"):
            selector.write(self._folder, dict(found))


def _capacity(path: Path, room_bytes: int) -> int:
    if path.exists() and stat.S_ISBLK(path.stat().st_mode):
        return device_bytes(path)
    if room_bytes:
        return room_bytes
    disk = os.statvfs(path.parent)
    here = path.stat().st_size if path.exists() else 0
    return min(_WORST, disk.f_bavail * disk.f_frsize + here)


def device_bytes(path: Path) -> int:
    """Measure a block device by its end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.lseek(descriptor, 0, os.SEEK_END)
    finally:
        os.close(descriptor)
