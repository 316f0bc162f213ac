"""One station: how it stands, its chain as the centre has it, and what was done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.errors import NotFoundError
from central.fleet.listing import FleetRow, row_of
from central.intake.chain import missing_ranges
from central.models import (
    AuditEntry,
    ForkEvidence,
    Station,
    StationEpoch,
    StationIncident,
    StationOrder,
)

_ACTS = 30
_ORDERS = 10

Kept = TypeVar("Kept", StationOrder, StationIncident)


@dataclass(frozen=True, slots=True)
class Chain:
    """One epoch: how far the station says it is, how far we have it, and what lacks between."""

    epoch: str
    opened_at: datetime
    closed_at: datetime | None
    head_seq: int
    head_link: str
    claimed_seq: int
    missing: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the audit trail: what, by whom, when."""

    at: datetime
    action: str
    actor: str
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class StationView:
    """A station with everything that its page shows."""

    row: FleetRow
    station: Station
    chains: tuple[Chain, ...]
    acts: tuple[Act, ...]
    orders: tuple[StationOrder, ...]
    reports: tuple[StationIncident, ...]
    forks: int


def view(session: Session, name: str) -> StationView:
    """Give one station.

    Raises:
        NotFoundError: There is none of that id.
    """
    row = row_of(session, name)
    if row is None:
        raise NotFoundError("no such station", code="station.unknown")
    station = session.get_one(Station, row.station_id)
    epochs = session.scalars(
        select(StationEpoch)
        .where(StationEpoch.station_id == row.station_id)
        .order_by(StationEpoch.id.desc())
    ).all()
    forks = session.scalars(
        select(ForkEvidence.id).where(ForkEvidence.station_id == row.station_id)
    ).all()
    return StationView(
        row=row,
        station=station,
        chains=tuple(_chain(session, epoch) for epoch in epochs),
        acts=tuple(_acts(session, name)),
        orders=tuple(_latest(session, StationOrder, row.station_id)),
        reports=tuple(_latest(session, StationIncident, row.station_id)),
        forks=len(forks),
    )


def _chain(session: Session, epoch: StationEpoch) -> Chain:
    return Chain(
        epoch=epoch.epoch,
        opened_at=epoch.opened_at,
        closed_at=epoch.closed_at,
        head_seq=epoch.head_seq,
        head_link="" if epoch.head_link is None else epoch.head_link.hex(),
        claimed_seq=epoch.claimed_seq or 0,
        missing=missing_ranges(session, epoch),
    )


def _latest(session: Session, kind: type[Kept], station_id: int) -> Sequence[Kept]:
    return session.scalars(
        select(kind).where(kind.station_id == station_id).order_by(kind.id.desc()).limit(_ORDERS)
    ).all()


def _acts(session: Session, name: str) -> Sequence[Act]:
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "station", AuditEntry.subject == name)
        .order_by(AuditEntry.id.desc())
        .limit(_ACTS)
    )
    return [Act(one.at, one.action, one.actor, dict(one.details)) for one in entries]
