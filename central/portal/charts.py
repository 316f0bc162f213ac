"""Geometry of the pictures in the Reporte de avance: numbers in, coordinates of an SVG out.

The templates draw what stands here; no script and no style attribute is needed, so the strict
content security policy holds. Lengths are in units of the SVG's view box, y grows downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from domain.apoyo import Partition, State

_LEFT, _RIGHT, _TOP = 52.0, 14.0, 12.0
_CURVE_HEIGHT, _GAP, _BARS_HEIGHT, _LABELS = 190.0, 26.0, 70.0, 24.0
PARTS_WIDTH = 1000.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `label` names what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: its place and the value or day it stands for."""

    at: float
    value: int | date


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


def daily_curve(
    days: Sequence[tuple[date, int, int]], *, goal: int | None, width: float, labels: int
) -> DailyCurve:
    """Draw (day, sent, in lista nominal) of consecutive days; at most `labels` days are named.

    The goal is drawn only where it does not flatten the curve: up to twice what was sent.
    """
    sent = list(accumulate(day[1] for day in days))
    valid = list(accumulate(day[2] for day in days))
    total = max(sent[-1] if sent else 0, 1)
    shown_goal = goal if goal is not None and goal <= 2 * total else None
    ticks = count_ticks(max(total, shown_goal or 0))
    highest = ticks[-1]
    bottom = _TOP + _CURVE_HEIGHT
    bars_bottom = bottom + _GAP + _BARS_HEIGHT
    slot = (width - _LEFT - _RIGHT) / max(len(days), 1)

    def x_of(index: int) -> float:
        return _LEFT + (index + 0.5) * slot

    def y_of(count: int) -> float:
        return bottom - _CURVE_HEIGHT * count / highest

    def bars(counts: Sequence[int]) -> tuple[Box, ...]:
        most = max((day[1] for day in days), default=0) or 1
        thickness = max(slot * 0.72, 1.0)
        heights = [_BARS_HEIGHT * count / most for count in counts]
        return tuple(
            Box(x_of(i) - thickness / 2, bars_bottom - height, thickness, height, "")
            for i, height in enumerate(heights)
        )

    sent_line = _polyline([(x_of(i), y_of(count)) for i, count in enumerate(sent)])
    valid_line = _polyline([(x_of(i), y_of(count)) for i, count in enumerate(valid)])
    step = max(1, -(-len(days) // max(labels, 1)))
    return DailyCurve(
        width=width,
        height=bars_bottom + _LABELS,
        left=_LEFT,
        right=width - _RIGHT,
        top=_TOP,
        curve_bottom=bottom,
        bars_bottom=bars_bottom,
        sent_line=sent_line,
        sent_area=_area(sent_line, x_of(0), x_of(max(len(days) - 1, 0)), bottom),
        valid_line=valid_line,
        valid_area=_area(valid_line, x_of(0), x_of(max(len(days) - 1, 0)), bottom),
        sent_bars=bars([day[1] for day in days]),
        valid_bars=bars([day[2] for day in days]),
        count_ticks=tuple(Tick(y_of(value), value) for value in ticks),
        day_ticks=tuple(Tick(x_of(i), days[i][0]) for i in range(0, len(days), step)),
        goal_y=None if shown_goal is None else y_of(shown_goal),
    )


def count_ticks(highest: int) -> tuple[int, ...]:
    """Give 0 and up to five round steps (1, 2 or 5 × 10ⁿ) that reach `highest`."""
    step = 1
    while -(-highest // step) > 5:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return tuple(range(0, max(-(-highest // step), 1) * step + 1, step))


def partition_bar(partition: Partition) -> tuple[Box, ...]:
    """Lay the states that count something side by side on `PARTS_WIDTH`, in their fixed order.

    A state with few apoyos keeps 3 units so that it can be seen; the others give way.
    """
    counts = [(state, partition[state]) for state in State if partition[state]]
    if not counts:
        return ()
    smallest, gap = 3.0, 2.0
    room = PARTS_WIDTH - gap * (len(counts) - 1) - smallest * len(counts)
    boxes, x = [], 0.0
    for state, count in counts:
        width = smallest + room * count / partition.enviados
        boxes.append(Box(round(x, 2), 0, round(width, 2), 40, state.value))
        x += width + gap
    return tuple(boxes)


def _polyline(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _area(line: str, first_x: float, last_x: float, bottom: float) -> str:
    return f"{first_x:.1f},{bottom:.1f} {line} {last_x:.1f},{bottom:.1f}" if line else ""
