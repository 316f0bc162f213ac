"""Reminders of an end: 7, 3 and 1 days before, made up for when one was missed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deadline import REMINDERS, Reminder, due_reminder

LAST = date(2027, 1, 6)


class TestDueReminder:
    @pytest.mark.parametrize(
        ("days_left", "of"),
        [(30, None), (8, None), (7, 7), (5, 7), (4, 7), (3, 3), (2, 3), (1, 1), (0, None)],
    )
    def test_is_the_next_one_that_was_not_reached(self, days_left: int, of: int | None) -> None:
        found = due_reminder(LAST - timedelta(days=days_left), LAST)
        assert found == (None if of is None else Reminder(of, days_left))

    def test_nobody_is_reminded_of_what_is_over(self) -> None:
        assert due_reminder(LAST + timedelta(days=1), LAST) is None

    @given(st.integers(0, 40))
    def test_who_is_asked_every_day_says_each_once_on_its_day(self, begin: int) -> None:
        said: dict[int, int] = {}
        for days_left in range(begin, -1, -1):
            found = due_reminder(LAST - timedelta(days=days_left), LAST)
            if found is not None:
                said.setdefault(found.of, found.days_left)
        late = {days for days in REMINDERS if days > begin}
        assert all(said.get(days) == days for days in REMINDERS if days not in late)
