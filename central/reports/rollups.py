"""Folds the tail of deltas into the rollups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from central.models.database import lock_for_transaction
from central.models.rollups import (
    RollupActivity,
    RollupAuxiliar,
    RollupCause,
    RollupDay,
    RollupDelta,
    RollupEntidad,
    RollupSeccion,
    RollupStation,
    RollupStep,
)

FOLD_LOCK = b"acopio/fold"
_MOST = 20_000

# The key columns of each rollup that counts a record once, as named both there and in the deltas.
SIMPLE_KEYS: dict[type[Any], tuple[str, ...]] = {
    RollupDay: ("aspirante_id", "day", "state"),
    RollupAuxiliar: ("aspirante_id", "auxiliar_id", "state"),
    RollupActivity: ("aspirante_id", "auxiliar_id", "day", "station_id"),
    RollupEntidad: ("aspirante_id", "entidad", "state"),
    RollupSeccion: ("aspirante_id", "entidad", "seccion", "state"),
    RollupStation: ("aspirante_id", "station_id", "state"),
}
CAUSE_KEYS = ("aspirante_id", "state", "cause")
STEP_KEYS = ("aspirante_id", "before", "after")


def fold(session: Session) -> int:
    """Move up to 20,000 deltas into the rollups, in the caller's transaction; give how many.

    One folder at a time. A report reads rollup and tail in one statement, so it is exact before,
    while and after.
    """
    lock_for_transaction(session, FOLD_LOCK)
    tail = select(RollupDelta.id).order_by(RollupDelta.id).limit(_MOST)
    taken = session.execute(
        delete(RollupDelta)
        .where(RollupDelta.id.in_(tail))
        .returning(*(column for column in RollupDelta.__table__.columns if column.name != "id"))
        .execution_options(synchronize_session=False)
    ).all()
    for rollup, columns in SIMPLE_KEYS.items():
        changes: Counter[tuple[Any, ...]] = Counter()
        for row in taken:
            changes[tuple(getattr(row, column) for column in columns)] += row.change
        _add(session, rollup, columns, changes)
    _add(session, RollupCause, CAUSE_KEYS, _by_cause(taken))
    _add(session, RollupStep, STEP_KEYS, _by_step(taken))
    return len(taken)


def _by_cause(taken: Iterable[Row[Any]]) -> Counter[tuple[Any, ...]]:
    changes: Counter[tuple[Any, ...]] = Counter()
    for row in taken:
        for cause in row.causes:
            changes[(row.aspirante_id, row.state, cause)] += row.change
    return changes


def _by_step(taken: Iterable[Row[Any]]) -> Counter[tuple[Any, ...]]:
    changes: Counter[tuple[Any, ...]] = Counter()
    for row in taken:
        if row.before is not None:
            changes[(row.aspirante_id, row.before, row.state)] += row.change
    return changes


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
