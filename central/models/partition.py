"""The one way a record moves through the partition: state, history and counts change together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from central.models.records import Record, StateChange
from central.models.rollups import MOST_OF_A_CAUSE, UNKNOWN_PLACE, RollupDelta
from central.models.work import WorkState
from domain.apoyo import State

# Before a motivo de la baja, where it stands among the causes.
MOTIVO = "motivo."
# The states in which a record holds the one place of its citizen.
COUNTING_STATES = (State.LISTA_NOMINAL, State.EN_MESA_DE_CONTROL)


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register says of a record: why it removed the citizen, and where they live.

    `place` is entidad, distrito, municipio, sección; None leaves it as it was.
    """

    motivo_baja: str | None
    place: tuple[int, int, int, int] | None


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
    register: Registered | None = None,
) -> None:
    """Put a record in a state, together with what the register answered if it was asked.

    The counts take the record away from where it was and add it where it is, in the caller's
    transaction: whoever sums them sees it in exactly one state, at every moment.
    """
    before = record.state
    took = delta(record, -1)
    record.state = state
    record.reasons = list(reasons)
    if register is not None:
        record.motivo_baja = register.motivo_baja
        if register.place is not None:
            place = register.place
            record.entidad, record.distrito, record.municipio, record.seccion = place
    gave = delta(record, +1, before=before)
    if _counted(took) != _counted(gave):
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


def causes(record: Record) -> list[str]:
    """Say why a record is in its state: its reasons, and the motivo of a baja as `motivo.…`."""
    found = list(record.reasons)
    if record.state is State.BAJA and record.motivo_baja:
        found.append(f"{MOTIVO}{record.motivo_baja}")
    return [cause[:MOST_OF_A_CAUSE] for cause in found]


def delta(record: Record, change: int, *, before: State | None = None) -> RollupDelta:
    """Give what adds a record to the counts of where it is (+1), or takes it away (-1).

    `before` is the state it came from; the counts of steps take it from there.
    """
    return RollupDelta(
        aspirante_id=record.aspirante_id,
        auxiliar_id=record.auxiliar_id,
        day=record.received_on,
        entidad=record.entidad or UNKNOWN_PLACE,
        seccion=record.seccion or UNKNOWN_PLACE,
        state=record.state.value,
        change=change,
        station_id=record.station_id,
        causes=causes(record),
        before=None if before in (None, record.state) else before.value,
    )


def _counted(one: RollupDelta) -> tuple[object, ...]:
    return one.state, one.entidad, one.seccion, one.causes
