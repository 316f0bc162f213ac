"""A scanner that scans what it is told."""

from __future__ import annotations

from pathlib import Path

from device.peripherals.simulated.terminal import Terminal


class SimulatedScanner:
    """Sends codes as a scanner in serial mode does: the bytes, then a carriage return."""

    def __init__(self, path: Path, *, end: bytes = b"\r") -> None:
        self._end = end
        self.terminal = Terminal(path, lambda _chunk: None)

    def scan(self, code: bytes) -> None:
        """Scan one code."""
        self.terminal.send(code + self._end)

    def close(self) -> None:
        """Unplug it."""
        self.terminal.close()
