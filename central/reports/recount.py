"""Proves that the rollups say what the records say, and puts them right where they do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, func, insert, literal, select, true, union_all
from sqlalchemy.orm import Session

from central.models.database import lock_for_transaction
from central.models.partition import MOTIVO
from central.models.records import Record, StateChange
from central.models.rollups import (
    MOST_OF_A_CAUSE,
    UNKNOWN_PLACE,
    RollupCause,
    RollupDelta,
    RollupStep,
)
from central.reports.rollups import CAUSE_KEYS, FOLD_LOCK, SIMPLE_KEYS, STEP_KEYS
from central.reports.sums import each_text
from domain.apoyo import State


@dataclass(frozen=True, slots=True)
class Difference:
    """A count that the rollup (with its tail) and the records do not agree on."""

    rollup: str
    key: tuple[Any, ...]
    reported: int
    counted: int


@dataclass(frozen=True, slots=True)
class _Rollup:
    """A rollup, its key columns, what the records say, and what its tail says."""

    table: type[Any]
    keys: tuple[str, ...]
    counted: Select[Any]
    tail: Select[Any]


def recount(session: Session) -> list[Difference]:
    """Count the records anew and compare; an empty list is the proof.

    On PostgreSQL run it in a REPEATABLE READ transaction, so that all counts see one moment.
    """
    differences: list[Difference] = []
    for rollup in _rollups(session.get_bind().dialect.name):
        counted = _as_counter(session, rollup.counted)
        reported = _as_counter(session, _reported(rollup))
        differences += [
            Difference(rollup.table.__tablename__, key, reported[key], counted[key])
            for key in sorted(counted.keys() | reported.keys(), key=str)
            if reported[key] != counted[key]
        ]
    return differences


def repair(session: Session) -> None:
    """Make every rollup anew from the records, in the caller's transaction.

    On PostgreSQL it has to be a REPEATABLE READ one: what arrives meanwhile is in a delta that
    this transaction neither counts nor deletes. It fails and changes nothing where a fold was under
    way when it began: run it again.
    """
    lock_for_transaction(session, FOLD_LOCK)
    session.execute(delete(RollupDelta))
    for rollup in _rollups(session.get_bind().dialect.name):
        session.execute(delete(rollup.table))
        session.execute(insert(rollup.table).from_select([*rollup.keys, "records"], rollup.counted))


def _rollups(dialect: str) -> list[_Rollup]:
    simple = [
        _Rollup(
            table,
            keys,
            _counted(keys),
            select(*(getattr(RollupDelta, key) for key in keys), RollupDelta.change),
        )
        for table, keys in SIMPLE_KEYS.items()
    ]
    return [*simple, _causes(dialect), _steps()]


def _counted(keys: tuple[str, ...]) -> Select[Any]:
    source = {
        "aspirante_id": Record.aspirante_id,
        "auxiliar_id": Record.auxiliar_id,
        "station_id": Record.station_id,
        "day": Record.received_on,
        "entidad": func.coalesce(Record.entidad, UNKNOWN_PLACE),
        "seccion": func.coalesce(Record.seccion, UNKNOWN_PLACE),
        "state": Record.state,
    }
    columns: list[Any] = [source[key].label(key) for key in keys]
    return select(*columns, func.count().label("records")).group_by(*columns)


def _causes(dialect: str) -> _Rollup:
    reason = each_text(Record.reasons, dialect)
    motivo = literal(MOTIVO).concat(Record.motivo_baja)
    found = union_all(
        select(
            Record.aspirante_id,
            Record.state,
            func.substr(reason.c.value, 1, MOST_OF_A_CAUSE).label("cause"),
        ).join_from(Record, reason, true()),
        select(Record.aspirante_id, Record.state, func.substr(motivo, 1, MOST_OF_A_CAUSE)).where(
            Record.state == State.BAJA, Record.motivo_baja.is_not(None)
        ),
    ).subquery()
    counted = select(found, func.count().label("records")).group_by(*found.c)
    cause = each_text(RollupDelta.causes, dialect)
    tail = select(
        RollupDelta.aspirante_id, RollupDelta.state, cause.c.value, RollupDelta.change
    ).join_from(RollupDelta, cause, true())
    return _Rollup(RollupCause, CAUSE_KEYS, counted, tail)


def _steps() -> _Rollup:
    keys: tuple[Any, ...] = (Record.aspirante_id, StateChange.before, StateChange.after)
    counted: Select[Any] = (
        select(*keys, func.count().label("records"))
        .join_from(StateChange, Record, Record.id == StateChange.record_id)
        .where(StateChange.before != StateChange.after)
        .group_by(*keys)
    )
    before: Any = RollupDelta.before
    tail = select(RollupDelta.aspirante_id, before, RollupDelta.state, RollupDelta.change).where(
        before.is_not(None)
    )
    return _Rollup(RollupStep, STEP_KEYS, counted, tail)


def _reported(rollup: _Rollup) -> Select[Any]:
    folded = select(*(getattr(rollup.table, key) for key in rollup.keys), rollup.table.records)
    both = union_all(folded, rollup.tail).subquery()
    *keys, change = both.c
    total = func.sum(change)
    return select(*keys, total).group_by(*keys).having(total != 0)


def _as_counter(session: Session, query: Select[Any]) -> Counter[tuple[Any, ...]]:
    counts: Counter[tuple[Any, ...]] = Counter()
    for *key, records in session.execute(query):
        counts[tuple(str(part) for part in key)] += int(records)
    return counts
