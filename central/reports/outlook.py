"""What the report of advance leads to: how many open apoyos will count, and when it is enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from central.models import RollupDelta, RollupStep
from central.reports.advance import Advance, Day
from domain.apoyo import OPEN_STATES, State
from domain.expectation import Expectation, WaysOut, expected_valid, spread_of_days
from domain.forecast import Forecast, Pace, course, forecast, pace

# So many days ahead are shown, or as many as lie behind.
_LEAST_AHEAD = 14


@dataclass(frozen=True, slots=True)
class Outlook:
    """`forecast` is None without a threshold; `today` is the day of the process."""

    expected: Expectation
    # How many records were decided in each open state: what the expectation rests on.
    decided_in_processing: int
    decided_at_mesa: int
    pace: Pace | None
    forecast: Forecast | None
    today: date
    days_left: float
    # What may count by the end of today and of each day ahead: low, likely, high.
    course: tuple[tuple[float, float, float], ...]


def outlook(session: Session, report: Advance, *, now: datetime) -> Outlook:
    """Judge a report by what became of the records decided so far, and by its last days."""
    steps = _steps(session, report.solicitud.aspirante_id)
    from_processing = _ways_out(steps, State.EN_PROCESAMIENTO)
    from_mesa = _ways_out(steps, State.EN_MESA_DE_CONTROL)
    expected = expected_valid(
        report.partition[State.EN_PROCESAMIENTO],
        report.partition[State.EN_MESA_DE_CONTROL],
        left_processing=from_processing,
        left_mesa=from_mesa,
        spread=spread_of_days((day.sent - day.open, day.lista_nominal) for day in report.days),
    )
    zone = ZoneInfo(report.solicitud.time_zone)
    local, ends_at = now.astimezone(zone), report.solicitud.ends_at.astimezone(zone)
    going = pace(_likely_by_day(report.days, expected, local.date()))
    days_left = max(0.0, (ends_at - local) / timedelta(days=1))
    counted = report.partition[State.LISTA_NOMINAL]
    days = min(int(days_left), max(_LEAST_AHEAD, len(report.days)))
    return Outlook(
        expected=expected,
        decided_in_processing=_all(from_processing),
        decided_at_mesa=_all(from_mesa),
        pace=going,
        forecast=(
            None
            if report.progress is None
            else forecast(report.progress, expected, going, now=local, ends_at=ends_at)
        ),
        today=local.date(),
        days_left=days_left,
        course=() if going is None or not days else course(counted, expected, going, days),
    )


def _steps(session: Session, aspirante_id: int) -> dict[tuple[str, str], int]:
    before: Any = RollupDelta.before
    both = union_all(
        select(RollupStep.before, RollupStep.after, RollupStep.records).where(
            RollupStep.aspirante_id == aspirante_id
        ),
        select(before, RollupDelta.state, RollupDelta.change).where(
            RollupDelta.aspirante_id == aspirante_id, before.is_not(None)
        ),
    ).subquery()
    came_from, went_to, records = both.c
    rows = session.execute(
        select(came_from, went_to, func.sum(records)).group_by(came_from, went_to)
    )
    return {(before, after): int(count) for before, after, count in rows}


def _ways_out(steps: dict[tuple[str, str], int], state: State) -> WaysOut:
    out = {after: count for (before, after), count in steps.items() if before == state}
    counted = out.get(State.LISTA_NOMINAL, 0)
    to_mesa = out.get(State.EN_MESA_DE_CONTROL, 0)
    rejected = sum(count for after, count in out.items() if after not in OPEN_STATES) - counted
    return WaysOut(max(0, counted), max(0, rejected), max(0, to_mesa))


def _all(ways: WaysOut) -> int:
    return ways.counted + ways.rejected + ways.to_mesa


def _likely_by_day(days: Iterable[Day], expected: Expectation, today: date) -> list[float]:
    """Give what each complete day is likely to bring in the end, up to yesterday."""
    known = {day.on: day.lista_nominal + expected.share * day.open for day in days}
    if not known:
        return []
    first = min(known)
    return [known.get(first + timedelta(days=n), 0.0) for n in range(max(0, (today - first).days))]
