"""Which records this worker has, and the packets they came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import Packet, Record, work


@dataclass(frozen=True, slots=True)
class Lease:
    """A record to verify, and the packet it came in."""

    record_id: int
    link: bytes
    tries: int
    office_id: int


def claim(session: Session, owner: str, *, most: int, lease_s: int, now: datetime) -> list[Lease]:
    """Take the oldest records that are due."""
    taken = work.claim(session, Record, owner, most=most, lease_s=lease_s, now=now)
    rows = session.execute(
        select(Record.id, Packet.link, Record.tries, Record.office_id)
        .join(Packet, Packet.id == Record.packet_id)
        .where(Record.id.in_(taken))
        .order_by(Record.id)
    )
    return [Lease(*row) for row in rows]
