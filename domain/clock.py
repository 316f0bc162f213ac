"""Time as an argument: what the rest of Acopio asks of a clock."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time and elapsed time, given to whoever needs them."""

    def now(self) -> datetime:
        """Return the present in UTC, aware."""
        ...

    def monotonic_ms(self) -> int:
        """Return milliseconds that never go back while the machine is up."""
        ...
