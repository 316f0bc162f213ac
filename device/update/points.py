"""The named moments at which a power cut is tried: each durable step of an update."""

from collections.abc import Callable
from typing import TypeAlias

CrashHook: TypeAlias = Callable[[str], None]

INSTALL_POINTS = (
    "update.examined",  # all of the bundle read, nothing written
    "update.filling",  # the slot is worthless from here on
    "update.chunk",  # after each piece of up to 1 MiB
    "update.synced",  # one part is on the disk
    "update.read_back",  # and read back
    "update.filled",  # the slot holds the release
    "update.trying",  # the try is written down, not yet asked for
)
CONFIRM_POINTS = (
    "confirm.begun",
    "confirm.examined",  # the gate has spoken
    "confirm.marked",  # the new slot is the default, the journal does not know yet
    "confirm.kept",
    "confirm.returned",  # written down, the restart not yet asked for
)


def no_crash(_point: str) -> None:
    """Do nothing: the hook of the field."""
