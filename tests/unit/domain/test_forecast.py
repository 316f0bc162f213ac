"""When a threshold is reached: hand-computed days, cases without a day, what always holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.expectation import Expectation
from domain.forecast import Forecast, Outlook, Pace, forecast, pace
from domain.threshold import Progress, UnitProgress

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
END = NOW + timedelta(days=30)
NONE_OPEN = Expectation(0, 0, 0, 0)
STEADY = Pace(100.0, 0.0, 28)
PACES = st.builds(Pace, st.floats(0.01, 1e5), st.floats(0, 1e5), st.integers(3, 28))


def look(
    valid: int,
    required: int,
    going: Pace | None = STEADY,
    *,
    expected: Expectation = NONE_OPEN,
    units: tuple[UnitProgress, ...] = (),
    units_required: int = 0,
    now: datetime = NOW,
) -> Forecast:
    progress = Progress(valid, required, units_required, units)
    return forecast(progress, expected, going, now=now, ends_at=END)


class TestPace:
    def test_is_the_mean_of_whole_weeks(self) -> None:
        week = [10.0, 10, 10, 10, 10, 10, 3]
        assert pace([999.0, *week, *week]) == pace([*week, *week])
        found = pace([*week, *week])
        assert found is not None
        assert found.per_day == pytest.approx(9.0)
        assert found.days == 14

    def test_a_weekend_does_not_change_it_whatever_the_day_is(self) -> None:
        week = [10.0, 10, 10, 10, 10, 0, 0]
        months = week * 4
        rates = {
            round(found.per_day, 9)
            for shift in range(7)
            if (found := pace(months[shift:] + months[:shift])) is not None
        }
        assert len(rates) == 1

    def test_a_burst_counts_as_three_usual_days(self) -> None:
        found = pace([10.0] * 6 + [44_000.0])
        assert found is not None
        assert found.per_day == pytest.approx((60 + 30) / 7)

    def test_looks_back_four_weeks_and_no_further(self) -> None:
        found = pace([500.0] * 30 + [7.0] * 28)
        assert found == Pace(7.0, 0.0, 28)

    @pytest.mark.parametrize("days", [[], [5.0], [5.0, 6.0]])
    def test_is_not_told_from_fewer_than_three_days(self, days: list[float]) -> None:
        assert pace(days) is None

    def test_days_without_anything_are_days_too(self) -> None:
        found = pace([12.0, 0.0, 0.0])
        assert found is not None
        assert found.per_day == pytest.approx(4.0)
        assert pace([0.0] * 9) == Pace(0.0, 0.0, 7)


class TestBand:
    @given(PACES, st.floats(1, 1e6))
    def test_the_earliest_is_before_the_likely_and_the_latest_after(
        self, going: Pace, needed: float
    ) -> None:
        likely = going.days_until(needed)
        assert going.earliest(needed) <= likely * (1 + 1e-9)
        assert likely <= going.latest(needed) * (1 + 1e-9)

    @given(PACES, st.floats(1, 1e6))
    def test_the_edges_of_the_growth_are_there_on_those_days(
        self, going: Pace, needed: float
    ) -> None:
        _, _, high = going.grown(going.earliest(needed))
        assert high == pytest.approx(needed, rel=1e-6)
        latest = going.latest(needed)
        assume(latest < 1e6)
        low, _, _ = going.grown(latest)
        assert low == pytest.approx(needed, rel=1e-4, abs=1e-3)

    def test_days_all_alike_leave_no_doubt(self) -> None:
        assert STEADY.earliest(1_000) == STEADY.latest(1_000) == pytest.approx(10.0)

    def test_no_pace_never_gets_there(self) -> None:
        still = Pace(0.0, 0.0, 7)
        assert still.days_until(1) == still.earliest(1) == still.latest(1) == float("inf")
        assert still.days_until(0) == still.earliest(0) == still.latest(-3) == 0


class TestOutlook:
    def test_a_thousand_at_a_hundred_a_day_take_ten_days(self) -> None:
        found = look(9_000, 10_000)
        assert found.outlook is Outlook.IN_TIME
        assert found.on == found.earliest == found.latest == date(2026, 11, 11)
        assert (found.missing, found.needed_per_day) == (1_000, 34)

    def test_what_is_open_is_taken_off(self) -> None:
        found = look(9_000, 10_000, expected=Expectation(400, 300, 200, 400))
        assert found.missing == 700
        assert (found.earliest, found.on, found.latest) == (
            date(2026, 11, 7),
            date(2026, 11, 8),
            date(2026, 11, 9),
        )

    def test_says_reached(self) -> None:
        assert look(10_000, 10_000).outlook is Outlook.REACHED
        assert look(9_999, 10_000).outlook is Outlook.IN_TIME

    def test_says_that_the_open_ones_are_enough(self) -> None:
        found = look(9_900, 10_000, None, expected=Expectation(150, 100, 80, 120))
        assert found.outlook is Outlook.EXPECTED
        assert found.on is None

    def test_says_that_the_deadline_comes_first(self) -> None:
        found = look(1_000, 10_000)
        assert found.outlook is Outlook.TOO_LATE
        assert found.on == date(2027, 1, 30)
        assert found.needed_per_day == 300

    def test_is_unsure_where_the_band_holds_the_end(self) -> None:
        assert look(7_100, 10_000, Pace(100.0, 60.0, 7)).outlook is Outlook.UNSURE

    def test_without_a_pace_there_is_no_day(self) -> None:
        assert look(0, 10, None).outlook is Outlook.TOO_EARLY
        found = look(0, 10, Pace(0.0, 0.0, 14))
        assert (found.outlook, found.on, found.needed_per_day) == (Outlook.NO_PACE, None, 1)

    def test_after_the_end_nothing_is_promised(self) -> None:
        found = look(0, 10, now=END + timedelta(hours=1))
        assert found.outlook is Outlook.OVER
        assert (found.on, found.needed_per_day, found.days_left) == (None, None, 0.0)

    def test_on_the_last_day_all_that_is_missing_is_needed_today(self) -> None:
        found = look(0, 40, now=END - timedelta(hours=2))
        assert found.needed_per_day == 40

    @given(st.integers(0, 10**6), st.integers(1, 10**6), PACES, st.integers(0, 1000), st.data())
    def test_dates_are_in_order_and_never_in_the_past(
        self, valid: int, required: int, going: Pace, open_ones: int, data: st.DataObject
    ) -> None:
        low, likely, high = sorted(data.draw(st.integers(0, open_ones)) for _ in range(3))
        found = look(valid, required, going, expected=Expectation(open_ones, likely, low, high))
        if found.on is not None:
            assert found.earliest is not None
            assert NOW.date() <= found.earliest <= found.on <= (found.latest or date.max)
        assert found.missing == max(0, required - valid - likely)


class TestUnits:
    UNITS = (
        UnitProgress("05", 600, 500),
        UnitProgress("07", 300, 330),
        UnitProgress("09", 100, 200),
        UnitProgress("11", 0, 50),
    )

    def test_each_is_taken_to_keep_its_share(self) -> None:
        found = look(1_000, 900, units=self.UNITS, units_required=2)
        by_code = {one.unit.code: one for one in found.units}
        # 30 missing at 300/1000 of 100 a day: one day. 100 at 100/1000: ten. None at 0: never.
        assert [one.unit.code for one in found.units] == ["07", "11", "09"]
        assert by_code["07"].on == date(2026, 11, 2)
        assert by_code["09"].on == date(2026, 11, 11)
        assert by_code["11"].on is None
        assert [one.in_time for one in found.units] == [True, False, True]
        assert by_code["09"].needed_per_day == 4

    def test_the_dispersion_decides_the_day_when_it_is_later(self) -> None:
        assert look(1_000, 900, units=self.UNITS, units_required=2).on == date(2026, 11, 2)
        found = look(1_000, 1_200, units=self.UNITS, units_required=3)
        assert found.on == date(2026, 11, 11)
        assert found.waits_for_units
        assert not look(1_000, 3_000, units=self.UNITS, units_required=3).waits_for_units

    def test_a_unit_with_nothing_that_is_needed_leaves_no_day(self) -> None:
        found = look(1_000, 900, units=self.UNITS, units_required=4)
        assert found.outlook is Outlook.NO_PACE
        assert found.waits_for_units

    def test_more_units_than_there_are_can_never_be_reached(self) -> None:
        assert look(1_000, 900, units=self.UNITS, units_required=9).outlook is Outlook.NO_PACE

    def test_before_anything_counts_nobody_knows_where_it_comes_from(self) -> None:
        units = (UnitProgress("05", 0, 10),)
        assert look(0, 900, units=units, units_required=1).outlook is Outlook.TOO_EARLY
