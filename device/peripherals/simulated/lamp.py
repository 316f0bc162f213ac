"""Lamps that keep to their protocol: the device's side of docs/hardware/lamps.md."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from device.peripherals.frames import Frame, FrameReader, encode
from device.peripherals.lamp import PROTOCOL, SAFE_AFTER_MS, Command, Pattern
from device.peripherals.simulated.terminal import Terminal
from domain.clock import Clock

_FIRMWARE = (1, 0)


@dataclass(frozen=True)
class Shown:
    """What a person would see."""

    left: int = 0
    right: int = 0
    colour: tuple[int, int, int] = (0, 0, 0)
    pattern: Pattern = Pattern.STEADY


# What the lamps show by themselves when nobody speaks to them.
SAFE = Shown(colour=(255, 0, 0), pattern=Pattern.SLOW)


class SimulatedLamps:
    """A lamp pair with a status light, and the watchdog that puts them out."""

    def __init__(self, path: Path, clock: Clock, *, protocol: int = PROTOCOL) -> None:
        self._clock = clock
        self._protocol = protocol
        self._frames = FrameReader()
        self._lock = threading.Lock()
        self._shown = SAFE
        self._heard_ms: int | None = None
        self.is_silent = False
        self.terminal = Terminal(path, self._receive)

    @property
    def shown(self) -> Shown:
        """What is to be seen now."""
        with self._lock:
            heard_ms = self._heard_ms
            if heard_ms is None or self._clock.monotonic_ms() - heard_ms > SAFE_AFTER_MS:
                return SAFE
            return self._shown

    @property
    def garbage(self) -> int:
        """Bytes that belonged to no frame."""
        return self._frames.garbage

    def close(self) -> None:
        """Unplug them."""
        self.terminal.close()

    def _receive(self, chunk: bytes) -> None:
        for frame in self._frames.feed(chunk):
            answer = self._obey(frame)
            if not self.is_silent:
                self.terminal.send(encode(answer))

    def _obey(self, frame: Frame) -> Frame:
        if frame.command == Command.HELLO:
            return Frame(Command.HELLO_ANSWER, frame.number, bytes((self._protocol, *_FIRMWARE)))
        if frame.command != Command.SHOW or frame.payload[5] not in set(Pattern):
            return Frame(Command.REFUSED, frame.number, b"")
        left, right, red, green, blue, pattern = frame.payload
        with self._lock:
            self._shown = Shown(left, right, (red, green, blue), Pattern(pattern))
            self._heard_ms = self._clock.monotonic_ms()
        return Frame(Command.SHOWN, frame.number, frame.payload)
