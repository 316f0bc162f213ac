"""What the screens use: the parts of one station, built by `device.bootstrap`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

from flask import current_app, session

from device.camera.base import Frame
from device.camera.service import CameraState
from device.capture.activation import Activation
from device.capture.desk import Desk
from device.capture.guidance import Guide
from device.capture.photographer import Photographer
from device.capture.practice import Practice
from device.capture.technician import Technician
from device.errors import StationError
from device.kiosk.seat import Seat
from device.peripherals.service import Peripherals
from device.peripherals.voice import Voice
from device.queue.overview import Counts, Entry, Which
from device.queue.schema import State
from device.queue.standing import Standing
from domain.clock import Clock
from wire.errors import WireError

# Holds the session at the practice desk, while this browser practises.
PRACTICE_COOKIE = "practice_session"


class Eye(Protocol):
    """What the screens ask of the camera."""

    @property
    def state(self) -> CameraState: ...
    @property
    def restarts(self) -> int: ...
    def rate(self) -> float: ...
    def latest(self) -> Frame | None: ...
    def newer_than(self, frame: Frame | None, *, timeout_s: float) -> Frame | None: ...


class Queue(Protocol):
    """What the screens show of the spool: figures of the station, rows of one auxiliar."""

    def states(self) -> dict[State, int]: ...
    def station(self) -> Counts: ...
    def auxiliar(self, auxiliar: str) -> dict[Which, int]: ...
    def page(self, auxiliar: str, which: Which, *, number: int = 1) -> list[Entry]: ...
    def log_index(self, entry: Entry) -> int | None: ...
    def oldest_waiting_ms(self) -> int | None: ...
    def last_contact_ms(self) -> int | None: ...


class NothingQueued:
    """The queue of practice."""

    def states(self) -> dict[State, int]:
        """Count nothing."""
        return dict.fromkeys(State, 0)

    def station(self) -> Counts:
        """Count nothing."""
        return Counts()

    def auxiliar(self, auxiliar: str) -> dict[Which, int]:
        """Count nothing."""
        return dict.fromkeys(Which, 0)

    def page(self, auxiliar: str, which: Which, *, number: int = 1) -> list[Entry]:
        """Have nothing."""
        return []

    def log_index(self, entry: Entry) -> int | None:
        """Have no receipt."""
        return None

    def oldest_waiting_ms(self) -> int | None:
        """Let nothing wait."""
        return None

    def last_contact_ms(self) -> int | None:
        """Speak to nobody."""
        return None


@dataclass(frozen=True)
class Kiosk:
    """The parts of one station; `health` says how they are, without personal data.

    `recovered` are the folios of records that a crash left complete and this start adopted.
    `policy_texts` are those that the centre signed for all its stations.
    """

    desk: Desk
    activation: Activation
    practice: Practice
    technician: Technician
    photographer: Photographer
    standing: Standing
    guide: Guide
    camera: Eye
    clock: Clock
    queue: Queue
    station: str
    software: str
    health: Callable[[], Mapping[str, Any]]
    recovered: tuple[str, ...] = ()
    language: str = "es_MX"
    peripherals: Peripherals = field(default_factory=Peripherals)
    policy_texts: Callable[[], Mapping[str, str]] = dict
    seat: Seat = field(default_factory=Seat)
    voice: Voice | None = None
    # What the authority has to say to whoever works here; None for nothing.
    message: Callable[[], str | None] = lambda: None


def whole_station() -> Kiosk:
    """Return the station of the current application as it is, practice or not."""
    return cast("Kiosk", current_app.extensions["kiosk"])


def policy_texts() -> Mapping[str, str]:
    """Return the texts of the policy; without one that can be read there are none."""
    try:
        return whole_station().policy_texts()
    except (StationError, WireError):
        return {}


def is_practising() -> bool:
    """Say whether this browser stands at the practice desk."""
    here = whole_station().practice.desk.signed_in
    return here is not None and session.get(PRACTICE_COOKIE) == here.session


def kiosk() -> Kiosk:
    """Return the station that this browser works with: in practice, one that keeps nothing.

    All screens ask here, so that none of them can reach the real desk or queue while practising.
    """
    station = whole_station()
    if not is_practising():
        return station
    return replace(station, desk=station.practice.desk, queue=NothingQueued(), recovered=())
