"""The one seat before the camera: the newest page that looks has it, the older one goes.

A stream holds one of the few threads of the server for as long as its page is open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Seat:
    """At most one stream at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: object | None = None
        self._closes: Callable[[], bool] = lambda: False

    def close_when(self, closes: Callable[[], bool]) -> None:
        """Let streams end once `closes` says so: a server that stops waits for its threads."""
        self._closes = closes

    @property
    def is_taken(self) -> bool:
        """Whether a page looks now."""
        with self._lock:
            return self._holder is not None

    @contextmanager
    def taken(self) -> Iterator[Callable[[], bool]]:
        """Take the seat from whoever had it; give what says whether it is still held."""
        holder = object()
        with self._lock:
            self._holder = holder
        try:
            yield lambda: self._holder is holder and not self._closes()
        finally:
            with self._lock:
                if self._holder is holder:
                    self._holder = None
