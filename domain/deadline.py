"""Which reminder of an end is due: some days before it, each said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# Days before the last day on which somebody should be reminded.
REMINDERS = (7, 3, 1)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that is due: of which one of the days, and how many are really left."""

    of: int
    days_left: int


def due_reminder(
    today: date, last_day: date, reminders: Sequence[int] = REMINDERS
) -> Reminder | None:
    """Give the reminder that is due, or None.

    Where one was missed (nothing ran, or the request was registered late) it is made up for until
    the next one, with the days that are left; on the last day itself nobody is reminded.
    """
    days_left = (last_day - today).days
    if days_left < 1:
        return None
    of = min((days for days in reminders if days_left <= days), default=None)
    return None if of is None else Reminder(of, days_left)
