"""When a threshold is reached if the pace of the last weeks goes on, and how sure that is.

The pace is the mean of the last complete days: whole weeks, at most four, so that a weekend weighs
as it does, and a day over three times the median day counts as three of them, so that one burst
does not promise more. Growth over t days is the pace times t; the band around it has the
variance of t days like those, and that of a mean known from n days only. A unit of the
dispersion is taken to keep its share of what comes in.

Source: the prediction interval of a random walk with drift, e.g. R. J. Hyndman, G. Athanasopoulos,
Forecasting: Principles and Practice (3rd ed.), section 5.5; decision 0032.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil, inf, sqrt
from statistics import NormalDist, mean, median, stdev

from domain.expectation import LEVEL, Expectation
from domain.threshold import Progress, UnitProgress

LEAST_DAYS = 3
_MOST_WEEKS = 4
_BURST = 3
_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
# Further away nobody should plan by it.
_FURTHEST_DAYS = 3_650


class Outlook(StrEnum):
    """What can be said of the day on which a threshold is reached."""

    REACHED = "reached"
    EXPECTED = "expected"  # once the open apoyos are decided as the others were
    OVER = "over"  # the period ended first
    # Fewer than `LEAST_DAYS` complete days, or nothing counts yet that shows where it comes from.
    TOO_EARLY = "too_early"
    NO_PACE = "no_pace"  # nothing comes in, or nothing in a unit that is needed
    IN_TIME = "in_time"
    UNSURE = "unsure"  # the band holds the end of the period
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Pace:
    """What comes in on a day, how much days differ from each other, and from how many days."""

    per_day: float
    deviation: float
    days: int

    def grown(self, days: float) -> tuple[float, float, float]:
        """Give what comes in within `days`: low, likely and high; none is below 0."""
        likely = self.per_day * days
        band = _Z * self.deviation * sqrt(days * (1 + days / self.days))
        return max(0.0, likely - band), likely, likely + band

    def days_until(self, needed: float) -> float:
        """Give how many days bring `needed`: none for what is there, infinitely many at pace 0."""
        if needed <= 0:
            return 0.0
        return needed / self.per_day if self.per_day > 0 else inf

    def earliest(self, needed: float) -> float:
        """Give the days after which `needed` may be there, at the upper edge of the band."""
        if needed <= 0:
            return 0.0
        edge = self._edge(needed)
        return inf if edge is None else 2 * needed**2 / (edge[0] + edge[1])

    def latest(self, needed: float) -> float:
        """Give the days after which even the lower edge of the band is there; maybe never."""
        if needed <= 0:
            return 0.0
        edge = self._edge(needed)
        steep = self.per_day**2 - (_Z * self.deviation) ** 2 / self.days
        if edge is None or steep <= 0:
            return inf
        return (edge[0] + edge[1]) / (2 * steep)

    def _edge(self, needed: float) -> tuple[float, float] | None:
        # Both edges: (pace t - needed)² = s² (t + t²/n), with s = z · deviation.
        if self.per_day <= 0:
            return None
        s = (_Z * self.deviation) ** 2
        linear = 2 * needed * self.per_day + s
        return linear, sqrt(s * s + 4 * needed * self.per_day * s + 4 * needed**2 * s / self.days)


@dataclass(frozen=True, slots=True)
class UnitForecast:
    """One unit that is not there yet, if it keeps its share of what comes in."""

    unit: UnitProgress
    # None: not at this pace.
    on: date | None
    in_time: bool
    needed_per_day: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The answer for one request. Dates are None where the outlook gives none."""

    outlook: Outlook
    pace: Pace | None
    days_left: float
    # What the pace must bring until the end, beyond what the open apoyos are likely to.
    missing: int
    needed_per_day: int | None
    on: date | None = None
    earliest: date | None = None
    latest: date | None = None
    # It is the dispersion, not the total, that decides the day.
    waits_for_units: bool = False
    units: tuple[UnitForecast, ...] = ()


