"""The machine's clock, for the processes of the centre."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """Wall time in UTC and milliseconds since some moment of this boot."""

    def now(self) -> datetime:
        """Return the present in UTC, aware."""
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        """Return milliseconds that never go back while the machine is up."""
        return time.monotonic_ns() // 1_000_000
