"""Which records an aspirante may contest: every one decided against, whatever the reason, in time.

No record is withheld. A rejection is contested through the whole period and until `hearing.days`
after the last moment to deliver; one that was made later has as many days of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from central.models import (
    Aspirante,
    Objection,
    ObjectionOutcome,
    ObjectionRecord,
    Process,
    Record,
    StateChange,
)
from central.models.settings import HearingSettings, read_settings
from domain.apoyo import State

# What the register's answer alone decides has no code in the record: the state says it.
CODE_OF_STATE = {
    State.PADRON: "register.padron",
    State.BAJA: "register.baja",
    State.NO_ENCONTRADO: "register.not_found",
}


class Obstacle(StrEnum):
    """Why a record cannot be contested now."""

    NOT_REJECTED = "not_rejected"
    ALREADY_OPEN = "already_open"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record as somebody asks to contest it."""

    record_id: int
    aspirante_id: int
    folio_registro: str
    state: State
    reasons: tuple[str, ...]
    obstacle: Obstacle | None
    # The last inconformidad about it, if there is any.
    objection: str | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What binds the inconformidades of one aspirante."""

    aspirante_id: int
    deliver_until: datetime
    hearing: HearingSettings

    @property
    def until(self) -> datetime:
        """The last moment for a rejection that was made in the period."""
        return self.deliver_until + timedelta(days=self.hearing.days)


def reasons_of(record: Record) -> tuple[str, ...]:
    """Give the codes of a rejection, that of its state first."""
    own = CODE_OF_STATE.get(record.state)
    return ((own,) if own else ()) + tuple(record.reasons)


def terms(session: Session, aspirante_ids: Iterable[int]) -> dict[int, Terms]:
    """Give the terms of some aspirantes, by their number."""
    rows = session.execute(
        select(Aspirante.id, Process.deliver_until, Process.settings)
        .join(Process, Process.id == Aspirante.process_id)
        .where(Aspirante.id.in_(tuple(aspirante_ids)))
    )
    return {
        row.id: Terms(row.id, row.deliver_until, read_settings(row.settings).hearing)
        for row in rows
    }


def may_be_contested(bounds: Iterable[Terms], *, now: datetime) -> ColumnElement[bool]:
    """Give what holds for the records that may be contested now, for a query of records."""
    in_time = []
    for one in bounds:
        own = Record.aspirante_id == one.aspirante_id
        if now > one.until:
            since = now - timedelta(days=one.hearing.days)
            own = and_(
                own,
                exists().where(StateChange.record_id == Record.id, StateChange.made_at >= since),
            )
        in_time.append(own)
    return and_(Record.valid.is_(False), ~_is_open(), or_(literal(value=False), *in_time))


def judge(
    session: Session, aspirante_ids: Sequence[int], folios: Sequence[str], *, now: datetime
) -> tuple[Candidate, ...]:
    """Look at records that somebody wants to contest, in the order given; others are left out."""
    records = session.scalars(
        select(Record).where(
            Record.folio_registro.in_(folios), Record.aspirante_id.in_(aspirante_ids)
        )
    ).all()
    bounds = terms(session, {record.aspirante_id for record in records})
    ids = [record.id for record in records]
    contested = _contested(session, ids)
    decided = _decided_at(session, ids)
    found = {}
    for record in records:
        bound = bounds[record.aspirante_id]
        own_days = decided[record.id] + timedelta(days=bound.hearing.days)
        until = max(bound.until, own_days)
        folio, is_open = contested.get(record.id, (None, False))
        obstacle = None
        if record.valid is not False:
            obstacle = Obstacle.NOT_REJECTED
        elif is_open:
            obstacle = Obstacle.ALREADY_OPEN
        elif now > until:
            obstacle = Obstacle.TOO_LATE
        found[record.folio_registro] = Candidate(
            record_id=record.id,
            aspirante_id=record.aspirante_id,
            folio_registro=record.folio_registro,
            state=record.state,
            reasons=reasons_of(record),
            obstacle=obstacle,
            objection=folio,
            until=until,
        )
    return tuple(found[folio] for folio in dict.fromkeys(folios) if folio in found)


def _is_open() -> ColumnElement[bool]:
    return exists().where(
        ObjectionRecord.record_id == Record.id,
        ObjectionRecord.outcome == ObjectionOutcome.PENDING,
    )


def _contested(session: Session, record_ids: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """Give the folio of the last inconformidad about each record, and whether it is open."""
    rows = session.execute(
        select(ObjectionRecord.record_id, ObjectionRecord.outcome, Objection.folio)
        .join(Objection, Objection.id == ObjectionRecord.objection_id)
        .where(ObjectionRecord.record_id.in_(record_ids))
        .order_by(Objection.id)
    )
    return {row.record_id: (row.folio, row.outcome is ObjectionOutcome.PENDING) for row in rows}


def _decided_at(session: Session, record_ids: Sequence[int]) -> dict[int, datetime]:
    """Give when each record came to the state it is in."""
    rows = session.execute(
        select(StateChange.record_id, func.max(StateChange.made_at))
        .where(StateChange.record_id.in_(record_ids))
        .group_by(StateChange.record_id)
    )
    return {row[0]: row[1] for row in rows}
