"""What the screens use: the parts of one station, built by `device.bootstrap`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from flask import current_app

from device.camera.base import Frame
from device.camera.service import CameraState
from device.capture.desk import Desk
from device.peripherals.service import Peripherals
from device.queue.schema import State
from device.queue.spool import Row


class Eye(Protocol):
    """What the screens ask of the camera."""

    @property
    def state(self) -> CameraState: ...
    def latest(self) -> Frame | None: ...


class Queue(Protocol):
    """What the screens show of the spool."""

    def counts(self) -> dict[State, int]: ...
    def waiting(self, limit: int) -> list[Row]: ...
    def in_state(self, *states: State) -> list[Row]: ...
    def recaptures(self) -> list[Row]: ...
    def oldest_waiting_ms(self) -> int | None: ...


@dataclass(frozen=True)
class Kiosk:
    """The parts of one station; `health` says how they are, without personal data.

    `recovered` are the folios of records that a crash left complete and this start adopted.
    """

    desk: Desk
    camera: Eye
    queue: Queue
    station: str
    software: str
    health: Callable[[], Mapping[str, Any]]
    recovered: tuple[str, ...] = ()
    language: str = "es_MX"
    peripherals: Peripherals = field(default_factory=Peripherals)


def kiosk() -> Kiosk:
    """Return the station of the current application."""
    return cast("Kiosk", current_app.extensions["kiosk"])
