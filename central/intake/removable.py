"""Takes packets from a removable disk, and leaves receipts and policy on it for the way back.

A disk comes from outside: its folders and files are read by their names alone, links are not
followed, nothing is longer than a packet may be. Each packet meets the same checks as one that came
by network, and gets the same receipt; so a disk may be brought twice, and pulled out at any moment.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from central.errors import InvalidInputError, PacketHeldError
from central.intake.feed import StationFeed
from central.intake.receive import Intake
from wire.packet import HEX_64, IDENTIFIER, MAX_PACKET_BYTES
from wire.returned import FILE_NAME, Returned, build_returned, folder_name

_FOLDER = re.compile(rf"{folder_name('')}({IDENTIFIER})")
_PACKET = re.compile(rf"({HEX_64})\.acp")


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken, and the code that says why."""

    station: str
    file: str
    code: str


@dataclass(frozen=True, slots=True)
class Received:
    """What one station's folder brought; `receipts` are of all its packets that are kept."""

    station: str
    receipts: tuple[str, ...]
    # How many of them were kept before this disk came.
    known: int
    refused: tuple[Refused, ...]
    # False where the disk could not be written: the receipts then reach the station by network.
    is_answered: bool


def find_folders(disk: Path) -> list[Path]:
    """Give the folders of stations on a disk, or the folder itself if it is one.

    Raises:
        InvalidInputError: There is none.
    """
    candidates = [disk, *sorted(disk.iterdir())] if disk.is_dir() else []
    found = [
        path
        for path in candidates
        if _FOLDER.fullmatch(path.resolve().name if path == disk else path.name)
        and not (path != disk and path.is_symlink())
        and path.is_dir()
    ]
    if not found:
        raise InvalidInputError("no folder of a station is there", code="removable.empty")
    return found


def receive_folder(
    folder: Path, intake: Intake, feed: StationFeed, *, seen: Callable[[int, int], None]
) -> Received:
    """Take every packet of one station's folder, oldest copy first, and answer on the disk.

    `seen` is called with the number of files done and of all.

    Raises:
        StorageError: The centre cannot keep bytes now; bring the disk again.
        StationRefusedError: The centre knows no station of that name.
    """
    match = _FOLDER.fullmatch(folder.resolve().name)
    assert match is not None, "find_folders gives folders of stations alone"
    station = match.group(1)
    policy = feed.policy(station)
    receipts: list[str] = []
    refused: list[Refused] = []
    known = 0
    files = list(_packets(folder))
    for number, (path, link) in enumerate(files, start=1):
        try:
            kept = intake.progress(station, link)
            if kept is not None and kept.receipt is not None:
                receipts.append(kept.receipt)
                known += 1
            else:
                receipts.append(intake.accept(_read(path), link=link, delivered_by=station))
        except PacketHeldError as error:
            refused.append(Refused(station, path.name, error.code))
        except OSError:
            refused.append(Refused(station, path.name, "removable.unreadable"))
        seen(number, len(files))
    returned = build_returned(Returned(station, policy, tuple(receipts)))
    return Received(station, tuple(receipts), known, tuple(refused), _write(folder, returned))


def _packets(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give the files that are named as packets; the station copies the oldest first."""
    entries = [entry for entry in os.scandir(folder) if _PACKET.fullmatch(entry.name)]
    entries.sort(key=lambda entry: (entry.stat(follow_symlinks=False).st_mtime_ns, entry.name))
    for entry in entries:
        yield Path(entry.path), entry.name.removesuffix(".acp")


def _read(path: Path) -> bytes:
    """Read a regular file and nothing else, at most one byte more than a packet may have."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PacketHeldError("not a file", code="packet.malformed")
        data = file.read(MAX_PACKET_BYTES + 1)
    if len(data) > MAX_PACKET_BYTES:
        raise PacketHeldError("over 8 MiB", code="packet.too_large")
    return data


def _write(folder: Path, returned: bytes) -> bool:
    """Write the answer whole or not at all; tell whether the disk took it."""
    fresh = folder / f"{FILE_NAME}.new"
    try:
        fresh.unlink(missing_ok=True)
        with fresh.open("xb") as file:
            file.write(returned)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / FILE_NAME)
    except OSError:
        return False
    return True
