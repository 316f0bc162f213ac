"""The stand-ins of one station, and a folder in which a person uses them by hand.

FOLDER/scanner, printer, lamps    their device files, while they are plugged in
FOLDER/scan-here                  a pipe: each line written there is scanned
FOLDER/slip-0001.png and .txt     what the printer printed
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Collection
from pathlib import Path

from device.peripherals.simulated.lamp import SimulatedLamps
from device.peripherals.simulated.paper import Strip
from device.peripherals.simulated.printer import SimulatedPrinter
from device.peripherals.simulated.scanner import SimulatedScanner
from domain.clock import Clock

_POLL_S = 0.2
_MOST_LINE_BYTES = 4096


class SimulatedDesk:
    """Scanner, printer and lamps, those that are wanted, each on its own pseudo-terminal."""

    def __init__(
        self, folder: Path, clock: Clock, *, wanted: Collection[str], columns: int = 32
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._slips = len(list(folder.glob("slip-*.png")))
        self._stopping = threading.Event()
        self._pipe: threading.Thread | None = None
        self.scanner = SimulatedScanner(folder / "scanner") if "scanner" in wanted else None
        self.printer = (
            SimulatedPrinter(folder / "printer", columns=columns, on_cut=self._keep)
            if "printer" in wanted
            else None
        )
        self.lamps = SimulatedLamps(folder / "lamps", clock) if "lamps" in wanted else None
        if self.scanner is not None:
            self._pipe = threading.Thread(target=self._read_pipe, name="scan-here", daemon=True)
            self._pipe.start()

    def port(self, name: str) -> str:
        """Return the device file of one of them."""
        return str(self._folder / name)

    def close(self) -> None:
        """Unplug all of them."""
        self._stopping.set()
        if self._pipe is not None:
            self._pipe.join()
        for device in (self.scanner, self.printer, self.lamps):
            if device is not None:
                device.close()

    def _keep(self, strip: Strip) -> None:
        self._slips += 1
        path = self._folder / f"slip-{self._slips:04}.png"
        strip.png(str(path))
        path.with_suffix(".txt").write_text(strip.text + "\n", encoding="utf-8")

    def _read_pipe(self) -> None:
        path = self._folder / "scan-here"
        path.unlink(missing_ok=True)
        os.mkfifo(path, 0o600)
        pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        begun = b""
        try:
            while not self._stopping.is_set():
                if not select.select([pipe], [], [], _POLL_S)[0]:
                    continue
                *lines, begun = (begun + os.read(pipe, _MOST_LINE_BYTES)).split(b"\n")
                begun = begun[-_MOST_LINE_BYTES:]
                for line in filter(None, lines):
                    assert self.scanner is not None
                    self.scanner.scan(line)
        finally:
            os.close(pipe)
            path.unlink(missing_ok=True)
