"""How many times a second something happens, over the last seconds."""

from __future__ import annotations

import threading
from collections import deque

WINDOW_MS = 5000
# At this many a window the figure stays right up to 60 a second.
_MOST = 300


class Meter:
    """Counts by the monotonic clock of whoever ticks; several threads may ask."""

    def __init__(self) -> None:
        self._ticks: deque[int] = deque(maxlen=_MOST)
        self._lock = threading.Lock()

    def tick(self, at_ms: int) -> None:
        """Count one."""
        with self._lock:
            self._ticks.append(at_ms)

    def per_second(self, at_ms: int) -> float:
        """Return the mean of the last seconds, 0 when there were fewer than two."""
        with self._lock:
            recent = [tick for tick in self._ticks if at_ms - tick <= WINDOW_MS]
        if len(recent) < 2:
            return 0.0
        return (len(recent) - 1) * 1000 / max(recent[-1] - recent[0], 1)
