"""A receipt printer that understands the ESC/POS of docs/hardware/printer.md.

Its paper may end in the middle of a line, its cover may stand open, and it may hang. As a real one
it answers real-time requests at once, stops when it cannot print, and goes on where it stopped.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np

from device.peripherals.simulated.paper import DOTS_PER_MM, LINE_DOTS, Strip
from device.peripherals.simulated.terminal import Terminal

_LOW_MM = 150
_CUT_MM = 10
_ROLL_MM = 30_000
# A strip is half a megabyte: what a person wants to look at lies in files.
_KEPT_STRIPS = 8
# Bytes after the first two of each command; raster pictures name their own length.
_ARGUMENTS = {b"\x1b@": 0, b"\x1bt": 1, b"\x1ba": 1, b"\x1bE": 1, b"\x1d!": 1, b"\x1dV": 2,
              b"\x1dr": 1}  # fmt: skip
_RASTER_HEADER_BYTES = 8


class SimulatedPrinter:
    """Prints to strips of dots; `on_cut` is called with each strip that was cut off."""

    def __init__(
        self,
        path: Path,
        *,
        columns: int = 32,
        on_cut: Callable[[Strip], None] = lambda _strip: None,
    ) -> None:
        self._columns = columns
        self._on_cut = on_cut
        self._lock = threading.RLock()
        self._waiting = bytearray()
        self._paper_dots = _ROLL_MM * DOTS_PER_MM
        self._is_cover_open = self._hangs = False
        self._strip = Strip(columns)
        self._strips: deque[Strip] = deque(maxlen=_KEPT_STRIPS)
        self._line = bytearray()
        self._request = b""
        self.unknown = 0
        self._reset()
        self.terminal = Terminal(path, self._receive)

    @property
    def strips(self) -> list[Strip]:
        """Return the latest of what was printed and cut off."""
        with self._lock:
            return list(self._strips)

    @property
    def unfinished(self) -> Strip:
        """Return the strip that still hangs in the printer."""
        with self._lock:
            return self._strip

    def load(self, millimetres: int = _ROLL_MM) -> None:
        """Load a roll with so much paper; what was stopped goes on."""
        with self._lock:
            self._paper_dots = millimetres * DOTS_PER_MM
            self._work()

    def open_cover(self) -> None:
        """Open the cover: nothing is printed."""
        with self._lock:
            self._is_cover_open = True

    def close_cover(self) -> None:
        """Close the cover; what was stopped goes on."""
        with self._lock:
            self._is_cover_open = False
            self._work()

    def hang(self) -> None:
        """Take no byte and answer nothing, from this very moment."""
        self._hangs = True
        self.terminal.pause()

    def resume(self) -> None:
        """Go on after a hang."""
        self.terminal.resume()
        with self._lock:
            self._hangs = False
            self._work()

    def close(self) -> None:
        """Unplug it."""
        self.terminal.close()

    def _receive(self, chunk: bytes) -> None:
        with self._lock:
            self._waiting += self._answered(chunk)
            self._work()

    def _answered(self, chunk: bytes) -> bytes:
        """Answer real-time requests wherever they stand, as a printer does; return the rest."""
        arrived, self._request = self._request + chunk, b""
        rest = bytearray()
        position = 0
        while position < len(arrived):
            begun = arrived[position : position + 3]
            if len(begun) < 3 and b"\x10\x04".startswith(begun[:2]):
                self._request = begun  # the rest of it is still on the line
                break
            if begun.startswith(b"\x10\x04"):
                if not self._hangs:
                    self.terminal.send(bytes((self._status(begun[2]),)))
                position += 3
            else:
                rest.append(begun[0])
                position += 1
        return bytes(rest)

    def _status(self, n: int) -> int:
        is_out = self._paper_dots <= 0
        fixed = 0x12
        match n:
            case 1:
                return fixed | (0x08 if self._is_stopped else 0)
            case 2:
                return fixed | (0x04 if self._is_cover_open else 0) | (0x20 if is_out else 0)
            case 4:
                is_low = self._paper_dots < _LOW_MM * DOTS_PER_MM
                return fixed | (0x0C if is_low else 0) | (0x60 if is_out else 0)
            case _:
                return fixed

    @property
    def _is_stopped(self) -> bool:
        return self._is_cover_open or self._paper_dots <= 0

    def _work(self) -> None:
        while not self._is_stopped and not self._hangs:
            taken = self._take()
            if not taken:
                return
            del self._waiting[:taken]

    def _take(self) -> int:
        """Do what comes first in the buffer; return its length, 0 when it is not whole."""
        if not self._waiting:
            return 0
        head = bytes(self._waiting[:2])
        if head[0] not in (0x1B, 0x1D):
            self._letter(head[0])
            return 1
        if len(head) < 2:
            return 0
        if head == b"\x1dv":
            return self._take_picture()
        length = 2 + _ARGUMENTS.get(head, 0)
        if len(self._waiting) < length:
            return 0
        self._command(head, bytes(self._waiting[2:length]))
        return length

    def _letter(self, byte: int) -> None:
        if byte == 0x0A:
            text = self._line.decode(self._encoding)
            self._line.clear()
            self._use(
                self._strip.print_line(
                    text, scale=self._scale, is_strong=self._is_strong, is_centred=self._is_centred
                )
            )
        elif byte >= 0x20:
            self._line.append(byte)
        else:
            self.unknown += 1

    def _command(self, head: bytes, arguments: bytes) -> None:
        match head:
            case b"\x1b@":
                self._reset()
            case b"\x1bt":
                self._encoding = {2: "cp850", 19: "cp858"}.get(arguments[0], "cp437")
            case b"\x1ba":
                self._is_centred = arguments[0] == 1
            case b"\x1bE":
                self._is_strong = bool(arguments[0] & 1)
            case b"\x1d!":
                self._scale = 1 + (arguments[0] & 0x07)
            case b"\x1dV":
                self._cut()
            case b"\x1dr":
                self.terminal.send(b"\x00")
            case _:
                self.unknown += 1

    def _take_picture(self) -> int:
        if len(self._waiting) < _RASTER_HEADER_BYTES:
            return 0
        mode, low_x, high_x, low_y, high_y = self._waiting[3:_RASTER_HEADER_BYTES]
        width, height = low_x + 256 * high_x, low_y + 256 * high_y
        length = _RASTER_HEADER_BYTES + width * height
        if len(self._waiting) < length:
            return 0
        rows = np.frombuffer(bytes(self._waiting[_RASTER_HEADER_BYTES:length]), np.uint8)
        black = np.unpackbits(rows.reshape(height, width), axis=1).astype(bool)
        scale = (1 + (mode >> 1), 1 + (mode & 1))
        black = np.kron(black, np.ones(scale, bool))
        self._use(self._strip.print_picture(black, is_centred=self._is_centred))
        return length

    def _cut(self) -> None:
        self._use(self._strip.feed(_CUT_MM * DOTS_PER_MM))
        self._strip.is_cut = True
        self._strips.append(self._strip)
        self._on_cut(self._strip)
        self._strip = Strip(self._columns)

    def _use(self, dots: int) -> None:
        self._paper_dots = max(0, self._paper_dots - max(dots, LINE_DOTS))

    def _reset(self) -> None:
        self._encoding, self._scale = "cp437", 1
        self._is_centred = self._is_strong = False
        self._line.clear()
