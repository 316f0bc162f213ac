"""Geometry of the daily curve: what came in, what counts, and where the pace leads.

The template draws what stands here; no script and no style attribute is needed, so the strict
content security policy holds. Lengths are in units of the SVG's view box, y grows downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from central.portal.charts import Box, Tick, count_ticks

_LEFT, _RIGHT, _TOP = 52.0, 14.0, 12.0
_CURVE_HEIGHT, _GAP, _BARS_HEIGHT, _LABELS = 190.0, 26.0, 70.0, 24.0


class Ahead(NamedTuple):
    """What may count by the end of a day to come: at least, likely, at most."""

    on: date
    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class DailyCurve:
    """The accumulated curve above, the bars of each day below, on one axis of days."""

    width: float
    height: float
    left: float
    right: float
    top: float
    curve_bottom: float
    bars_bottom: float
    sent_line: str
    sent_area: str
    valid_line: str
    valid_area: str
    sent_bars: tuple[Box, ...]
    valid_bars: tuple[Box, ...]
    count_ticks: tuple[Tick, ...]
    day_ticks: tuple[Tick, ...]
    goal_y: float | None
    ahead_line: str
    ahead_band: str
    # Where today ends and what is ahead begins; None with nothing ahead.
    today_x: float | None


@dataclass(frozen=True, slots=True)
class _Scale:
    """From days and counts to places."""

    slot: float
    highest: int

    def x(self, index: int) -> float:
        return _LEFT + (index + 0.5) * self.slot

    def y(self, count: float) -> float:
        # The band may leave the picture: it is cut at the top.
        return _TOP + _CURVE_HEIGHT * (1 - min(count, self.highest) / self.highest)

    def line(self, counts: Sequence[float], first: int = 0) -> list[tuple[float, float]]:
        return [(self.x(first + i), self.y(count)) for i, count in enumerate(counts)]


def daily_curve(
    days: Sequence[tuple[date, int, int]],
    *,
    goal: int | None,
    width: float,
    labels: int,
    ahead: Sequence[Ahead] = (),
) -> DailyCurve:
    """Draw (day, sent, in lista nominal) of consecutive days; at most `labels` days are named.

    `ahead` begins with the last of the days, as it may be once its open apoyos are decided. The
    goal is drawn only where it does not flatten the curve: up to twice what is shown.
    """
    sent = list(accumulate(day[1] for day in days))
    valid = list(accumulate(day[2] for day in days))
    last = max(len(days) - 1, 0)
    total = max(sent[-1] if sent else 0, *(round(day.likely) for day in ahead), 1)
    shown_goal = goal if goal is not None and goal <= 2 * total else None
    highest = max(total, shown_goal or 0)
    most = round(max((day.high for day in ahead), default=0))
    ticks = count_ticks(max(highest, min(most, round(1.25 * highest))))
    slots = max(len(days) + max(len(ahead) - 1, 0), 1)
    scale = _Scale((width - _LEFT - _RIGHT) / slots, ticks[-1])
    bottom = _TOP + _CURVE_HEIGHT
    bars_bottom = bottom + _GAP + _BARS_HEIGHT
    sent_line, valid_line = _polyline(scale.line(sent)), _polyline(scale.line(valid))
    named = [day[0] for day in days] + [day.on for day in ahead[1:]]
    step = max(1, -(-slots // max(labels, 1)))
    return DailyCurve(
        width=width,
        height=bars_bottom + _LABELS,
        left=_LEFT,
        right=width - _RIGHT,
        top=_TOP,
        curve_bottom=bottom,
        bars_bottom=bars_bottom,
        sent_line=sent_line,
        sent_area=_area(sent_line, scale.x(0), scale.x(last), bottom),
        valid_line=valid_line,
        valid_area=_area(valid_line, scale.x(0), scale.x(last), bottom),
        sent_bars=_bars(scale, bars_bottom, days, [day[1] for day in days]),
        valid_bars=_bars(scale, bars_bottom, days, [day[2] for day in days]),
        count_ticks=tuple(Tick(scale.y(value), value) for value in ticks),
        day_ticks=tuple(Tick(scale.x(i), named[i]) for i in range(0, len(named), step)),
        goal_y=None if shown_goal is None else scale.y(shown_goal),
        ahead_line=_polyline(scale.line([day.likely for day in ahead], last)),
        ahead_band=_polyline(
            scale.line([day.high for day in ahead], last)
            + scale.line([day.low for day in ahead], last)[::-1]
        ),
        today_x=scale.x(last) + scale.slot / 2 if len(ahead) > 1 else None,
    )


def _bars(
    scale: _Scale, bottom: float, days: Sequence[tuple[date, int, int]], counts: Sequence[int]
) -> tuple[Box, ...]:
    most = max((day[1] for day in days), default=0) or 1
    thickness = max(scale.slot * 0.72, 1.0)
    heights = [_BARS_HEIGHT * count / most for count in counts]
    return tuple(
        Box(scale.x(i) - thickness / 2, bottom - height, thickness, height, "")
        for i, height in enumerate(heights)
    )


def _polyline(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _area(line: str, first_x: float, last_x: float, bottom: float) -> str:
    return f"{first_x:.1f},{bottom:.1f} {line} {last_x:.1f},{bottom:.1f}" if line else ""
