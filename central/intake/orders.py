"""Orders to stations: given by a person, told at their next hello, and what they answered."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from central.audit import trail
from central.models import (
    OrderState,
    Station,
    StationIncident,
    StationOrder,
    StationState,
)
from wire.keys import Signer
from wire.orders import MOST_ORDERS, Order, OrderAnswers, OrderKind, sign_order

# An order that nobody hears in so long is asked of nobody any more.
INCIDENT_TTL = timedelta(days=7)
_ORDERED = (StationState.ACTIVE, StationState.QUARANTINED)


def give(
    session: Session,
    station_ids: Sequence[int],
    kind: OrderKind,
    *,
    text: str = "",
    expires_at: datetime,
    now: datetime,
    made_by: str,
) -> int:
    """Give an order to those of the stations that can hear it; give how many those are."""
    batch = secrets.token_hex(16)
    stations = session.scalars(
        select(Station).where(Station.id.in_(station_ids), Station.state.in_(_ORDERED))
    ).all()
    session.add_all(
        StationOrder(
            station_id=station.id,
            token=secrets.token_hex(16),
            batch=batch,
            kind=kind,
            text=text,
            state=OrderState.OPEN,
            issued_by=made_by,
            issued_at=now,
            expires_at=expires_at,
        )
        for station in stations
    )
    # A message is of the authority's own words: its length is noted here, not the words.
    trail.write_all(
        session,
        [station.id_dispositivo for station in stations],
        at=now,
        actor=made_by,
        action="station.ordered",
        subject_kind="station",
        details={"kind": kind.value, "batch": batch, "characters": len(text)},
    )
    return len(stations)


def cancel(session: Session, batch: str, *, now: datetime, made_by: str) -> int:
    """Take back what no station has heard yet of one act; give how many orders those are."""
    names = session.execute(
        select(StationOrder.id, Station.id_dispositivo)
        .join(Station, Station.id == StationOrder.station_id)
        .where(
            StationOrder.batch == batch,
            StationOrder.state == OrderState.OPEN,
            StationOrder.told_at.is_(None),
        )
    ).all()
    session.execute(
        update(StationOrder)
        .where(StationOrder.id.in_([row.id for row in names]))
        .values(state=OrderState.CANCELLED)
    )
    trail.write_all(
        session,
        [row.id_dispositivo for row in names],
        at=now,
        actor=made_by,
        action="station.order_cancelled",
        subject_kind="station",
        details={"batch": batch},
    )
    return len(names)


def open_orders(
    session: Session, station: Station, signer: Signer, *, now: datetime
) -> tuple[str, ...]:
    """Sign what a station is to do and has not answered, the oldest first; note that it is told."""
    rows = session.scalars(
        select(StationOrder)
        .where(
            StationOrder.station_id == station.id,
            StationOrder.state == OrderState.OPEN,
            StationOrder.expires_at > now,
        )
        .order_by(StationOrder.id)
        .limit(MOST_ORDERS)
    ).all()
    for row in rows:
        row.told_at = row.told_at or now
    return tuple(
        sign_order(
            Order(
                id=row.token,
                station=station.id_dispositivo,
                kind=row.kind,
                issued_ms=int(row.issued_at.timestamp() * 1000),
                expires_ms=int(row.expires_at.timestamp() * 1000),
                text=row.text,
            ),
            signer,
        )
        for row in rows
    )


def take_answers(session: Session, station: Station, said: OrderAnswers, *, now: datetime) -> None:
    """Keep what a station did; an answer to nothing of its own, or to what is over, is nothing."""
    for answer in said.answers:
        row = session.scalars(
            select(StationOrder).where(
                StationOrder.token == answer.id,
                StationOrder.station_id == station.id,
                StationOrder.state.in_((OrderState.OPEN, OrderState.EXPIRED)),
            )
        ).one_or_none()
        if row is None:
            continue
        row.state = OrderState.DONE if answer.is_done else OrderState.REFUSED
        row.code, row.answered_at = answer.code, now
        if answer.is_done and row.kind is OrderKind.INCIDENT:
            session.add(
                StationIncident(
                    station_id=station.id,
                    order_id=row.id,
                    received_at=now,
                    report=dict(answer.findings),
                )
            )


def expire(session: Session, *, now: datetime) -> int:
    """Close what no station answered in time; give how many orders those are."""
    late = (StationOrder.state == OrderState.OPEN) & (StationOrder.expires_at <= now)
    number = session.scalar(select(func.count()).select_from(StationOrder).where(late)) or 0
    if number:
        session.execute(update(StationOrder).where(late).values(state=OrderState.EXPIRED))
    return number
