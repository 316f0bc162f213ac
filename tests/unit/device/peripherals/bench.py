"""Waiting for what another thread does, without waiting longer than needed."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(holds: Callable[[], object], *, within_s: float = 20) -> None:
    """Return once something holds; the limit is generous, since a slow machine is no failure."""
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.005)
