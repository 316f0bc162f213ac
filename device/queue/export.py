"""Copies sealed packets to a removable disk, for a centre that no network reaches.

The copies are as unreadable as the originals. The spool's states do not change: a receipt, brought
back by the network or by the disk (`returned.py`), is still the only reason to delete anything.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from device.errors import DiskFullError, SpoolError
from device.queue import files
from device.queue.enrolment import EnrolmentStore
from device.queue.spool import Spool, State
from device.queue.verify import is_whole
from wire.returned import folder_name

_EXPORTED = (State.SEALED, State.SENDING, State.STORED, State.HELD)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was copied, what was there already, and what is damaged and was not copied."""

    folder: Path
    copied: int
    present: int
    damaged: int


def export(spool: Spool, store: EnrolmentStore, target: Path) -> Exported:
    """Copy every packet that is still here, verified before and after.

    Raises:
        DiskFullError: The removable disk is full; what was copied so far is whole.
        SpoolError: The removable disk cannot be written, or gives back other bytes.
        NotEnrolledError: There is nothing to export.
    """
    enrolment = store.current()
    folder = target / folder_name(enrolment.station)
    with files.translated(f"make {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    epochs = {known.epoch: known for known in store.epochs()}
    copied = present = damaged = 0
    for row in spool.in_state(*_EXPORTED):
        link = row.link or ""
        copy = folder / f"{link}.acp"
        with files.translated("read a packet"):
            source = spool.path_of(link)
            data = source.read_bytes() if source.exists() else b""
            existing = copy.read_bytes() if copy.exists() else None
        if not is_whole(data, row, epochs[row.epoch]):
            damaged += 1
            continue
        if existing == data:
            present += 1
        else:
            _copy(data, copy)
            copied += 1
        spool.mark_exported(row)
    files.sync_folder(folder)
    return Exported(folder, copied, present, damaged)


def _copy(data: bytes, copy: Path) -> None:
    """Write beside, sync, rename: a disk pulled out too early has whole packets or none."""
    fresh = copy.with_suffix(".new")
    try:
        with files.translated(f"write {copy.name}"):
            fresh.unlink(missing_ok=True)
            with fresh.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if fresh.read_bytes() != data:
                raise SpoolError("the disk gives back other bytes", code="export.mismatch")
            fresh.replace(copy)
    except DiskFullError:
        fresh.unlink(missing_ok=True)
        raise
