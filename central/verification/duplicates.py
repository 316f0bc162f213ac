"""Several apoyos of one citizen for one office: one counts, the first that was presented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from central.models.database import lock_for_transaction
from central.models.partition import COUNTING_STATES, move
from central.models.records import Record, ReviewState
from central.models.settings import Presented
from domain.apoyo import State

# A record in one of these holds the citizen's only place.


@dataclass(frozen=True, slots=True)
class Precedence:
    """The record before which this one gives way, or the one that must give way to it."""

    first: Record | None = None
    later: Record | None = None


def lock_citizen(session: Session, office_id: int, citizen_key: bytes) -> None:
    """Let one worker at a time decide about a citizen's apoyos for an office."""
    lock_for_transaction(session, b"acopio/citizen/%d/" % office_id + citizen_key)


def find_precedence(
    session: Session, record: Record, citizen_key: bytes, presented: Presented
) -> Precedence:
    """Compare a record with the one that holds the citizen's place, if any does.

    The citizen must be locked. Two that were presented at the same instant keep the order in
    which they were received.
    """
    holder = session.execute(
        select(Record)
        .where(
            Record.office_id == record.office_id,
            Record.citizen_key == citizen_key,
            Record.id != record.id,
            Record.state.in_(COUNTING_STATES),
        )
        .order_by(Record.id)
        .limit(1)
        .with_for_update()
    ).scalar_one_or_none()
    if holder is None:
        return Precedence()
    if _instant(holder, presented) < _instant(record, presented):
        return Precedence(first=holder)
    return Precedence(later=holder)


def reason(record: Record, other: Record) -> str:
    """Name the kind of duplicate."""
    same = record.aspirante_id == other.aspirante_id
    return "duplicate.same_aspirante" if same else "duplicate.other_aspirante"


def demote(session: Session, later: Record, first: Record, *, now: datetime, made_by: str) -> None:
    """Take the citizen's place from a record that was presented after another."""
    move(
        session,
        later,
        State.DUPLICADO,
        reasons=[reason(later, first)],
        made_by=made_by,
        made_at=now,
    )
    later.valid = False
    later.duplicate_of_id = first.id
    if later.review_state is ReviewState.PENDING:
        later.review_state = ReviewState.NOT_ASKED
    # Those that gave way to it now give way to the new first: see `reconsider_duplicates`.
    session.execute(
        update(Record).where(Record.duplicate_of_id == later.id).values(duplicate_of_id=first.id)
    )
    session.flush()


def _instant(record: Record, presented: Presented) -> tuple[datetime, int]:
    moment = record.received_at if presented is Presented.RECEIVED else record.captured_at
    return moment, record.id
