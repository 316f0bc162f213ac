"""The lamp pair and the status light: the station says what to show once a second, or at once.

The lamps show nothing on their own: when the station falls silent they put themselves out and
show a fault. docs/hardware/lamps.md has the protocol, whose other end is `simulated.lamp`.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from enum import IntEnum

from device.peripherals.base import Failed, Light, PeripheralState, Ready, Status
from device.peripherals.frames import Frame, FrameReader, encode
from device.peripherals.serial_link import LinkSettings, SerialLink
from domain.clock import Clock

PROTOCOL = 1
BEAT_MS = 1_000
# After this long without a frame the lamps put themselves out.
SAFE_AFTER_MS = 3_000
_ANSWER_MS = 200
_TRIES = 3


class Command(IntEnum):
    """What a frame asks (below 0x80) or answers."""

    HELLO = 0x01
    SHOW = 0x02
    HELLO_ANSWER = 0x81
    SHOWN = 0x82
    REFUSED = 0xFF


class Pattern(IntEnum):
    """How the status light shows its colour; nothing is quicker than once in two seconds."""

    STEADY = 0
    SLOW = 1


# Colour is never alone: what asks for a hand also changes slowly.
COLOURS: dict[Status, tuple[tuple[int, int, int], Pattern]] = {
    Status.READY: ((60, 60, 60), Pattern.STEADY),
    Status.READING: ((0, 60, 255), Pattern.STEADY),
    Status.ASK: ((255, 140, 0), Pattern.SLOW),
    Status.SAVED: ((0, 200, 60), Pattern.STEADY),
    Status.FAULT: ((255, 0, 0), Pattern.SLOW),
}


class SerialLamps:
    """Lamps on a serial line."""

    def __init__(self, settings: LinkSettings, clock: Clock) -> None:
        self._clock = clock
        self._frames = FrameReader()
        self._lock = threading.Lock()
        self._wanted = Light()
        self._flash: tuple[Light, int] | None = None
        self._version: int | None = None
        self._number = 0
        self._tries = 0
        self._sent: tuple[bytes, int] | None = None  # what waits for its answer, and since when
        self._shown: tuple[bytes, int] | None = None  # what the lamps show, and since when
        self._link = SerialLink("lamps", settings, self)
        self._link.start()

    @property
    def state(self) -> PeripheralState:
        state = self._link.state
        if not isinstance(state, Ready):
            return state
        if self._version is not None and self._version != PROTOCOL:
            return Failed("lamps.version")
        if self._version is None or self._tries > _TRIES:
            return Failed("lamps.silent")
        return replace(state, garbage=self._frames.garbage)

    def show(self, light: Light) -> None:
        with self._lock:
            self._wanted = light

    def flash(self, light: Light, *, seconds: float) -> None:
        with self._lock:
            self._flash = (light, self._clock.monotonic_ms() + int(seconds * 1000))

    def close(self) -> None:
        self._link.close()

    def opened(self) -> None:
        self._version = self._sent = self._shown = None
        self._tries = 0
        self._frames.drop()
        self._say()

    def received(self, chunk: bytes) -> None:
        for frame in self._frames.feed(chunk):
            self._hear(frame)
        self._say()

    def idle(self) -> None:
        self._say()

    def lost(self) -> None:
        self._frames.drop()

    def _hear(self, frame: Frame) -> None:
        if self._sent is None or frame.number != self._number:
            return  # a late answer to what was said again since
        payload, self._sent, self._tries = self._sent[0], None, 0
        if frame.command == Command.HELLO_ANSWER:
            self._version = frame.payload[0]
        elif frame.command == Command.SHOWN:
            self._shown = (payload, self._clock.monotonic_ms())

    def _say(self) -> None:
        """Send what is due, if nothing waits for its answer."""
        now_ms = self._clock.monotonic_ms()
        if self._sent is not None and now_ms - self._sent[1] < _ANSWER_MS:
            return
        if self._version is None:
            self._send(Command.HELLO, b"", now_ms)
        elif self._version == PROTOCOL:
            payload = _payload(self._light(now_ms))
            is_shown = self._shown is not None and self._shown[0] == payload
            is_fresh = self._shown is not None and now_ms - self._shown[1] < BEAT_MS
            if not (is_shown and is_fresh):
                self._send(Command.SHOW, payload, now_ms)

    def _send(self, command: Command, payload: bytes, now_ms: int) -> None:
        self._number = (self._number + 1) % 256
        self._tries += 1
        self._sent = (payload, now_ms)
        self._link.write(encode(Frame(command, self._number, payload)))

    def _light(self, now_ms: int) -> Light:
        with self._lock:
            if self._flash is not None and now_ms < self._flash[1]:
                return self._flash[0]
            self._flash = None
            return self._wanted


def _payload(light: Light) -> bytes:
    colour, pattern = COLOURS[light.status]
    return bytes((light.left, light.right, *colour, pattern))
