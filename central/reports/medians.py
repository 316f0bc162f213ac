"""What is usual in a process: medians over its auxiliares and stations, made now and then."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from statistics import median
from typing import Any

from sqlalchemy import Select, case, delete, func, select
from sqlalchemy.orm import Session

from central.models import Aspirante, Process, ProcessMedian, RollupAuxiliar, RollupStation
from central.models.rollups import LEAST_BEHIND_A_MEDIAN
from domain.apoyo import OPEN_STATES, State

# Of fewer decided records a share says nothing.
LEAST_DECIDED = 20
REJECTED_STATES: tuple[State, ...] = tuple(
    state for state in State if state not in OPEN_STATES and state is not State.LISTA_NOMINAL
)


class Measure(StrEnum):
    """What is measured; shares are thousandths of the decided records."""

    AUXILIAR_REJECTED_PERMILLE = "auxiliar.rejected_permille"
    AUXILIAR_SENT = "auxiliar.sent"
    STATION_REJECTED_PERMILLE = "station.rejected_permille"


def medians_of(session: Session, process_id: int) -> dict[Measure, int]:
    """Give the medians of a process that enough auxiliares or stations are behind."""
    rows = session.execute(
        select(ProcessMedian.measure, ProcessMedian.value).where(
            ProcessMedian.process_id == process_id
        )
    )
    return {Measure(measure): value for measure, value in rows}


def renew(session: Session, *, now: datetime) -> int:
    """Make the medians of the running processes anew; give how many were kept.

    They are read from the rollups without their tail: a median need not know the last seconds.
    """
    running = session.scalars(
        select(Process.id).where(Process.starts_at <= now, Process.deliver_until >= now)
    ).all()
    return sum(_renew(session, process_id, now) for process_id in running)


def _renew(session: Session, process_id: int, now: datetime) -> int:
    auxiliares = session.execute(
        _by_key(RollupAuxiliar, RollupAuxiliar.auxiliar_id, process_id)
    ).all()
    stations = session.execute(_by_key(RollupStation, RollupStation.station_id, process_id)).all()
    values = {
        Measure.AUXILIAR_REJECTED_PERMILLE: _shares(auxiliares),
        Measure.AUXILIAR_SENT: [int(sent) for sent, _decided, _rejected in auxiliares if sent > 0],
        Measure.STATION_REJECTED_PERMILLE: _shares(stations),
    }
    session.execute(delete(ProcessMedian).where(ProcessMedian.process_id == process_id))
    kept = [
        ProcessMedian(
            process_id=process_id,
            measure=measure.value,
            value=round(median(found)),
            behind=len(found),
            computed_at=now,
        )
        for measure, found in values.items()
        if len(found) >= LEAST_BEHIND_A_MEDIAN
    ]
    session.add_all(kept)
    return len(kept)


def _shares(counts: Any) -> list[int]:
    return [
        round(1000 * rejected / decided)
        for _sent, decided, rejected in counts
        if decided >= LEAST_DECIDED
    ]


def _by_key(rollup: Any, key: Any, process_id: int) -> Select[Any]:
    def count(states: Any) -> Any:
        return func.sum(case((rollup.state.in_(states), rollup.records), else_=0))

    decided = [state.value for state in State if state not in OPEN_STATES]
    return (
        select(
            func.sum(rollup.records),
            count(decided),
            count([state.value for state in REJECTED_STATES]),
        )
        .join(Aspirante, Aspirante.id == rollup.aspirante_id)
        .where(Aspirante.process_id == process_id)
        .group_by(key)
    )
