"""What the station asks of its peripherals: states, values, errors and protocols.

That something is unplugged is a state, never an error that reaches a page.

StationError
└── PeripheralError       `code` says whose and why: `printer.paper_out`, `lamps.silent` …
    ├── LinkError         the serial line is not there, or does not take what is sent
    └── PrinterError      a slip is not known to be printed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from device.errors import StationError


class PeripheralError(StationError):
    """A peripheral did not do what was asked."""

    code = "peripheral"


class LinkError(PeripheralError):
    """The serial line is not there, or did not take all bytes in time."""

    code = "link"


class PrinterError(PeripheralError):
    """`code`: `printer.` + `absent denied busy silent paper_out cover_open failed`."""

    code = "printer.failed"


@dataclass(frozen=True)
class Unused:
    """The settings name no such device: nothing is missing."""


@dataclass(frozen=True)
class Absent:
    """It is not plugged in; it is looked for again and again."""

    code: str


@dataclass(frozen=True)
class Ready:
    """It works, at this device file. `remarks` are codes of what will soon need a hand.

    `garbage` counts bytes since the start that belong to nothing: a bad cable or a wrong speed.
    """

    port: str
    remarks: tuple[str, ...] = ()
    garbage: int = 0


@dataclass(frozen=True)
class Failed:
    """It is plugged in and does not work; `code` says why."""

    code: str


PeripheralState = Unused | Absent | Ready | Failed


class ScanKind(StrEnum):
    """What a scanned code is for."""

    BADGE = "badge"
    FIELD = "field"


@dataclass(frozen=True)
class Scan:
    """One scanned code, whole; `number` counts from 1. `text` is None when it is not printable."""

    number: int
    kind: ScanKind
    raw: bytes = field(repr=False)
    text: str | None = field(repr=False)


class Status(StrEnum):
    """What the status light says about the visit."""

    READY = "ready"
    READING = "reading"
    ASK = "ask"
    SAVED = "saved"
    FAULT = "fault"


@dataclass(frozen=True)
class Light:
    """What the lamps shall show: the pair's brightness, 0 to 255, and the status."""

    left: int = 0
    right: int = 0
    status: Status = Status.READY


class Scanner(Protocol):
    """Gives whole codes, for any thread."""

    @property
    def state(self) -> PeripheralState: ...
    @property
    def count(self) -> int:
        """Return the number of the latest scan, 0 before the first."""
        ...

    def since(self, number: int) -> Sequence[Scan]:
        """Return what was scanned after that number; old scans are gone."""
        ...

    def forget(self) -> None:
        """Drop what was scanned; the numbers go on."""
        ...

    def close(self) -> None: ...


class Printer(Protocol):
    """Prints bytes of ESC/POS, one slip at a time."""

    @property
    def state(self) -> PeripheralState: ...
    def print_slip(self, content: bytes) -> None:
        """Return when the slip is printed; raise `PrinterError` and nothing else."""
        ...

    def close(self) -> None: ...


class Lamps(Protocol):
    """The lamp pair and the status light; no call waits for them."""

    @property
    def state(self) -> PeripheralState: ...
    def show(self, light: Light) -> None:
        """Show this from now on."""
        ...

    def flash(self, light: Light, *, seconds: float) -> None:
        """Show this for a while, whatever is to be shown besides."""
        ...

    def close(self) -> None: ...