def pace(days: Sequence[float]) -> Pace | None:
    """Judge the pace from consecutive complete days, the newest last; None for too few."""
    if len(days) < LEAST_DAYS:
        return None
    weeks = min(len(days) // 7, _MOST_WEEKS)
    seen = days[-7 * weeks :] if weeks else days
    usual = median([day for day in seen if day > 0] or [0.0])
    capped = [min(day, _BURST * usual) for day in seen]
    return Pace(mean(capped), stdev(capped), len(capped))


def forecast(
    progress: Progress,
    expected: Expectation,
    going: Pace | None,
    *,
    now: datetime,
    ends_at: datetime,
) -> Forecast:
    """Say when the threshold is reached; `now` and `ends_at` are in the zone of the process."""
    days_left = max(0.0, (ends_at - now) / timedelta(days=1))
    total = progress.required - progress.valid
    units = sorted(_growth(unit, progress.valid) for unit in progress.units)
    # As many units as are asked for are there once the last of the nearest ones is.
    for_units = ([0.0, *units] + [inf] * progress.units_required)[progress.units_required]
    needed = max(total, for_units)
    missing = max(0, total - expected.likely)

    def answer(outlook: Outlook, **dates: date | None) -> Forecast:
        return Forecast(
            outlook=outlook,
            pace=going,
            days_left=days_left,
            missing=missing,
            needed_per_day=_per_day(missing, days_left),
            waits_for_units=for_units > max(total, 0),
            units=_units(progress, expected, going, now, days_left),
            **dates,
        )

    if progress.is_met:
        return answer(Outlook.REACHED)
    if needed <= expected.likely:
        return answer(Outlook.EXPECTED)
    if days_left == 0:
        return answer(Outlook.OVER)
    if going is None or (progress.valid == 0 and progress.units_required):
        return answer(Outlook.TOO_EARLY)
    likely = going.days_until(needed - expected.likely)
    if likely > _FURTHEST_DAYS:
        return answer(Outlook.NO_PACE)
    first = going.earliest(needed - expected.high)
    last = going.latest(needed - expected.low)
    outlook = Outlook.UNSURE
    if last <= days_left:
        outlook = Outlook.IN_TIME
    elif first > days_left:
        outlook = Outlook.TOO_LATE
    return answer(
        outlook, on=_date(now, likely), earliest=_date(now, first), latest=_date(now, last)
    )


def course(
    counted: int, expected: Expectation, going: Pace, days: int
) -> tuple[tuple[float, float, float], ...]:
    """Give what counts after each of so many days: low, likely, high; the first is today's."""
    found = []
    for n in range(days + 1):
        low, likely, high = going.grown(n)
        found.append(
            (
                counted + expected.low + low,
                counted + expected.likely + likely,
                counted + expected.high + high,
            )
        )
    return tuple(found)


def _units(
    progress: Progress, expected: Expectation, going: Pace | None, now: datetime, days_left: float
) -> tuple[UnitForecast, ...]:
    found = []
    for unit in progress.units:
        if unit.missing == 0:
            continue
        needed = max(0.0, _growth(unit, progress.valid) - expected.likely)
        days = inf if going is None else going.days_until(needed)
        share = unit.valid / progress.valid if progress.valid else 0.0
        missing = max(0, ceil(unit.missing - share * expected.likely))
        found.append(
            UnitForecast(unit, _date(now, days), days <= days_left, _per_day(missing, days_left))
        )
    return tuple(sorted(found, key=lambda one: (one.unit.missing, one.unit.code)))


def _growth(unit: UnitProgress, valid: int) -> float:
    """Give how much all units together must grow until this one is there, at its share."""
    if unit.missing == 0:
        return 0.0
    return unit.missing * valid / unit.valid if unit.valid > 0 else inf


def _per_day(missing: int, days_left: float) -> int | None:
    return ceil(missing / max(1.0, days_left)) if days_left > 0 else None


def _date(now: datetime, days: float) -> date | None:
    return (now + timedelta(days=days)).date() if days <= _FURTHEST_DAYS else None
