"""The chain of a station's epoch: where a packet belongs, and what contradicts it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import Packet, Station, StationEpoch
from wire import packet as wire_packet
from wire.packet import Header

_STEP = 1000
_MOST_RANGES = 1000


@dataclass(frozen=True, slots=True)
class Contradiction:
    """How a packet does not fit the chain, and the link of the packet it contradicts."""

    how: str
    against: bytes | None


def find_contradiction(
    session: Session, header: Header, link: bytes, station: Station, epoch: StationEpoch
) -> Contradiction | None:
    """Compare a packet with its neighbours in the chain, whichever have arrived."""
    near = {
        row.seq: row
        for row in session.execute(
            select(Packet.seq, Packet.link, Packet.prev).where(
                Packet.station_id == station.id,
                Packet.epoch == epoch.epoch,
                Packet.seq.in_([header.seq - 1, header.seq, header.seq + 1]),
            )
        )
    }
    prev = bytes.fromhex(header.prev)
    if header.seq in near:
        return Contradiction("seq", near[header.seq].link)
    if header.seq == 1:
        genesis = wire_packet.genesis(header.station, header.epoch, epoch.nonce)
        if header.prev != genesis:
            return Contradiction("genesis", None)
    before = near.get(header.seq - 1)
    if before is not None and before.link != prev:
        return Contradiction("prev", before.link)
    after = near.get(header.seq + 1)
    if after is not None and after.prev != link:
        return Contradiction("next", after.link)
    return None


def advance(session: Session, epoch: StationEpoch, seq: int) -> None:
    """Move the head over everything that follows it without a hole."""
    epoch.highest_seq = max(epoch.highest_seq, seq)
    if seq != epoch.head_seq + 1:
        return
    while True:
        following = session.execute(
            select(Packet.seq, Packet.link)
            .where(
                Packet.station_id == epoch.station_id,
                Packet.epoch == epoch.epoch,
                Packet.seq > epoch.head_seq,
            )
            .order_by(Packet.seq)
            .limit(_STEP)
        ).all()
        moved = 0
        for number, link in following:
            if number != epoch.head_seq + 1:
                return
            epoch.head_seq, epoch.head_link = number, link
            moved += 1
        if moved < _STEP:
            return


def missing_ranges(session: Session, epoch: StationEpoch) -> tuple[tuple[int, int], ...]:
    """Give the ranges of seq, both ends included, that the station has and we have not."""
    end = max(epoch.highest_seq, epoch.claimed_seq or 0)
    expected = epoch.head_seq + 1
    ranges: list[tuple[int, int]] = []
    present = session.execute(
        select(Packet.seq)
        .where(
            Packet.station_id == epoch.station_id,
            Packet.epoch == epoch.epoch,
            Packet.seq > epoch.head_seq,
        )
        .order_by(Packet.seq)
        .execution_options(yield_per=_STEP)
    ).scalars()
    for seq in present:
        if seq > expected:
            ranges.append((expected, seq - 1))
        expected = seq + 1
        if len(ranges) == _MOST_RANGES:
            return tuple(ranges)
    if expected <= end:
        ranges.append((expected, end))
    return tuple(ranges)
