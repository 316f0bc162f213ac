"""Folds the tail of deltas into the rollups, and proves that they say what the records say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, func, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from central.models.database import lock_for_transaction
from central.models.records import Record
from central.models.rollups import (
    UNKNOWN_PLACE,
    RollupAuxiliar,
    RollupDay,
    RollupDelta,
    RollupEntidad,
    RollupSeccion,
)

_MOST = 20_000

# The key columns of each rollup, as named both there and in the deltas.
_KEYS: dict[type[Any], tuple[str, ...]] = {
    RollupDay: ("aspirante_id", "day", "state"),
    RollupAuxiliar: ("aspirante_id", "auxiliar_id", "state"),
    RollupEntidad: ("aspirante_id", "entidad", "state"),
    RollupSeccion: ("aspirante_id", "entidad", "seccion", "state"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A count that the rollup (with its tail) and the records do not agree on."""

    rollup: str
    key: tuple[Any, ...]
    reported: int
    counted: int


def fold(session: Session) -> int:
    """Move up to 20,000 deltas into the rollups, in the caller's transaction; give how many.

    One folder at a time. A report reads rollup and tail in one statement, so it is exact before,
    while and after.
    """
    lock_for_transaction(session, b"acopio/fold")
    tail = select(RollupDelta.id).order_by(RollupDelta.id).limit(_MOST)
    taken = session.execute(
        delete(RollupDelta)
        .where(RollupDelta.id.in_(tail))
        .returning(
            RollupDelta.aspirante_id,
            RollupDelta.auxiliar_id,
            RollupDelta.day,
            RollupDelta.entidad,
            RollupDelta.seccion,
            RollupDelta.state,
            RollupDelta.change,
        )
        .execution_options(synchronize_session=False)
    ).all()
    for rollup, columns in _KEYS.items():
        changes: Counter[tuple[Any, ...]] = Counter()
        for row in taken:
            changes[tuple(getattr(row, column) for column in columns)] += row.change
        _add(session, rollup, columns, changes)
    return len(taken)


def recount(session: Session) -> list[Difference]:
    """Count the records anew and compare; an empty list is the proof.

    On PostgreSQL run it in a REPEATABLE READ transaction, so that all counts see one moment.
    """
    differences: list[Difference] = []
    for rollup, columns in _KEYS.items():
        counted = _as_counter(session, _counted(columns))
        reported = _as_counter(session, _reported(rollup, columns))
        differences += [
            Difference(rollup.__tablename__, key, reported[key], counted[key])
            for key in sorted(counted.keys() | reported.keys(), key=str)
            if reported[key] != counted[key]
        ]
    return differences


def _add(
    session: Session, rollup: type[Any], columns: tuple[str, ...], changes: Counter[tuple[Any, ...]]
) -> None:
    rows = [
        {**dict(zip(columns, key, strict=True)), "records": change}
        for key, change in sorted(changes.items(), key=lambda item: str(item[0]))
        if change
    ]
    if not rows:
        return
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    build: Callable[[Any], Any] = sqlite_insert if is_sqlite else postgresql_insert
    statement = build(rollup)
    statement = statement.on_conflict_do_update(
        index_elements=list(columns),
        set_={"records": rollup.records + statement.excluded.records},
    )
    session.connection().execute(statement, rows)


def _counted(columns: tuple[str, ...]) -> Select[Any]:
    source = {
        "aspirante_id": Record.aspirante_id,
        "auxiliar_id": Record.auxiliar_id,
        "day": Record.received_on,
        "entidad": func.coalesce(Record.entidad, UNKNOWN_PLACE),
        "seccion": func.coalesce(Record.seccion, UNKNOWN_PLACE),
        "state": Record.state,
    }
    keys: list[Any] = [source[column].label(column) for column in columns]
    return select(*keys, func.count().label("records")).group_by(*keys)


def _reported(rollup: type[Any], columns: tuple[str, ...]) -> Select[Any]:
    folded = select(*(getattr(rollup, column) for column in columns), rollup.records)
    tail = select(
        *(getattr(RollupDelta, column) for column in columns), RollupDelta.change.label("records")
    )
    both = union_all(folded, tail).subquery()
    keys: list[Any] = [both.c[column] for column in columns]
    total = func.sum(both.c.records)
    return (
        select(*keys, total.label("records")).group_by(*keys).having(total != literal_column("0"))
    )


def _as_counter(session: Session, query: Select[Any]) -> Counter[tuple[Any, ...]]:
    counts: Counter[tuple[Any, ...]] = Counter()
    for *key, records in session.execute(query):
        counts[tuple(str(part) for part in key)] += int(records)
    return counts
