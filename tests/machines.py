"""A board with two folder slots that is switched on, updated and cut: what runs is told by disk."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from device.update import selector
from device.update.base import SLOTS
from device.update.confirm import Confirmation, Gate, Verdict
from device.update.folder_slots import FolderSlots
from device.update.install import Installer, Trust
from device.update.journal import Journal, State
from device.update.points import CrashHook, no_crash
from device.update.request import requests_in
from tests.releases import COMPATIBLE, NOW_MS, RING

FACTORY = {"boot": b"factory boot", "root": b"factory root"}
LONG_AGO = "0" * 32


class Machine:
    """One board; `restart` is its firmware and kernel."""

    def __init__(self, folder: Path, *, room_bytes: int = 64 << 20) -> None:
        self.folder = folder
        self.room_bytes = room_bytes
        self.asked = folder / "requests"
        self.boots = 1

    @classmethod
    def from_factory(cls, folder: Path, **how: int) -> "Machine":
        """Make one whose slots both hold what the technician put there."""
        machine = cls(folder, **how)
        for slot in SLOTS:
            for target, content in FACTORY.items():
                path = machine.image(slot, target)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        selector.write(folder / "slots", {"default": "a"})
        selector.choose(folder / "slots")
        return machine

    @property
    def boot_id(self) -> str:
        """Name this boot."""
        return f"{self.boots:032x}"

    def image(self, slot: str, target: str) -> Path:
        """Say where a part of a slot lies."""
        return self.folder / "slots" / slot / f"{target}.img"

    @property
    def slots(self) -> FolderSlots:
        """The boot mechanism."""
        ask = requests_in(self.asked)
        return FolderSlots(self.folder / "slots", ask, room_bytes=self.room_bytes)

    @property
    def state(self) -> State:
        """What the journal says."""
        return Journal(self.folder).read()

    def installer(self, crash: CrashHook = no_crash) -> Installer:
        """Give what installs."""
        trust = Trust(RING, 2, COMPATIBLE)
        return Installer(Journal(self.folder), self.slots, ("boot", "root"), trust, crash=crash)

    def install(
        self,
        bundle: Path,
        *,
        crash: CrashHook = no_crash,
        again: bool = False,
        contact: bool = True,
    ) -> None:
        """Take a bundle and ask for its try."""
        installer = self.installer(crash)
        with bundle.open("rb") as file:
            manifest, release = installer.examine(file, now_ms=NOW_MS, again=again)
            installer.fill(file, manifest, release)
        installer.try_once(boot_id=self.boot_id, had_contact=contact)

    def restart(self) -> str:
        """Switch off and on; give the slot that was started."""
        for request in self.asked.glob("*"):
            request.unlink()
        self.boots += 1
        return selector.choose(self.folder / "slots")

    def confirm(self, gate: Gate = lambda _: "", *, crash: CrashHook = no_crash) -> Verdict:
        """Judge what was started."""
        return Confirmation(Journal(self.folder), self.slots, gate, crash=crash).run(
            boot_id=self.boot_id
        )

    def content(self, slot: str) -> dict[str, bytes]:
        """Read a slot."""
        return {target: self.image(slot, target).read_bytes() for target in FACTORY}


def digest(parts: Mapping[str, bytes]) -> str:
    """Name the content of a slot."""
    return hashlib.sha256(b"".join(parts[name] for name in sorted(parts))).hexdigest()


def started_whole(machine: Machine, known: Sequence[Mapping[str, bytes]]) -> bool:
    """Say whether the slot that runs holds one known release, and no mixture of two."""
    running = machine.content(machine.slots.running())
    return digest(running) in {digest(parts) for parts in known}
