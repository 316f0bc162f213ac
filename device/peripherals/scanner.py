"""A 2D scanner in serial (CDC) mode: each code is one line of bytes.

A code counts only when its terminator came. Where a scanner sends none, a pause may end a code
instead; that is off by default, since a cable pulled in the middle looks like such a pause.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from device.peripherals.base import PeripheralState, Ready, Scan, ScanKind
from device.peripherals.serial_link import LinkSettings, SerialLink
from domain.clock import Clock

# A badge carries this and the auxiliar's identifier; see docs/hardware/scanner.md.
BADGE_PREFIX = "ACOPIO-BADGE:"
# The codes of a credential have up to about 1,200 bytes.
MOST_BYTES = 4096
_MOST_BADGE_CHARACTERS = 80
_KEPT = 8
# A code nobody took by then belongs to nobody.
_KEPT_MS = 30_000
# Bytes without an end after this long are the rest of something.
_STALE_MS = 1_000


class LineSplitter:
    """Makes whole codes of chunks; never keeps more than one code of the greatest size."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._begun = bytearray()
        self._is_too_long = False
        self.garbage = 0

    @property
    def has_begun(self) -> bool:
        """Say whether a code waits for its end."""
        return bool(self._begun) or self._is_too_long

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the codes that end in this chunk."""
        whole = []
        for byte in chunk:
            if byte in b"\r\n":
                if code := self.end():
                    whole.append(code)
            elif self._is_too_long:
                self.garbage += 1
            elif len(self._begun) == self._most_bytes:
                self.garbage += len(self._begun) + 1
                self._begun.clear()
                self._is_too_long = True
            else:
                self._begun.append(byte)
        return whole

    def end(self) -> bytes:
        """End the code that has begun, and return it; one that was too long is dropped."""
        code, self._is_too_long = bytes(self._begun), False
        self._begun.clear()
        return code

    def drop(self) -> None:
        """Forget what has begun."""
        self.garbage += len(self.end())


class SerialScanner:
    """A scanner on a serial line; it keeps the latest codes for half a minute, in memory alone."""

    def __init__(self, settings: LinkSettings, clock: Clock, *, gap_ms: int = 0) -> None:
        self._clock = clock
        self._gap_ms = gap_ms
        self._splitter = LineSplitter()
        self._lock = threading.Lock()
        self._scans: deque[tuple[int, Scan]] = deque(maxlen=_KEPT)
        self._count = 0
        self._heard_ms = 0
        self._link = SerialLink("scanner", settings, self)
        self._link.start()

    @property
    def state(self) -> PeripheralState:
        state = self._link.state
        return replace(state, garbage=self._splitter.garbage) if isinstance(state, Ready) else state

    @property
    def count(self) -> int:
        with self._lock:
            return self._count

    def since(self, number: int) -> Sequence[Scan]:
        with self._lock:
            self._drop_old()
            return [scan for _, scan in self._scans if scan.number > number]

    def forget(self) -> None:
        with self._lock:
            self._scans.clear()

    def close(self) -> None:
        self._link.close()
        self.forget()

    def opened(self) -> None:
        self._splitter.drop()

    def received(self, chunk: bytes) -> None:
        self._heard_ms = self._clock.monotonic_ms()
        for code in self._splitter.feed(chunk):
            self._keep(code)

    def idle(self) -> None:
        silent_ms = self._clock.monotonic_ms() - self._heard_ms
        if self._splitter.has_begun:
            if self._gap_ms and silent_ms >= self._gap_ms:
                if code := self._splitter.end():
                    self._keep(code)
            elif silent_ms >= _STALE_MS:
                self._splitter.drop()
        with self._lock:
            self._drop_old()

    def lost(self) -> None:
        self._splitter.drop()

    def _keep(self, code: bytes) -> None:
        with self._lock:
            self._count += 1
            scan = read_scan(self._count, code)
            self._scans.append((self._clock.monotonic_ms(), scan))

    def _drop_old(self) -> None:
        limit_ms = self._clock.monotonic_ms() - _KEPT_MS
        while self._scans and self._scans[0][0] < limit_ms:
            self._scans.popleft()


def read_scan(number: int, raw: bytes) -> Scan:
    """Return a code as an event: a badge when it has the prefix and a name, else field data."""
    try:
        text: str | None = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and not text.isprintable():
        text = None
    kind = ScanKind.BADGE if badge_name(text) else ScanKind.FIELD
    return Scan(number, kind, raw, text)


def badge_name(text: str | None) -> str:
    """Return whom a badge names, empty when it is none."""
    if text is None or not text.startswith(BADGE_PREFIX):
        return ""
    name = text.removeprefix(BADGE_PREFIX).strip()
    return name if len(name) <= _MOST_BADGE_CHARACTERS else ""
