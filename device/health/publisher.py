"""The thread by which the screens say how they are: what no other program can know."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from device.health.notes import SCREENS, NoteBoard

log = logging.getLogger(__name__)

EVERY_S = 10.0


class Publisher:
    """Leaves the gauges of the screens every few seconds until it is stopped."""

    def __init__(
        self, board: NoteBoard, gauges: Callable[[], dict[str, int]], *, every_s: float = EVERY_S
    ) -> None:
        self._board = board
        self._gauges = gauges
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; the last note stays and grows old."""
        self._stopping.set()
        self._thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                self._board.write(SCREENS, self._gauges())
            except Exception:  # the screens go on whatever becomes of this note
                log.exception("health.crashed")
            if self._stopping.wait(self._every_s):
                return
