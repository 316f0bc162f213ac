"""Slots: two copies of the system, of which one runs and the other may be filled and tried.

An update never touches what runs. The other slot is filled, started once, and kept only when the
station has proved itself there; else the next start is in the old one, whoever caused it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from device.errors import StationError

SLOTS = ("a", "b")


class UpdateError(StationError):
    """A release was not taken, or the slots are not as they should be; `code` says why."""

    code = "update"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one part of a slot is written: a file, or a block device of that size."""

    path: Path
    capacity_bytes: int


class Slots(Protocol):
    """The boot mechanism of one kind of board."""

    def running(self) -> str:
        """Name the slot that this system was started from.

        Raises:
            UpdateError: It cannot be told.
        """

    def default(self) -> str:
        """Name the slot that the next ordinary start will use.

        Raises:
            UpdateError: The boot selector cannot be read.
        """

    def place(self, slot: str, target: str) -> Place:
        """Say where a part of a slot is written.

        Raises:
            UpdateError: This board's slots have no such part.
        """

    def try_once(self, slot: str) -> None:
        """Restart into a slot that is not the default; the start after that is the default's.

        Raises:
            UpdateError: The restart cannot be asked for.
        """

    def mark_good(self, slot: str) -> None:
        """Make a slot the default, durably and in one step.

        Raises:
            UpdateError: The boot selector cannot be written.
        """

    def restart(self) -> None:
        """Restart into the default slot.

        Raises:
            UpdateError: The restart cannot be asked for.
        """


def other(slot: str) -> str:
    """Name the slot beside this one."""
    return SLOTS[1 - SLOTS.index(slot)]


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn a failure of the operating system into an error of the update."""
    try:
        yield
    except OSError as error:
        raise UpdateError(f"cannot {what}: {error.strerror}", code="update.io") from error
