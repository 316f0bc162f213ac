"""Tells systemd that a service works, and falls silent when it does not.

systemd restarts a service that is silent for longer than its `WatchdogSec=`. So nothing is said on
a timer alone: each time the service is looked at first (`Pulse`). What a restart cannot help, such
as a camera that is not plugged in or a full disk, is told in words and is no reason for silence.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gunicorn.systemd import sd_notify

log = logging.getLogger(__name__)

_SOCKET = "NOTIFY_SOCKET"


@dataclass(frozen=True, slots=True)
class Pulse:
    """Whether the service does its work, and what `systemctl status` shows; nobody's data."""

    is_alive: bool
    status: str


class Heartbeat:
    """Beats as long as the work goes on. Without systemd it does nothing, not even look."""

    def __init__(
        self, look: Callable[[], Pulse], monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._look = look
        self._monotonic_s = monotonic_s
        self._due_s = 0.0
        self.every_s = watchdog_s() / 3

    def ready(self) -> None:
        """Say that the service serves."""
        notify("READY=1")
        self.beat()

    def beat(self) -> None:
        """Look at the service when it is time, and say what was seen."""
        if not self.every_s or self._monotonic_s() < self._due_s:
            return
        self._due_s = self._monotonic_s() + self.every_s
        try:
            pulse = self._look()
        except Exception:  # a look that fails is a service that does not work
            log.exception("heartbeat.failed")
            return
        if not pulse.is_alive:
            log.error("heartbeat.missed reason=%s", pulse.status)
        notify(f"STATUS={pulse.status}", *(["WATCHDOG=1"] if pulse.is_alive else []))

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Wait as `stop.wait` does, beating meanwhile."""
        until_s = self._monotonic_s() + seconds
        self.beat()
        while not stop.is_set() and (left_s := until_s - self._monotonic_s()) > 0:
            stop.wait(min(left_s, self.every_s / 2 or left_s))
            self.beat()
        return stop.is_set()


class HeartbeatThread:
    """Beats beside a service that has no loop of its own."""

    def __init__(self, heartbeat: Heartbeat) -> None:
        self._heartbeat = heartbeat
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Say that the service serves, and begin."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more; a look that hangs is left behind."""
        self._stopping.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        self._heartbeat.ready()
        # Twice as often as it is due: a look that took long must not cost a beat.
        while self._heartbeat.every_s and not self._stopping.wait(self._heartbeat.every_s / 2):
            self._heartbeat.beat()


def notify(*lines: str) -> None:
    """Tell systemd; without it nothing happens."""
    sd_notify("\n".join(lines), log)


def watchdog_s() -> float:
    """Return how long systemd bears silence, 0 where it does not listen."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    if _SOCKET not in os.environ or not microseconds.isdecimal():
        return 0.0
    return int(microseconds) / 1_000_000


@contextmanager
def unheard() -> Iterator[None]:
    """Keep what runs within from speaking to systemd: gunicorn is ready before its worker is."""
    address = os.environ.pop(_SOCKET, None)
    try:
        yield
    finally:
        if address is not None:
            os.environ[_SOCKET] = address
