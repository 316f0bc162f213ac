"""systemd's end of sd_notify: a Unix datagram socket, and what arrived on it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Supervisor:
    """Listens as a service manager does, and remembers what it was told and when."""

    def __init__(self, listening: socket.socket) -> None:
        self._socket = listening
        self.heard: list[tuple[float, str]] = []

    def listen(self, seconds: float) -> list[str]:
        """Give the lines that arrive within some seconds."""
        until_s = time.monotonic() + seconds
        fresh: list[str] = []
        while (left_s := until_s - time.monotonic()) > 0:
            self._socket.settimeout(left_s)
            try:
                message = self._socket.recv(4096).decode()
            except TimeoutError:
                break
            fresh += message.splitlines()
            self.heard += [(time.monotonic(), line) for line in message.splitlines()]
        return fresh

    def wait_for(self, is_it: Callable[[str], bool], *, within_s: float = 30) -> str:
        """Wait for a line."""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            for line in self.listen(0.1):
                if is_it(line):
                    return line
        raise AssertionError([line for _, line in self.heard])


@contextmanager
def supervised(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, watchdog_s: float
) -> Iterator[Supervisor]:
    """Let the processes that a test starts believe that systemd started them."""
    address = folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(address))
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        monkeypatch.setenv("WATCHDOG_USEC", str(int(watchdog_s * 1_000_000)))
        yield Supervisor(listening)
