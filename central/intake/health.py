"""What a station says of its health at each hello: how it stands now, and how it was."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import Session

from central.models import Station, StationCondition, StationHealth, StationState
from domain.station_condition import Condition, Limits, Observed, judge
from wire.api import Health
from wire.gauges import Gauge
from wire.packet import ClockClass

_log = logging.getLogger(__name__)

SPANS_S = (300, 3600, 86_400)
# A span is folded into the next one when it is so old.
_KEPT_S = {300: 86_400, 3600: 30 * 86_400}
_SURE = {ClockClass.ANCHORED.value, ClockClass.RTC.value}
# States of packets that are still to be delivered, and of those that wait for a person.
WAITING, _HELD = ("sealed", "sending"), ("held", "corrupt")
# Of what is measured, the worst of a span is kept: the largest, but of these the smallest.
SMALLEST = frozenset(
    {"disk_free_mib", "battery_percent", "memory_available_percent", "previews_per_10s"}
)
MEASURES = (
    "waiting",
    "oldest_waiting_s",
    "disk_free_mib",
    "temperature_mc",
    "undervoltage",
    "throttled",
    "battery_percent",
    "load_percent",
    "memory_available_percent",
    "previews_per_10s",
    "camera_restarts",
)
_MOST = 2**31 - 1  # a gauge beyond it is nonsense, and no reason to refuse a hello


def observe(
    station: Station, *, now: datetime, rolled_back: bool, minimum_software: str = ""
) -> Observed:
    """Read what a station last said."""
    said: Mapping[str, Any] = station.health or {}
    gauges: Mapping[str, int] = said.get("gauges", {})
    states: Mapping[str, int] = said.get("states", {})
    heard = station.last_hello_at
    return Observed(
        silent_s=None if heard is None else max(0, int((now - heard).total_seconds())),
        waiting=_sum(states, WAITING),
        oldest_waiting_s=said.get("oldest_waiting_s", 0),
        held=_sum(states, _HELD),
        is_worked_at=_flag(gauges, Gauge.SIGNED_IN),
        is_clock_sure=said.get("clock", ClockClass.ANCHORED.value) in _SURE,
        clock_offset_ms=station.clock_offset_ms or 0,
        # 0 is what a station says that did not measure.
        disk_free_bytes=said.get("disk_free_bytes") or None,
        disk_used_percent=gauges.get(Gauge.DISK_USED_PERCENT),
        disk_wear_percent=gauges.get(Gauge.DISK_WEAR_PERCENT),
        disk_pre_eol=gauges.get(Gauge.DISK_PRE_EOL),
        disk_errors=gauges.get(Gauge.DISK_ERRORS),
        temperature_mc=gauges.get(Gauge.TEMPERATURE_MC),
        is_undervoltage=bool(_flag(gauges, Gauge.UNDERVOLTAGE)),
        is_throttled=bool(_flag(gauges, Gauge.THROTTLED)),
        battery_percent=gauges.get(Gauge.BATTERY_PERCENT),
        is_on_battery=bool(_flag(gauges, Gauge.ON_BATTERY)),
        is_camera_running=_flag(gauges, Gauge.CAMERA_RUNNING),
        is_forked=station.state is StationState.QUARANTINED,
        is_rolled_back=rolled_back,
        is_outdated=is_older(str(said.get("software", "")), minimum_software),
        is_revoked=station.state is StationState.REVOKED,
        is_retired=station.state is StationState.RETIRED,
    )


def is_older(software: str, minimum: str) -> bool:
    """Compare two versions by their numbers; what has none is not called old."""
    ours, least = _numbers(software), _numbers(minimum)
    return bool(ours and least) and ours < least


def note_health(session: Session, station: Station, health: Health, *, now: datetime) -> None:
    """Keep what was said: one row for each five minutes, with the worst of them."""
    begins_s = int(now.timestamp()) // SPANS_S[0] * SPANS_S[0]
    said = _measures(health)
    row = session.get(StationHealth, (station.id, SPANS_S[0], begins_s))
    if row is None:
        session.add(
            StationHealth(station_id=station.id, span_s=SPANS_S[0], begins_s=begins_s, **said)
        )
        return
    for name, value in said.items():
        worst = min if name in SMALLEST else max
        known = getattr(row, name)
        if value is not None:
            setattr(row, name, value if known is None else worst(known, value))


def note_condition(
    session: Session,
    station: Station,
    *,
    now: datetime,
    limits: Limits,
    minimum_software: str = "",
    rolled_back: bool | None = None,
) -> bool:
    """Judge a station anew; say whether something about it changed. `None` keeps what is known."""
    row = session.get(StationCondition, station.id)
    if rolled_back is None:
        rolled_back = row is not None and row.rolled_back
    seen = observe(station, now=now, rolled_back=rolled_back, minimum_software=minimum_software)
    found = judge(seen, limits)
    first, troubles = found[0], [condition.value for condition in found]
    if row is None:
        row = StationCondition(station_id=station.id, since=now)
        session.add(row)
        before = Condition.NEW.value
    elif row.troubles == troubles and row.rolled_back == rolled_back:
        return False
    else:
        before = row.condition
        if before != first.value:
            row.since = now
    if first in (Condition.SILENT, Condition.RESTING) and station.last_hello_at is not None:
        row.since = station.last_hello_at
    row.condition, row.rank, row.troubles = first.value, first.rank, troubles
    row.rolled_back = rolled_back
    if before != first.value:
        level = logging.WARNING if first.is_trouble else logging.INFO
        _log.log(
            level,
            "station.condition_changed station=%s before=%s after=%s",
            station.id_dispositivo,
            before,
            first.value,
        )
    return True


def rejudge(session: Session, *, now: datetime, limits: Limits, minimum_software: str = "") -> int:
    """Judge all stations: it is time alone that makes one silent. Give how many changed."""
    stations = session.scalars(select(Station).order_by(Station.id)).all()
    # In one query for the look-ups that follow; held, or the session would forget them at once.
    known = session.scalars(select(StationCondition)).all()
    changed = sum(
        note_condition(session, station, now=now, limits=limits, minimum_software=minimum_software)
        for station in stations
    )
    del known
    return changed


def thin(session: Session, *, now: datetime) -> int:
    """Fold rows that have got old into longer spans, the worst of each; give how many went."""
    gone = 0
    for span_s, longer_s in pairwise(SPANS_S):
        # Whole longer spans only: one is made once, and never again.
        until_s = (int(now.timestamp()) - _KEPT_S[span_s]) // longer_s * longer_s
        old = (StationHealth.span_s == span_s) & (StationHealth.begins_s < until_s)
        begins = StationHealth.begins_s - StationHealth.begins_s % longer_s
        worst = [
            (func.min if name in SMALLEST else func.max)(getattr(StationHealth, name))
            for name in MEASURES
        ]
        folded = (
            select(StationHealth.station_id, literal(longer_s), begins, *worst)
            .where(old)
            .group_by(StationHealth.station_id, begins)
        )
        columns = ["station_id", "span_s", "begins_s", *MEASURES]
        session.execute(insert(StationHealth).from_select(columns, folded))
        gone += int(session.execute(delete(StationHealth).where(old)).rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it
    return gone


def _measures(health: Health) -> dict[str, int | None]:
    gauges = health.gauges
    found: dict[str, int | None] = {
        name: gauges.get(name) for name in MEASURES if name in set(Gauge)
    }
    found |= {
        "waiting": _sum(health.states, WAITING),
        "oldest_waiting_s": health.oldest_waiting_s,
        "disk_free_mib": health.disk_free_bytes >> 20,
    }
    return {
        name: None if value is None else max(-_MOST, min(value, _MOST))
        for name, value in found.items()
    }


def _sum(states: Mapping[str, int], names: tuple[str, ...]) -> int:
    return sum(states.get(name, 0) for name in names)


def _flag(gauges: Mapping[str, int], name: Gauge) -> bool | None:
    value = gauges.get(name)
    return None if value is None else value != 0


def _numbers(version: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in version.split("+")[0].split("."):
        if not part.isdecimal():
            break
        found.append(int(part))
    return tuple(found)
