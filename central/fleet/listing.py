"""All stations, those in trouble first: how many stand how, and a page of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from central.intake.health import WAITING
from central.models import Process, Station, StationCondition
from domain.station_condition import Condition
from wire.packet import IDENTIFIER

PAGE_SIZE = 50
_NEW = Condition.NEW
# What the worker has not judged yet was enrolled this minute.
_RANK = func.coalesce(StationCondition.rank, _NEW.rank)
_CONDITION = func.coalesce(StationCondition.condition, _NEW.value)
_MARK = re.compile(rf"([0-9]{{1,2}})\.({IDENTIFIER})")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which stations: that stand so, and whose id begins so; nothing asks for all."""

    condition: Condition | None = None
    beginning: str = ""
    only_trouble: bool = False


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One station in the list."""

    station_id: int
    name: str
    process: str
    site: str
    condition: Condition
    others: tuple[Condition, ...]
    since: datetime | None
    heard_at: datetime | None
    waiting: int
    oldest_waiting_s: int
    health: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FleetPage:
    """One page, and the mark after which the next one begins."""

    rows: tuple[FleetRow, ...]
    after: str | None


def counts(session: Session) -> dict[Condition, int]:
    """Count the stations by how they stand, the most urgent first; all of them once."""
    rows = session.execute(
        select(_CONDITION, func.count())
        .select_from(Station)
        .outerjoin(StationCondition, StationCondition.station_id == Station.id)
        .group_by(_CONDITION)
    )
    found = {Condition(name): int(number) for name, number in rows}
    return {condition: found[condition] for condition in Condition if condition in found}


def page(session: Session, wanted: Wanted, *, after: str | None = None) -> FleetPage:
    """Give one page; a mark that is none begins at the first."""
    query = (
        select(Station, StationCondition, Process.code)
        .join(Process, Process.id == Station.process_id)
        .outerjoin(StationCondition, StationCondition.station_id == Station.id)
        .where(*_conditions(wanted))
        .order_by(_RANK, Station.id_dispositivo)
        .limit(PAGE_SIZE + 1)
    )
    mark = _MARK.fullmatch(after or "")
    if mark is not None:
        query = query.where(tuple_(_RANK, Station.id_dispositivo) > (int(mark[1]), mark[2]))
    found = session.execute(query).all()
    rows = tuple(_row(*row) for row in found[:PAGE_SIZE])
    last = rows[-1] if len(found) > PAGE_SIZE else None
    return FleetPage(rows, None if last is None else f"{last.condition.rank}.{last.name}")


def station_ids(session: Session, wanted: Wanted) -> list[int]:
    """Give the keys of all stations that are wanted."""
    query = (
        select(Station.id)
        .outerjoin(StationCondition, StationCondition.station_id == Station.id)
        .where(*_conditions(wanted))
        .order_by(Station.id)
    )
    return list(session.scalars(query))


def row_of(session: Session, name: str) -> FleetRow | None:
    """Give one station; None when there is none of that id."""
    found = session.execute(
        select(Station, StationCondition, Process.code)
        .join(Process, Process.id == Station.process_id)
        .outerjoin(StationCondition, StationCondition.station_id == Station.id)
        .where(Station.id_dispositivo == name)
    ).one_or_none()
    return None if found is None else _row(*found)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.condition is not None:
        found.append(_RANK.in_([wanted.condition.rank]))
    if wanted.only_trouble:
        found.append(_RANK.between(0, Condition.OUTDATED.rank))
    if wanted.beginning:
        found.append(Station.id_dispositivo.startswith(wanted.beginning, autoescape=True))
    return found


def _row(station: Station, judged: StationCondition | None, process: str) -> FleetRow:
    health: Mapping[str, Any] = station.health or {}
    states: Mapping[str, int] = health.get("states", {})
    troubles = [Condition(name) for name in judged.troubles] if judged is not None else [_NEW]
    return FleetRow(
        station_id=station.id,
        name=station.id_dispositivo,
        process=process,
        site=station.site,
        condition=troubles[0],
        others=tuple(troubles[1:]),
        since=None if judged is None else judged.since,
        heard_at=station.last_hello_at,
        waiting=sum(states.get(name, 0) for name in WAITING),
        oldest_waiting_s=int(health.get("oldest_waiting_s", 0)),
        health=health,
    )
