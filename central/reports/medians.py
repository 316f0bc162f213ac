"""What is usual in a process: medians over its auxiliares and stations, made now and then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, delete, distinct, func, select
from sqlalchemy.orm import Session

from central.models import (
    Aspirante,
    Process,
    ProcessMedian,
    RollupActivity,
    RollupAuxiliar,
    RollupStation,
)
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
    # Tenths of an apoyo in a day on which there was one.
    AUXILIAR_PACE_TENTHS = "auxiliar.pace_tenths"
    AUXILIAR_STATIONS = "auxiliar.stations"
    # Days since the last apoyo.
    AUXILIAR_QUIET_DAYS = "auxiliar.quiet_days"
    AUXILIAR_LISTA_NOMINAL_PERMILLE = "mix.lista_nominal"
    AUXILIAR_DUPLICADO_PERMILLE = "mix.duplicado"
    AUXILIAR_PADRON_PERMILLE = "mix.padron"
    AUXILIAR_BAJA_PERMILLE = "mix.baja"
    AUXILIAR_NO_ENCONTRADO_PERMILLE = "mix.no_encontrado"
    AUXILIAR_FUERA_DE_AMBITO_PERMILLE = "mix.fuera_de_ambito"
    AUXILIAR_INCONSISTENCIA_PERMILLE = "mix.inconsistencia"
    STATION_REJECTED_PERMILLE = "station.rejected_permille"


def measure_of(state: State) -> Measure | None:
    """Give the measure of how much of an auxiliar's decided apoyos is in a state; None if open."""
    return None if state in OPEN_STATES else Measure(f"mix.{state.value}")


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
        select(Process).where(Process.starts_at <= now, Process.deliver_until >= now)
    ).all()
    return sum(_renew(session, process, now) for process in running)


def _renew(session: Session, process: Process, now: datetime) -> int:
    process_id = process.id
    auxiliares = session.execute(
        _by_key(RollupAuxiliar, RollupAuxiliar.auxiliar_id, process_id)
    ).all()
    activity = session.execute(_by_activity(process_id)).all()
    today = now.astimezone(ZoneInfo(process.time_zone)).date()
    stations = session.execute(_by_key(RollupStation, RollupStation.station_id, process_id)).all()
    values = {
        Measure.AUXILIAR_REJECTED_PERMILLE: _shares(auxiliares),
        Measure.AUXILIAR_SENT: [int(sent) for sent, _decided, _rejected in auxiliares if sent > 0],
        Measure.STATION_REJECTED_PERMILLE: _shares(stations),
        Measure.AUXILIAR_PACE_TENTHS: [round(10 * one.sent / one.days) for one in activity],
        Measure.AUXILIAR_STATIONS: [one.stations for one in activity],
        Measure.AUXILIAR_QUIET_DAYS: [(today - one.last_on).days for one in activity],
        **_mixes(session.execute(_by_state(process_id))),
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


def _mixes(rows: Iterable[Any]) -> dict[Measure, list[int]]:
    """Give each auxiliar's share of each decided state."""
    counts: dict[int, dict[State, int]] = defaultdict(dict)
    for auxiliar_id, state, records in rows:
        counts[auxiliar_id][State(state)] = int(records)
    measures = {state: measure for state in State if (measure := measure_of(state))}
    found: dict[Measure, list[int]] = {measure: [] for measure in measures.values()}
    for by_state in counts.values():
        decided = sum(by_state.get(state, 0) for state in measures)
        if decided >= LEAST_DECIDED:
            for state, measure in measures.items():
                found[measure].append(round(1000 * by_state.get(state, 0) / decided))
    return found


def _by_state(process_id: int) -> Select[int, str, int]:
    return (
        select(RollupAuxiliar.auxiliar_id, RollupAuxiliar.state, RollupAuxiliar.records)
        .join(Aspirante, Aspirante.id == RollupAuxiliar.aspirante_id)
        .where(Aspirante.process_id == process_id)
    )


def _by_activity(process_id: int) -> Select[int, int, int, date]:
    return (
        select(
            func.sum(RollupActivity.records).label("sent"),
            func.count(distinct(RollupActivity.day)).label("days"),
            func.count(distinct(RollupActivity.station_id)).label("stations"),
            func.max(RollupActivity.day).label("last_on"),
        )
        .join(Aspirante, Aspirante.id == RollupActivity.aspirante_id)
        .where(Aspirante.process_id == process_id, RollupActivity.records > 0)
        .group_by(RollupActivity.auxiliar_id)
    )


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
