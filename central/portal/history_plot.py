"""Geometry of a station's history: one line over time, broken where the station was silent.

The template draws what stands here; no script and no style attribute is needed, so the strict
content security policy holds. Lengths are in units of the SVG's view box, y grows downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from central.fleet.history import Point
from central.portal.charts import Tick, count_ticks

_LEFT, _RIGHT, _TOP, _HEIGHT, _LABELS = 52.0, 14.0, 12.0, 130.0, 24.0
# A silence of three spans is a silence, and not a hello that came late.
_GAP = 3


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A moment on the axis."""

    at: float
    moment: datetime


@dataclass(frozen=True, slots=True)
class HistoryPlot:
    """The lines of one measure, its axes, and the line that it should not cross."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    ticks: tuple[Tick, ...]
    times: tuple[TimeTick, ...]
    limit_y: float | None


def history_plot(
    points: Sequence[Point],
    *,
    begins: datetime,
    ends: datetime,
    scale: float,
    limit: float | None,
    width: float,
    labels: int,
) -> HistoryPlot:
    """Draw points between two moments; values are divided by `scale` first."""
    values = [point.value / scale for point in points]
    highest = max(1, round(max([*values, limit or 0])))
    ticks = count_ticks(highest)
    whole = ends - begins

    def x(moment: datetime) -> float:
        share = max(0.0, min((moment - begins) / whole, 1.0))
        return _LEFT + (width - _LEFT - _RIGHT) * share

    def y(value: float) -> float:
        return _TOP + _HEIGHT * (1 - max(0.0, value) / ticks[-1])

    runs: list[list[tuple[float, float]]] = []
    last: Point | None = None
    for point, value in zip(points, values, strict=True):
        if last is None or point.at - last.at > _GAP * max(point.span, last.span):
            runs.append([])
        runs[-1].append((x(point.at), y(value)))
        last = point
    return HistoryPlot(
        width=width,
        height=_TOP + _HEIGHT + _LABELS,
        left=_LEFT,
        right=width - _RIGHT,
        top=_TOP,
        bottom=_TOP + _HEIGHT,
        lines=tuple(" ".join(f"{a:.1f},{b:.1f}" for a, b in run) for run in runs if len(run) > 1),
        dots=tuple(run[0] for run in runs if len(run) == 1),
        ticks=tuple(Tick(y(value), value) for value in ticks),
        times=tuple(
            TimeTick(x(moment), moment)
            for number in range(labels)
            for moment in [_whole_hour(begins + (ends - begins) * (number + 0.5) / labels)]
        ),
        limit_y=None if limit is None else y(limit),
    )


def _whole_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
