"""Tells systemd that a service is ready or alive; without systemd nothing happens."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from gunicorn.systemd import sd_notify

_log = logging.getLogger(__name__)
_SOCKET = "NOTIFY_SOCKET"


def notify(*lines: str) -> None:
    """Send states to the supervisor: `READY=1`, `WATCHDOG=1`, `STATUS=…`, `STOPPING=1`."""
    sd_notify("\n".join(lines), _log)


def watchdog_s() -> float:
    """Return how long the supervisor bears silence, 0 where it does not listen."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    if _SOCKET not in os.environ or not microseconds.isdecimal():
        return 0.0
    return int(microseconds) / 1_000_000


@contextmanager
def unheard() -> Iterator[None]:
    """Keep what runs within from speaking to the supervisor."""
    address = os.environ.pop(_SOCKET, None)
    try:
        yield
    finally:
        if address is not None:
            os.environ[_SOCKET] = address
