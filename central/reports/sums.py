"""Counts of a rollup together with the deltas not folded into it yet, in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, TableValuedAlias, func, select, true, union_all

from central.models import RollupCause, RollupDelta


def counts(
    rollup: Any, key: str, aspirante_id: int, *, among: Iterable[int] | None = None
) -> Select[Any]:
    """Give (key, state, records) of one aspirante; `key` is a column of the rollup and its tail.

    `among` asks for some keys only.
    """
    folded_key, tail_key = getattr(rollup, key), getattr(RollupDelta, key)
    state: Any = RollupDelta.state
    folded = select(
        folded_key.label("key"), rollup.state.label("state"), rollup.records.label("records")
    ).where(rollup.aspirante_id == aspirante_id)
    tail = select(
        tail_key.label("key"), state.label("state"), RollupDelta.change.label("records")
    ).where(RollupDelta.aspirante_id == aspirante_id)
    if among is not None:
        wanted = tuple(among)
        folded, tail = folded.where(folded_key.in_(wanted)), tail.where(tail_key.in_(wanted))
    return added(folded, tail)


def counts_by_cause(aspirante_id: int, dialect: str) -> Select[Any]:
    """Give (cause, state, records) of one aspirante: a record with two causes is in two rows."""
    cause = each_text(RollupDelta.causes, dialect)
    state: Any = RollupCause.state
    return added(
        select(
            RollupCause.cause.label("key"),
            state.label("state"),
            RollupCause.records.label("records"),
        ).where(RollupCause.aspirante_id == aspirante_id),
        select(
            cause.c.value.label("key"),
            RollupDelta.state.label("state"),
            RollupDelta.change.label("records"),
        )
        .join_from(RollupDelta, cause, true())
        .where(RollupDelta.aspirante_id == aspirante_id),
    )


def added(folded: Select[Any], tail: Select[Any]) -> Select[Any]:
    """Add rollup and tail in one statement: a fold between two would count a delta twice."""
    both = union_all(folded, tail).subquery()
    total = func.sum(both.c.records)
    return (
        select(both.c.key, both.c.state, total)
        .group_by(both.c.key, both.c.state)
        .having(total != 0)
        .order_by(both.c.key)
    )


def each_text(column: Any, dialect: str) -> TableValuedAlias:
    """Give one row for each text of a JSON list, as a table with the column `value`."""
    each = func.json_each if dialect == "sqlite" else func.json_array_elements_text
    return each(column).table_valued("value")
