"""Slots of a Raspberry Pi: two pairs of partitions, and the firmware's one-shot `tryboot`.

From the vendor's documentation (config.txt, `autoboot.txt`; boot flow, TRYBOOT):

- `autoboot.txt` lies on the first FAT partition, has at most 512 bytes and knows the filters
  `[all]` and `[tryboot]`; `boot_partition` names the partition to start from, and `tryboot_a_b=1`
  makes the switch one of partitions instead of files.
- `reboot "0 tryboot"` sets a flag that is cleared before the firmware starts anything: a crash or a
  reset leads to the ordinary start. So a release gets one attempt for each request, and a *default*
  slot that does not start has nothing behind it: that is what the recovery image is for.
- The running system reads in the device tree which partition it came from and whether by tryboot:
  `/proc/device-tree/chosen/bootloader/{partition,tryboot}`, each 32 bits, big-endian.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

from device.update.base import SLOTS, Place, UpdateError, other, translated
from device.update.folder_slots import device_bytes
from device.update.request import REBOOT, TRYBOOT

PARTS = ("boot", "root")
_CHOSEN = Path("/proc/device-tree/chosen/bootloader")
# Always as long and within one sector: written in place it changes no table of the FAT, and a card
# writes a sector whole or not at all.
_AUTOBOOT_BYTES = 256
_DEFAULT = re.compile(r"\[all\]\n(?:[^\[]*\n)?boot_partition=(\d+)\n")


class TrybootSlots:
    """`boot-a root-a boot-b root-b` of one disk, chosen by `autoboot.txt`."""

    def __init__(
        self,
        *,
        autoboot: Path,
        partitions: tuple[int, int],
        devices: Path,
        ask: Callable[[str], None],
        chosen: Path = _CHOSEN,
    ) -> None:
        """Prepare.

        Args:
            autoboot: Folder where the partition with `autoboot.txt` is mounted.
            partitions: Numbers of the boot partitions of a and b.
            devices: Folder with the block devices `boot-a`, `root-a` and so on.
            ask: Asks for a restart.
            chosen: What the firmware says of this start.
        """
        self._file = autoboot / "autoboot.txt"
        self._partitions = dict(zip(SLOTS, partitions, strict=True))
        self._devices = devices
        self._ask = ask
        self._chosen = chosen

    def running(self) -> str:
        """Name the slot whose boot partition the firmware started."""
        try:
            number = int.from_bytes((self._chosen / "partition").read_bytes()[:4], "big")
        except OSError as error:
            raise UpdateError(
                "the firmware does not say where it started from", code="update.firmware"
            ) from error
        return self._slot_of(number)

    def default(self) -> str:
        """Name the slot under `[all]`."""
        try:
            text = self._file.read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise UpdateError("autoboot.txt cannot be read", code="update.selector") from error
        found = _DEFAULT.search(text)
        if found is None:
            raise UpdateError("autoboot.txt names no partition", code="update.selector")
        return self._slot_of(int(found[1]))

    def place(self, slot: str, target: str) -> Place:
        """Say which partition holds a part."""
        if target not in PARTS:
            raise UpdateError(f"these slots have no part {target}", code="update.target")
        path = self._devices / f"{target}-{slot}"
        with translated(f"measure {path.name}"):
            return Place(path, device_bytes(path))

    def try_once(self, slot: str) -> None:
        """Ask for one start from the partition under `[tryboot]`."""
        if self.default() == slot:
            raise UpdateError("the slot to try is the default", code="update.selector")
        self._ask(TRYBOOT)

    def mark_good(self, slot: str) -> None:
        """Put the slot under `[all]`, and the other one under `[tryboot]`."""
        content = autoboot_text(self._partitions[slot], self._partitions[other(slot)])
        with translated("write autoboot.txt"):
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                os.pwrite(descriptor, content, 0)
                os.ftruncate(descriptor, len(content))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def restart(self) -> None:
        """Ask for an ordinary start."""
        self._ask(REBOOT)

    def _slot_of(self, partition: int) -> str:
        for slot, number in self._partitions.items():
            if number == partition:
                return slot
        raise UpdateError(f"partition {partition} is no slot", code="update.selector")


def autoboot_text(default: int, trial: int) -> bytes:
    """Write `autoboot.txt`, filled up with comments so that its length never changes."""
    text = f"[all]\ntryboot_a_b=1\nboot_partition={default}\n[tryboot]\nboot_partition={trial}\n"
    # Short lines: the firmware reads at most 98 characters of one.
    while len(text) < _AUTOBOOT_BYTES:
        text += "#" * min(63, _AUTOBOOT_BYTES - len(text) - 1) + "\n"
    return text.encode("ascii")
