"""Fills the slot that is not in use and asks for its try; what runs is never touched.

A bundle is read twice. First all of it is checked; then what is written is hashed on its way and
read back from the disk. Memory holds one piece of it at a time.
"""

import hashlib
import logging
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from device.durable import sync_folder
from device.update.base import Place, Slots, UpdateError, other, translated
from device.update.journal import Installed, Journal, Pending, State, Step, release_of
from device.update.points import CrashHook, no_crash
from wire.bundle import (
    CHUNK_BYTES,
    BundleKind,
    Manifest,
    Payload,
    check_payloads,
    read_header,
    read_payload,
    require_fitting,
    verify_manifest,
)
from wire.errors import BundleError
from wire.keys import FixedKeyRing

_log = logging.getLogger(__name__)

# A try may be lost to a power cut that has nothing to do with the release.
MOST_TRIES = 2


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom this station believes, and what it is."""

    keys: FixedKeyRing
    signatures: int
    compatible: str


class Installer:
    """Takes releases of the system; one at a time, under the updating duty."""

    def __init__(
        self,
        journal: Journal,
        slots: Slots,
        parts: tuple[str, ...],
        trust: Trust,
        *,
        crash: CrashHook = no_crash,
    ) -> None:
        """Prepare; `parts` are what a release has to bring for a slot to be whole."""
        self._journal = journal
        self._slots = slots
        self._parts = parts
        self._trust = trust
        self._crash = crash

    def examine(
        self, file: BinaryIO, *, now_ms: int, again: bool = False
    ) -> tuple[Manifest, Installed]:
        """Check all of a bundle; nothing is written. Works for every kind.

        Raises:
            BundleError: It is not whole, not signed by enough keys, or not for this station.
            UpdateError: It failed here before (`again` lets it), or the slot cannot take it.
        """
        file.seek(0)
        signed = read_header(file)
        manifest = self.judge(signed, now_ms=now_ms, again=again)
        if manifest.kind is BundleKind.SYSTEM:
            self._require_room(manifest, other(self._slots.running()))
        check_payloads(file, manifest)
        self._crash("update.examined")
        return manifest, release_of(manifest, signed)

    def judge(self, signed: str, *, now_ms: int, again: bool = False) -> Manifest:
        """Check a manifest alone, before its bundle is fetched.

        Raises:
            BundleError, UpdateError: As `examine`.
        """
        manifest = verify_manifest(signed, self._trust.keys, signatures=self._trust.signatures)
        running, state = self._slots.running(), self._journal.read()
        require_fitting(
            manifest,
            compatible=self._trust.compatible,
            installed=state.installed(manifest.kind, running).number,
            now_ms=now_ms,
        )
        if not again and release_of(manifest, signed).digest in state.failed:
            raise UpdateError("this release failed here before", code="update.failed_before")
        return manifest

    def fill(self, file: BinaryIO, manifest: Manifest, release: Installed) -> State:
        """Write an examined bundle into the other slot and read it back.

        Raises:
            BundleError: The file changed meanwhile; the slot stays worthless.
            UpdateError: The slot cannot be written, or does not give back what was written.
        """
        running = self._slots.running()
        slot = other(running)
        if self._slots.default() != running:
            raise UpdateError("a try is under way; confirm it first", code="update.trying")
        state = self._journal.read()
        if _holds(state.pending, release, slot):
            return state  # filled before a cut: the journal says so only after reading back
        before = {name: one for name, one in state.system.items() if name != slot}
        pending = Pending(release, slot, Step.FILLING)
        state = self._journal.write(replace(state, system=before, pending=pending))
        self._crash("update.filling")
        _log.info("update.filling slot=%s number=%d", slot, release.number)
        file.seek(0)
        read_header(file)
        for payload in manifest.payloads:
            self._write(self._slots.place(slot, payload.target), file, payload)
        state = self._journal.write(
            replace(
                state,
                system={**before, slot: release},
                pending=replace(pending, step=Step.FILLED),
            )
        )
        self._crash("update.filled")
        _log.info("update.filled slot=%s number=%d", slot, release.number)
        return state

    def try_once(self, *, boot_id: str, had_contact: bool) -> None:
        """Restart into the filled slot.

        Raises:
            UpdateError: No slot is filled, or the restart cannot be asked for.
        """
        state = self._journal.read()
        pending = state.pending
        if pending is None or pending.step is Step.FILLING:
            raise UpdateError("no slot is filled", code="update.nothing")
        trying = replace(
            pending,
            step=Step.TRYING,
            tries=pending.tries + 1,
            boot_id=boot_id,
            had_contact=had_contact,
        )
        self._journal.write(replace(state, pending=trying, waiting=""))
        self._crash("update.trying")
        _log.info("update.trying slot=%s try=%d", trying.slot, trying.tries)
        self._slots.try_once(trying.slot)

    def _require_room(self, manifest: Manifest, slot: str) -> None:
        if {payload.target for payload in manifest.payloads} != set(self._parts):
            raise UpdateError(f"a slot here needs {', '.join(self._parts)}", code="update.target")
        for payload in manifest.payloads:
            room = self._slots.place(slot, payload.target).capacity_bytes
            if payload.size > room:
                raise BundleError(
                    f"{payload.name}: {payload.size} bytes, the slot has {room}",
                    code="bundle.space",
                )

    def _write(self, place: Place, file: BinaryIO, payload: Payload) -> None:
        with translated(f"write {payload.name}"):
            descriptor = _open(place.path)
            try:
                for chunk in read_payload(file, payload):
                    _write_all(descriptor, memoryview(chunk))
                    self._crash("update.chunk")
                if stat.S_ISREG(os.fstat(descriptor).st_mode):
                    os.ftruncate(descriptor, payload.size)
                os.fsync(descriptor)
                # What is read back must come from the disk, not from memory.
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
            sync_folder(place.path.parent)
            self._crash("update.synced")
            digest = hashlib.sha256()
            for chunk in read_back(place.path, payload.size):
                digest.update(chunk)
        if digest.hexdigest() != payload.sha256:
            raise UpdateError(f"{payload.name}: the slot is damaged", code="update.read_back")
        self._crash("update.read_back")


def read_back(path: Path, size: int) -> Iterator[bytes]:
    """Read the first bytes of a file or device in pieces."""
    left = size
    with path.open("rb") as file:
        while left and (chunk := file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk


def _holds(pending: Pending | None, release: Installed, slot: str) -> bool:
    return (
        pending is not None
        and pending.release == release
        and pending.slot == slot
        and pending.step is not Step.FILLING
    )


def _open(path: Path) -> int:
    if path.exists() and stat.S_ISBLK(path.stat().st_mode):
        # Without O_CREAT, O_EXCL of a block device means: refuse one that is mounted.
        return os.open(path, os.O_WRONLY | os.O_EXCL | os.O_CLOEXEC)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)


def _write_all(descriptor: int, data: memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
