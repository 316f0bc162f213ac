"""The one way a record moves through the partition: state, history and counts change together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from central.models.records import Record, StateChange
from central.models.rollups import UNKNOWN_PLACE, RollupDelta
from central.models.work import WorkState
from domain.apoyo import State


def receive(session: Session, record: Record, *, made_by: str) -> None:
    """Add a record that has just arrived, and count it."""
    session.add(record)
    session.flush()
    _write(session, record, None, record.reasons, made_by, record.received_at)
    session.add(delta(record, +1))


def move(
    session: Session,
    record: Record,
    state: State,
    *,
    reasons: Sequence[str],
    made_by: str,
    made_at: datetime,
    place: tuple[int, int, int, int] | None = None,
) -> None:
    """Put a record in a state; `place` is entidad, distrito, municipio, sección once known.

    The counts take the record away from where it was and add it where it is, in the caller's
    transaction: whoever sums them sees it in exactly one state, at every moment.
    """
    before = record.state
    took = delta(record, -1)
    record.state = state
    record.reasons = list(reasons)
    if place is not None:
        record.entidad, record.distrito, record.municipio, record.seccion = place
    gave = delta(record, +1)
    if (took.state, took.entidad, took.seccion) != (gave.state, gave.entidad, gave.seccion):
        session.add_all([took, gave])
    if before != state or reasons:
        _write(session, record, before, reasons, made_by, made_at)


def reconsider_duplicates(session: Session, record: Record, *, now: datetime) -> None:
    """Send back to verification the records that gave way to this one, which counts no more."""
    session.execute(
        update(Record)
        .where(Record.duplicate_of_id == record.id, Record.work_state == WorkState.DONE)
        .values(work_state=WorkState.WAITING, next_try_at=now, tries=0)
    )


def _write(
    session: Session,
    record: Record,
    before: State | None,
    reasons: Sequence[str],
    made_by: str,
    made_at: datetime,
) -> None:
    session.add(
        StateChange(
            record_id=record.id,
            before=None if before is None else before.value,
            after=record.state.value,
            reasons=list(reasons),
            made_by=made_by,
            made_at=made_at,
        )
    )


def delta(record: Record, change: int) -> RollupDelta:
    """Give what adds a record to the counts of where it is (+1), or takes it away (-1)."""
    return RollupDelta(
        aspirante_id=record.aspirante_id,
        auxiliar_id=record.auxiliar_id,
        day=record.received_on,
        entidad=record.entidad or UNKNOWN_PLACE,
        seccion=record.seccion or UNKNOWN_PLACE,
        state=record.state.value,
        change=change,
    )
