"""All peripherals of one station, as the screens use them."""

from __future__ import annotations

from collections.abc import Callable

from device.peripherals.base import Lamps, PeripheralState, Printer, Scanner
from device.peripherals.printing import PrintDesk
from device.peripherals.unused import UnusedLamps, UnusedPrinter, UnusedScanner


class Peripherals:
    """Scanner, printer and lamps; each may be unused, absent or failing, and nothing stops.

    `printing` prints beside the work; `brightness` is that of the pair when a side is
    photographed. `close` also ends what `also_close` names: stand-ins that
    live at the other end of a line.
    """

    def __init__(
        self,
        scanner: Scanner | None = None,
        printer: Printer | None = None,
        lamps: Lamps | None = None,
        *,
        columns: int = 32,
        brightness: int = 160,
        also_close: tuple[Callable[[], None], ...] = (),
    ) -> None:
        self.scanner: Scanner = scanner or UnusedScanner()
        self.printer: Printer = printer or UnusedPrinter()
        self.lamps: Lamps = lamps or UnusedLamps()
        self.brightness = brightness
        self.printing = PrintDesk(self.printer, columns=columns)
        self._also_close = also_close

    def states(self) -> dict[str, PeripheralState]:
        """Return how each is: `scanner`, `printer`, `lamps`."""
        return {
            "scanner": self.scanner.state,
            "printer": self.printer.state,
            "lamps": self.lamps.state,
        }

    def close(self) -> None:
        """Give every line back."""
        self.printing.close()
        for part in (self.scanner, self.printer, self.lamps):
            part.close()
        for close in self._also_close:
            close()
