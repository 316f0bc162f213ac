"""How one station was: the rows of a period, and the worst of each part of it for a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.intake.health import SMALLEST
from central.models import StationHealth

# A plot is some 700 units wide.
_MOST_POINTS = 300


class Period(StrEnum):
    """How far back, and into how many parts a table of it is cut."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    @property
    def length(self) -> timedelta:
        """How far back."""
        return timedelta(days={"day": 1, "week": 7, "month": 30, "year": 365}[self.value])

    @property
    def part(self) -> timedelta:
        """One row of a table."""
        return timedelta(hours={"day": 1, "week": 6, "month": 24, "year": 24 * 14}[self.value])


class Measure(StrEnum):
    """What is drawn, each by the column it is kept in."""

    WAITING = "waiting"
    TEMPERATURE = "temperature_mc"
    DISK = "disk_free_mib"
    BATTERY = "battery_percent"
    PREVIEWS = "previews_per_10s"
    RESTARTS = "camera_restarts"
    LOAD = "load_percent"
    MEMORY = "memory_available_percent"

    @property
    def worst(self) -> Callable[[Iterable[int]], int]:
        """Which of several is the one to know."""
        return min if self.value in SMALLEST else max


class Point(NamedTuple):
    """One measurement: its moment, what it spans, and its value."""

    at: datetime
    span: timedelta
    value: int


@dataclass(frozen=True, slots=True)
class Part:
    """The worst of one part of a period; None: nothing was said in it."""

    begins: datetime
    value: int | None


@dataclass(frozen=True, slots=True)
class History:
    """One measure over a period."""

    measure: Measure
    points: tuple[Point, ...]
    parts: tuple[Part, ...]


def history(session: Session, station_id: int, period: Period, *, now: datetime) -> list[History]:
    """Give every measure that the station said in a period; those it never said are left out."""
    columns = [getattr(StationHealth, measure.value) for measure in Measure]
    rows = session.execute(
        select(StationHealth.begins_s, StationHealth.span_s, *columns)
        .where(
            StationHealth.station_id == station_id,
            StationHealth.begins_s >= int((now - period.length).timestamp()),
        )
        .order_by(StationHealth.begins_s)
    ).all()
    step_s = int(period.length.total_seconds()) // _MOST_POINTS
    found = []
    for place, measure in enumerate(Measure, start=2):
        said = [(row[0], row[1], row[place]) for row in rows if row[place] is not None]
        if said:
            points = tuple(_points(measure, said, step_s))
            found.append(History(measure, points, _parts(measure, points, period, now)))
    return found


def _points(measure: Measure, said: Sequence[tuple[int, int, int]], step_s: int) -> Iterator[Point]:
    """Give the worst of each step: a line has no room for more."""
    for step, group in groupby(said, key=lambda one: one[0] // step_s):
        values = list(group)
        yield Point(
            datetime.fromtimestamp(max(step * step_s, values[0][0]), UTC),
            timedelta(seconds=max(step_s, values[0][1])),
            measure.worst(value for _, _, value in values),
        )


def _parts(
    measure: Measure, points: Sequence[Point], period: Period, now: datetime
) -> tuple[Part, ...]:
    step_s = int(period.part.total_seconds())
    last = int(now.timestamp()) // step_s
    first = int((now - period.length).timestamp()) // step_s + 1
    values: dict[int, list[int]] = {}
    for point in points:
        values.setdefault(int(point.at.timestamp()) // step_s, []).append(point.value)
    return tuple(
        Part(
            datetime.fromtimestamp(number * step_s, UTC),
            measure.worst(values[number]) if number in values else None,
        )
        for number in range(last, first - 1, -1)
    )
