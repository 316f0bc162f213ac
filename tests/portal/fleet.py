"""An invented fleet: stations of every condition, with the history of a month."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from central.intake.health import rejudge
from central.models import (
    OrderState,
    Process,
    Station,
    StationEpoch,
    StationHealth,
    StationOrder,
    StationState,
)
from domain.station_condition import Limits
from wire.orders import OrderKind

HOUR_S = 3600
# An order to the station of the world that it has not heard.
ORDER_BATCH = "0a" * 16
# So many in a thousand; all others work or rest.
_TROUBLES = {
    "forked": 1, "held": 3, "silent": 12, "supply": 8, "hot": 6, "disk": 5, "camera": 4,
    "battery": 2, "clock": 6, "waiting": 15, "outdated": 10, "revoked": 4, "new": 10,
    "resting": 180,
}  # fmt: skip
# What tells each of them from a station that works.
_TOLD: dict[str, dict[str, Any]] = {
    "forked": {"state": StationState.QUARANTINED},
    "held": {"health": {"states": {"held": 2, "stored": 8}}},
    "silent": {"hours": 11, "health": {"states": {"sealed": 17}}},
    "supply": {"gauges": {"undervoltage": 1, "throttled": 1}},
    "hot": {"gauges": {"temperature_mc": 84_500}},
    "disk": {"gauges": {"disk_errors": 3}},
    "camera": {"gauges": {"camera_running": 0, "camera_restarts": 19}},
    "battery": {"gauges": {"on_battery": 1, "battery_percent": 12}},
    "clock": {"health": {"clock": "unknown"}},
    "waiting": {"health": {"states": {"sealed": 35}, "oldest_waiting_s": 9 * HOUR_S}},
    "outdated": {"health": {"software": "0.0.9"}},
    "revoked": {"state": StationState.REVOKED},
    "resting": {"hours": 9, "gauges": {"signed_in": 0}},
}


def add_fleet(session: Session, number: int, *, now: datetime) -> None:
    """Add stations `F0001`… of the first process, and judge them."""
    process = session.scalars(select(Process).order_by(Process.id)).first()
    assert process is not None
    drawn = random.Random(7)
    kinds = [kind for kind, each in _TROUBLES.items() for _ in range(each * number // 1000 or 1)]
    kinds = (kinds + ["working"] * number)[:number]
    drawn.shuffle(kinds)
    session.add_all(
        _station(process, f"F{place:04d}", kind, drawn, now)
        for place, kind in enumerate(kinds, start=1)
    )
    session.flush()
    rejudge(session, now=now, limits=Limits(), minimum_software="0.1.0")


def add_history(session: Session, name: str, *, now: datetime) -> None:
    """Give one station a month of health: warm afternoons, and a night without a word."""
    station = session.scalars(select(Station).where(Station.id_dispositivo == name)).one()
    drawn = random.Random(3)
    rows = []
    for span_s, first_s, last_s in ((300, 0, 24 * HOUR_S), (3600, 24 * HOUR_S, 720 * HOUR_S)):
        for back_s in range(first_s, last_s, span_s):
            begins_s = (int(now.timestamp()) - back_s) // span_s * span_s
            if 8 * HOUR_S < back_s < 14 * HOUR_S:
                continue
            warmth = abs(12 - begins_s // HOUR_S % 24)
            rows.append(
                {
                    "station_id": station.id, "span_s": span_s, "begins_s": begins_s,
                    "waiting": max(0, 30 - warmth * 4) + drawn.randrange(3),
                    "oldest_waiting_s": 600, "disk_free_mib": 40_000 - back_s // HOUR_S,
                    "temperature_mc": 82_000 - warmth * 2_500 + drawn.randrange(2_000),
                    "undervoltage": int(warmth == 0), "throttled": 0, "battery_percent": None,
                    "load_percent": 35 + drawn.randrange(30), "memory_available_percent": 60,
                    "previews_per_10s": 120 + drawn.randrange(30), "camera_restarts": 2,
                }
            )  # fmt: skip
    session.execute(insert(StationHealth), rows)


def _station(
    process: Process, name: str, kind: str, drawn: random.Random, now: datetime
) -> Station:
    heard = now - timedelta(seconds=drawn.randrange(10, 290))
    gauges = {
        "temperature_mc": drawn.randrange(48_000, 72_000), "undervoltage": 0, "throttled": 0,
        "disk_used_percent": 31, "load_percent": 40, "memory_available_percent": 55,
        "uptime_s": 40_000, "signed_in": 1, "camera_running": 1, "camera_restarts": 0,
        "previews_per_10s": 140, "kiosk_age_s": 6,
    }  # fmt: skip
    health: dict[str, object] = {
        "states": {"stored": 40}, "gauges": gauges, "disk_free_bytes": 30 << 30,
        "oldest_waiting_s": 0, "software": "0.1.0", "models": "0123456789abcdef" * 2,
        "clock": "anchored", "policy_version": 3,
    }  # fmt: skip
    told = _TOLD.get(kind, {})
    gauges.update(told.get("gauges", {}))
    health.update(told.get("health", {}))
    heard -= timedelta(hours=told.get("hours", 0))
    state = told.get("state", StationState.ACTIVE)
    is_new = kind == "new"
    epoch = "0" * 28 + name[1:]
    return Station(
        process_id=process.id,
        id_dispositivo=name,
        state=StationState.CLAIMED if is_new else state,
        created_at=now - timedelta(days=20),
        enrolled_at=None if is_new else now - timedelta(days=19),
        epoch=None if is_new else epoch,
        last_hello_at=None if is_new else heard,
        health=None if is_new else health,
        clock_offset_ms=None if is_new else drawn.randrange(-900, 900),
        epochs=[]
        if is_new
        else [
            StationEpoch(
                epoch=epoch, nonce="n" * 24, head_seq=40, highest_seq=40, claimed_seq=42,
                opened_at=now - timedelta(days=19),
            )
        ],
    )  # fmt: skip


def add_order(session: Session, station: Station, *, now: datetime) -> None:
    """Give a station an order that it has not heard."""
    session.add(
        StationOrder(
            station_id=station.id, token="0b" * 16, batch=ORDER_BATCH, kind=OrderKind.MESSAGE,
            text="La sede abre a las 9.", state=OrderState.OPEN, issued_by="user:1",
            issued_at=now, expires_at=now + timedelta(hours=12),
        )
    )  # fmt: skip
