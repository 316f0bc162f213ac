"""Time for tests of lines: a clock moved by hand, and waiting no longer than needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime


def eventually(holds: Callable[[], object], *, within_s: float = 20) -> None:
    """Return once something holds; the limit is generous, since a slow machine is no failure."""
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.005)


class HandClock:
    """Elapsed time that goes on when it is told to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ms = 0

    def now(self) -> datetime:
        return datetime(2026, 11, 26, 12, tzinfo=UTC)

    def monotonic_ms(self) -> int:
        with self._lock:
            return self._ms

    def go_on(self, ms: int) -> None:
        with self._lock:
            self._ms += ms
