"""Which worker has which record: a lease on the row, so that a killed worker loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from central.models import Packet, Record, WorkState


@dataclass(frozen=True, slots=True)
class Lease:
    """A record to verify, and the packet it came in."""

    record_id: int
    link: bytes
    tries: int
    office_id: int


def claim(session: Session, owner: str, *, most: int, lease_s: int, now: datetime) -> list[Lease]:
    """Take the oldest records that are due, also those whose worker let its lease run out."""
    due = (
        select(Record.id)
        .where(
            or_(
                and_(Record.work_state == WorkState.WAITING, Record.next_try_at <= now),
                and_(Record.work_state == WorkState.LEASED, Record.lease_until <= now),
            )
        )
        .order_by(Record.next_try_at, Record.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(Record)
        .where(Record.id.in_(due))
        .values(
            work_state=WorkState.LEASED,
            lease_owner=owner,
            lease_until=now + timedelta(seconds=lease_s),
            tries=Record.tries + 1,
        )
        .returning(Record.id)
        .execution_options(synchronize_session=False)
    ).scalars()
    rows = session.execute(
        select(Record.id, Packet.link, Record.tries, Record.office_id)
        .join(Packet, Packet.id == Record.packet_id)
        .where(Record.id.in_(list(taken)))
        .order_by(Record.id)
    )
    return [Lease(*row) for row in rows]


def held(session: Session, lease: Lease, owner: str) -> Record | None:
    """Lock a leased record for its last step; None when the lease is another's by now."""
    return session.execute(
        select(Record)
        .where(
            Record.id == lease.record_id,
            Record.work_state == WorkState.LEASED,
            Record.lease_owner == owner,
        )
        .with_for_update()
    ).scalar_one_or_none()


def finish(record: Record) -> None:
    """End the lease: the record is verified."""
    record.work_state = WorkState.DONE
    record.lease_owner = record.lease_until = record.last_error = None
    record.tries = 0


def give_back(
    record: Record, *, code: str, again_at: datetime, counts: bool, most_tries: int
) -> bool:
    """End the lease without success; say whether the record is given up.

    A failure of the vault or the register as a whole does not count against the record.
    """
    record.lease_owner = record.lease_until = None
    record.last_error = code[:64]
    record.next_try_at = again_at
    if not counts:
        record.tries = max(0, record.tries - 1)
    is_dead = counts and record.tries >= most_tries
    record.work_state = WorkState.DEAD if is_dead else WorkState.WAITING
    return is_dead
