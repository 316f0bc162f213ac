"""What one program of a station leaves for another in the run-time folder, never about a person.

The screens leave `screens.json`, the health service `gauges.json`; the delivery sends both. A note
is whole or absent, and of this boot: `mono_ms` tells how old it is whatever the wall clock does.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from device.clock import read_boot_id
from domain.clock import Clock
from wire.errors import ShapeError
from wire.shape import Limits, decode, encode

_log = logging.getLogger(__name__)

SCREENS, GAUGES, METRICS = "screens.json", "gauges.json", "acopio.prom"
# The health service comes by every minute, the screens every ten seconds.
STALE_S = 300
_MOST_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Note:
    """Numbers by name, and when in which boot they were measured."""

    boot_id: Annotated[str, Limits(pattern=r"[0-9a-f]{32}")]
    mono_ms: Annotated[int, Limits(low=0, unit="ms since boot")]
    gauges: Annotated[dict[str, int], Limits(most=64)]


class NoteBoard:
    """The folder of the notes; where it is missing nothing is written and nothing is found."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._has_complained = False

    def write(self, name: str, gauges: dict[str, int]) -> None:
        """Leave a note in place of the last one; a failure is logged once and harms nobody."""
        note = Note(read_boot_id(), self._clock.monotonic_ms(), gauges)
        self.write_text(name, json.dumps(encode(note), separators=(",", ":")))

    def write_text(self, name: str, text: str) -> None:
        """Leave any text, likewise."""
        try:
            write_atomically(self._folder / name, text)
        except OSError as error:
            if not self._has_complained:
                _log.warning("health.not_noted name=%s reason=%s", name, error.strerror)
            self._has_complained = True

    def read(self, name: str) -> tuple[dict[str, int], int] | None:
        """Return a note's numbers and its age in seconds; None: none of this boot."""
        try:
            with (self._folder / name).open("rb") as file:
                note = decode(Note, json.loads(file.read(_MOST_BYTES)))
        except (OSError, ValueError, ShapeError):
            return None
        age_ms = self._clock.monotonic_ms() - note.mono_ms
        if note.boot_id != read_boot_id() or age_ms < 0:
            return None
        return note.gauges, age_ms // 1000

    def fresh(self, name: str) -> dict[str, int]:
        """Return a note's numbers, none when it is too old to be believed."""
        found = self.read(name)
        return found[0] if found is not None and found[1] <= STALE_S else {}


def write_atomically(file: Path, text: str) -> None:
    """Write a file that readers see whole; our group may read it."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o640)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    fresh.replace(file)
