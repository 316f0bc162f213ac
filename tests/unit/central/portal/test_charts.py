"""The geometry of the pictures: shares, scales and ticks."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.portal.charts import PARTS_WIDTH, count_ticks, partition_bar
from central.portal.daily_curve import Ahead, daily_curve
from domain.apoyo import Partition, State

COUNTS = st.dictionaries(st.sampled_from(list(State)), st.integers(0, 13_097_041))


class TestPartitionBar:
    @given(COUNTS)
    def test_fills_the_width_without_overlap_and_shows_each_state_that_counts(
        self, counts: dict[State, int]
    ) -> None:
        partition = Partition(counts, sum(counts.values()))
        boxes = partition_bar(partition)
        assert [box.label for box in boxes] == [s.value for s in State if partition[s]]
        if boxes:
            assert boxes[0].x == 0
            assert boxes[-1].x + boxes[-1].width == pytest.approx(PARTS_WIDTH, abs=0.1)
        for left, right in pairwise(boxes):
            assert left.x + left.width < right.x
        assert all(box.width >= 3 for box in boxes)

    def test_the_larger_count_is_the_wider_box(self) -> None:
        boxes = partition_bar(Partition({State.LISTA_NOMINAL: 30, State.BAJA: 10}, 40))
        assert boxes[0].width > 2.9 * boxes[1].width


class TestCountTicks:
    @pytest.mark.parametrize(
        ("highest", "ticks"),
        [
            (0, (0, 1)),
            (1, (0, 1)),
            (5, (0, 1, 2, 3, 4, 5)),
            (7, (0, 2, 4, 6, 8)),
            (71_389, (0, 20_000, 40_000, 60_000, 80_000)),
        ],
    )
    def test_steps_are_round(self, highest: int, ticks: tuple[int, ...]) -> None:
        assert count_ticks(highest) == ticks

    @given(st.integers(0, 10**9))
    def test_reach_the_highest_with_five_steps_at_most(self, highest: int) -> None:
        ticks = count_ticks(highest)
        assert ticks[-1] >= highest
        assert 2 <= len(ticks) <= 6


class TestDailyCurve:
    DAYS = tuple((date(2026, 11, 1) + timedelta(days=n), n, n // 2) for n in range(10))

    def test_the_line_of_all_sent_never_falls(self) -> None:
        curve = daily_curve(self.DAYS, goal=None, width=540, labels=5)
        heights = [float(point.split(",")[1]) for point in curve.sent_line.split()]
        assert heights == sorted(heights, reverse=True)
        assert len(curve.sent_bars) == 10

    def test_everything_lies_inside_the_picture(self) -> None:
        curve = daily_curve(self.DAYS, goal=60, width=380, labels=4)
        for bar in (*curve.sent_bars, *curve.valid_bars):
            assert curve.left <= bar.x
            assert bar.x + bar.width <= curve.right
            assert curve.curve_bottom < bar.y <= curve.bars_bottom
        assert curve.goal_y is not None
        assert curve.top <= curve.goal_y < curve.curve_bottom

    def test_names_no_more_days_than_there_is_room_for(self) -> None:
        assert len(daily_curve(self.DAYS, goal=None, width=380, labels=4).day_ticks) <= 4

    def test_a_goal_far_away_does_not_flatten_the_curve(self) -> None:
        assert daily_curve(self.DAYS, goal=1_000_000, width=540, labels=5).goal_y is None

    def test_no_days_make_an_empty_picture(self) -> None:
        curve = daily_curve((), goal=10, width=540, labels=5)
        assert (curve.sent_line, curve.sent_area, curve.sent_bars) == ("", "", ())

    def test_what_is_ahead_begins_where_the_days_end(self) -> None:
        ahead = [
            Ahead(date(2026, 11, 10 + n), 20.0 + n, 22.0 + 2 * n, 25 + 4 * n) for n in range(6)
        ]
        curve = daily_curve(self.DAYS, goal=40, width=540, labels=5, ahead=ahead)
        first, *_rest, last = (float(p.split(",")[0]) for p in curve.ahead_line.split())
        assert curve.today_x is not None
        assert first < curve.today_x < last <= curve.right
        places = [tuple(map(float, p.split(","))) for p in curve.ahead_band.split()]
        assert len(places) == 12
        assert all(curve.top <= y <= curve.curve_bottom for _x, y in places)
        highs, lows = places[:6], places[6:][::-1]
        assert all(high[1] <= low[1] for high, low in zip(highs, lows, strict=True))

    def test_a_band_that_is_far_too_wide_is_cut_and_flattens_nothing(self) -> None:
        ahead = [Ahead(date(2026, 11, 10 + n), 0.0, 50.0, 10.0**9) for n in range(3)]
        curve = daily_curve(self.DAYS, goal=None, width=540, labels=5, ahead=ahead)
        assert curve.count_ticks[-1].value in (80, 100)
        assert min(float(p.split(",")[1]) for p in curve.ahead_band.split()) == curve.top
