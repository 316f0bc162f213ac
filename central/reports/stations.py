"""What is known of the stations, for the people who tend them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from central.errors import ConflictError
from central.models import (
    AuditEntry,
    Duty,
    Process,
    Station,
    StationClaim,
    StationEpoch,
    StationState,
    User,
)

PAGE_SIZE = 50
_ACTS = 50


@dataclass(frozen=True, slots=True)
class StationLine:
    """One station in the list, and how many packets it has named that are not here."""

    station: Station
    waiting: int

    @property
    def word(self) -> str:
        """The word of its state."""
        station = self.station
        is_active = station.state is StationState.ACTIVE
        return station.duty.value if is_active else station.state.value


@dataclass(frozen=True, slots=True)
class StationPage:
    """One page, and the name after which the next one begins."""

    lines: tuple[StationLine, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class StationAct:
    """One act on a station: what, who (a name, or a program), when."""

    at: datetime
    action: str
    made_by: str


@dataclass(frozen=True, slots=True)
class StationLife:
    """One station with what it waits for, and who did what."""

    waiting: int
    approved_until: datetime | None
    acts: tuple[StationAct, ...]


def page(session: Session, *, state: str = "", after: str = "") -> StationPage:
    """Give one page of the stations by name, of those in a state."""
    query = (
        select(Station, StationEpoch)
        .outerjoin(
            StationEpoch,
            (StationEpoch.station_id == Station.id) & (StationEpoch.epoch == Station.epoch),
        )
        .where(Station.id_dispositivo > after)
        .order_by(Station.id_dispositivo)
        .limit(PAGE_SIZE + 1)
    )
    if state in set(Duty):
        query = query.where(Station.state == StationState.ACTIVE, Station.duty == Duty(state))
    elif state:
        query = query.where(Station.state == StationState(state))
    rows = session.execute(query).all()
    lines = tuple(StationLine(station, _waiting(epoch)) for station, epoch in rows[:PAGE_SIZE])
    return StationPage(lines, lines[-1].station.id_dispositivo if len(rows) > PAGE_SIZE else None)


def counts(session: Session) -> Mapping[str, int]:
    """Count the stations by the words of their states."""
    rows = session.execute(
        select(Station.state, Station.duty, func.count()).group_by(Station.state, Station.duty)
    )
    found: dict[str, int] = {}
    for state, duty, count in rows:
        word = duty.value if state is StationState.ACTIVE else state.value
        found[word] = found.get(word, 0) + count
    return found


def process_codes(session: Session) -> tuple[str, ...]:
    """Give the codes of all processes, the newest first."""
    return tuple(session.scalars(select(Process.code).order_by(Process.id.desc())))


def approved(session: Session, name: str, *, now: datetime) -> StationClaim:
    """Give the newest approval of a station's key that can be answered on a disk.

    Raises:
        ConflictError: There is none.
    """
    claim = session.scalars(_approved(name, now)).first()
    if claim is None:
        raise ConflictError("no request was approved", code="station.no_request")
    return claim


def life(session: Session, station: Station, *, now: datetime) -> StationLife:
    """Give what one station waits for, and the latest acts on it."""
    name = station.id_dispositivo
    epoch = session.scalars(
        select(StationEpoch).where(
            StationEpoch.station_id == station.id, StationEpoch.epoch == station.epoch
        )
    ).first()
    claim = session.scalars(_approved(name, now)).first()
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "station", AuditEntry.subject == name)
        .order_by(AuditEntry.id.desc())
        .limit(_ACTS)
    ).all()
    names = _names(session, [entry.actor for entry in entries])
    return StationLife(
        waiting=_waiting(epoch),
        approved_until=None if claim is None else claim.expires_at,
        acts=tuple(
            StationAct(entry.at, entry.action, names.get(entry.actor, entry.actor))
            for entry in entries
        ),
    )


def _approved(name: str, now: datetime) -> Select[StationClaim]:
    return (
        select(StationClaim)
        .join(Station, Station.id == StationClaim.station_id)
        .where(
            Station.id_dispositivo == name,
            StationClaim.bound_kid.is_not(None),
            StationClaim.expires_at > now,
        )
        .order_by(StationClaim.id.desc())
    )


def _waiting(epoch: StationEpoch | None) -> int:
    return 0 if epoch is None else max(0, (epoch.claimed_seq or 0) - epoch.head_seq)


def _names(session: Session, actors: list[str]) -> dict[str, str]:
    ids = {int(actor[5:]) for actor in actors if actor.startswith("user:")}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {f"user:{key}": name for key, name in rows}
