"""What stations have captured and the centre has not received, as far as it was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.models import Packet, RollupStation, Station, StationEpoch, StationState
from central.reports.sums import counts


@dataclass(frozen=True, slots=True)
class WaitingStation:
    """A station that named a longer chain than what came in from it."""

    id_dispositivo: str
    packets: int
    last_hello_at: datetime | None


def waiting_on_stations(session: Session, aspirante_id: int) -> list[WaitingStation]:
    """Give the stations of a request that still hold something, the fullest first.

    A station serves several requests, and what it holds is sealed: the packets may be of another
    one, and what was captured after its last contact is not in the count.
    """
    used = counts(RollupStation, "station_id", aspirante_id).order_by(None).subquery()
    behind = session.execute(
        select(Station, StationEpoch)
        .join(
            StationEpoch,
            (StationEpoch.station_id == Station.id) & (StationEpoch.epoch == Station.epoch),
        )
        .where(
            Station.id.in_(select(used.c.key)),
            Station.state.in_((StationState.ACTIVE, StationState.QUARANTINED)),
            StationEpoch.claimed_seq > StationEpoch.head_seq,
        )
    ).all()
    found = [
        WaitingStation(station.id_dispositivo, lacking, station.last_hello_at)
        for station, epoch in behind
        if (lacking := _lacking(session, epoch, station.id)) > 0
    ]
    return sorted(found, key=lambda one: (-one.packets, one.id_dispositivo))


def _lacking(session: Session, epoch: StationEpoch, station_id: int) -> int:
    """Count what a chain lacks behind its head; what came out of order is not lacking."""
    came = session.execute(
        select(func.count())
        .select_from(Packet)
        .where(
            Packet.station_id == station_id,
            Packet.epoch == epoch.epoch,
            Packet.seq > epoch.head_seq,
        )
    ).scalar_one()
    return (epoch.claimed_seq or 0) - epoch.head_seq - came
