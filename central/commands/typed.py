"""What an operator types: instants in the zone of a process, and passwords on the input."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from central.errors import InvalidInputError


def instant(text: str, zone: ZoneInfo, *, is_end: bool) -> datetime:
    """Read a day or a moment; the last day counts whole.

    Raises:
        InvalidInputError: It is neither.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(f"not a date: {text}", field="dates") from error
    if moment.tzinfo is not None:
        return moment
    if is_end and len(text) == len("2026-11-23"):
        moment += timedelta(days=1, microseconds=-1)
    return moment.replace(tzinfo=zone)


def typed_password() -> str:
    """Read one line of the input."""
    return sys.stdin.readline().rstrip("\r\n")
