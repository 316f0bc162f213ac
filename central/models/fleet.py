"""How stations are and were, and what they were ordered to do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from central.models.base import Base, BigKey, Key, choice
from wire.orders import OrderKind


class StationCondition(Base):
    """How a station stands: written at each hello, and by the worker when it falls silent."""

    __tablename__ = "station_conditions"

    station_id: Mapped[int] = mapped_column(
        ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # The first word of `domain.station_condition.Condition`, its place, and all of them.
    condition: Mapped[str] = mapped_column(String(16))
    rank: Mapped[int] = mapped_column(SmallInteger, index=True)
    troubles: Mapped[list[str]]
    since: Mapped[datetime]
    # It named a shorter chain than before, and has not got as far again.
    rolled_back: Mapped[bool]


class StationHealth(Base):
    """The worst of one station over a span of time; spans get longer as they get older."""

    __tablename__ = "station_health"

    station_id: Mapped[int] = mapped_column(
        ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # 300, 3600 or 86400 seconds, and the second since 1970 at which they begin.
    span_s: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    begins_s: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    waiting: Mapped[int]
    oldest_waiting_s: Mapped[int]
    disk_free_mib: Mapped[int]
    # What a board cannot measure is absent.
    temperature_mc: Mapped[int | None]
    undervoltage: Mapped[int | None] = mapped_column(SmallInteger)
    throttled: Mapped[int | None] = mapped_column(SmallInteger)
    battery_percent: Mapped[int | None] = mapped_column(SmallInteger)
    load_percent: Mapped[int | None]
    memory_available_percent: Mapped[int | None] = mapped_column(SmallInteger)
    previews_per_10s: Mapped[int | None]
    camera_restarts: Mapped[int | None]


class OrderState(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"  # by the station, which says why
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class StationOrder(Base):
    """One order to one station; it is signed anew each time the station is told."""

    __tablename__ = "station_orders"

    id: Mapped[Key]
    station_id: Mapped[int] = mapped_column(
        ForeignKey("stations.id", ondelete="CASCADE"), index=True
    )
    # Named by it on the wire; those of one act of a person share a batch.
    token: Mapped[str] = mapped_column(String(32), unique=True)
    batch: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[OrderKind] = mapped_column(choice(OrderKind, 16))
    text: Mapped[str] = mapped_column(Text, server_default="")
    state: Mapped[OrderState] = mapped_column(choice(OrderState, 16), index=True)
    code: Mapped[str] = mapped_column(String(64), server_default="")
    issued_by: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class StationIncident(Base):
    """What a station wrote of itself on an order; nothing of a person, by its form."""

    __tablename__ = "station_incidents"

    id: Mapped[Key]
    station_id: Mapped[int] = mapped_column(
        ForeignKey("stations.id", ondelete="CASCADE"), index=True
    )
    order_id: Mapped[int] = mapped_column(
        ForeignKey("station_orders.id", ondelete="CASCADE"), unique=True
    )
    received_at: Mapped[datetime]
    report: Mapped[dict[str, Any]]
