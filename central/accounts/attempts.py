"""How often somebody may try: a bound on guesses before any of them is worked on."""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

_MOST_SOURCES = 10_000


class Attempts:
    """Counts tries by source within a window, in the memory of one process.

    With several processes a source has as many times the limit; the lock on each account and the
    proxy in front hold what this does not.
    """

    def __init__(self, limit: int, window: timedelta) -> None:
        self._limit, self._window = limit, window
        self._tries: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._mutex = threading.Lock()

    def is_over(self, source: str, *, now: datetime) -> bool:
        """Count one more try of a source, and say whether it was one too many."""
        with self._mutex:
            tries = self._tries.setdefault(source, deque())
            self._tries.move_to_end(source)
            while tries and now - tries[0] >= self._window:
                tries.popleft()
            if len(tries) >= self._limit:
                return True
            tries.append(now)
            while len(self._tries) > _MOST_SOURCES:
                self._tries.popitem(last=False)
            return False
