"""The hands before the replayed camera: they show what the screen asks for."""

import threading
from collections.abc import Sequence
from pathlib import Path

import requests

from demo import scenes
from demo.cast import Visit
from demo.places import Places
from demo.scenes import Shot

_POLL_S = 0.3
# A person needs a moment to lay the credential down: the screen first sees an empty table.
PAUSE_POLLS = 5
_SHOWN: dict[str | None, Shot] = {"front": "front", "back": "back", "live_photo": "live"}


class Hands:
    """Watches the step of the kiosk and puts the next citizen's credential or face there.

    A photograph that the gate did not take is followed by another one.
    """

    def __init__(self, places: Places, frames: Path, visits: Sequence[Visit], kiosk: str) -> None:
        self._places = places
        self._frames = frames
        self._visits = visits
        self._health = f"{kiosk}/health"
        self._number = -1
        self._seen: tuple[str | None, int] = (None, 0)
        self._polls = 0
        self._stopping = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False
        self._thread = threading.Thread(target=self._run, name="hands", daemon=True)

    def start(self) -> None:
        """Begin with an empty table."""
        self._places.show(scenes.table(self._frames))
        self._thread.start()

    def stop(self) -> None:
        """Leave what lies there."""
        self._stopping.set()
        self._thread.join()
        self._session.close()

    def follow(self, step: str | None, attempts: int) -> None:
        """Show what this step asks for; called again and again while the visit stands there."""
        if (step, attempts) != self._seen:
            if step == "consent" and self._seen[0] != "consent":
                self._number += 1
            self._seen, self._polls = (step, attempts), 0
            self._places.show(scenes.table(self._frames))
        self._polls += 1
        if self._polls == PAUSE_POLLS and step in _SHOWN:
            visit = self._visits[self._number % len(self._visits)]
            self._places.show(scenes.scene(self._frames, visit, _SHOWN[step], attempts))

    def _run(self) -> None:
        while not self._stopping.wait(_POLL_S):
            try:
                health = self._session.get(self._health, timeout=2).json()
            except (requests.RequestException, ValueError):
                continue  # it was killed, or it is starting
            self.follow(health.get("step"), int(health.get("attempts") or 0))
