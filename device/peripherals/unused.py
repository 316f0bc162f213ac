"""What stands where the settings name no device: it is there, and has nothing to do."""

from __future__ import annotations

from collections.abc import Sequence

from device.peripherals.base import Light, PrinterError, Scan, Unused


class UnusedScanner:
    """No scanner: nothing is ever scanned."""

    @property
    def state(self) -> Unused:
        return Unused()

    @property
    def count(self) -> int:
        return 0

    def since(self, number: int) -> Sequence[Scan]:
        return ()

    def forget(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class UnusedPrinter:
    """No printer: every slip stays on the screen."""

    @property
    def state(self) -> Unused:
        return Unused()

    def print_slip(self, content: bytes) -> None:
        raise PrinterError("this station has no printer", code="printer.absent")

    def close(self) -> None:
        """Do nothing."""


class UnusedLamps:
    """No lamps: the light of the room has to do."""

    @property
    def state(self) -> Unused:
        return Unused()

    def show(self, light: Light) -> None:
        """Do nothing."""

    def flash(self, light: Light, *, seconds: float) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
