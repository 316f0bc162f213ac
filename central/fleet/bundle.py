"""An incident bundle: what is known of one station, for whoever finds out what went wrong there.

Nothing of a record, a citizen or an auxiliar is in it, so that it may be sent to a workshop. Its
tables are named one by one here: what is not named cannot slip in.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.fleet.station import StationView, view
from central.intake.health import MEASURES
from central.models import StationHealth, StationIncident, StationOrder

_HEALTH = ("span_s", *MEASURES)
_READ_ME = """\
Paquete de incidente de la estación {name}, hecho el {at} (UTC).

station.json   cómo está: estado, última salud que dijo, versiones, claves por su huella
chains.json    cadenas: hasta dónde dice que va, hasta dónde la tiene el centro, qué falta
history.csv    su salud en el tiempo; cada fila es lo peor de su lapso (span_s segundos)
orders.json    órdenes que se le dieron y qué respondió
acts.json      bitácora de auditoría sobre esta estación
reports.json   informes que la estación escribió de sí misma por orden

No contiene registros, ni datos de ciudadanos o de auxiliares.
"""


def bundle(session: Session, name: str, *, now: datetime) -> bytes:
    """Make the bundle of one station, a ZIP file.

    Raises:
        NotFoundError: There is none of that id.
    """
    seen = view(session, name)
    station_id = seen.row.station_id
    files = {
        "LEAME.txt": _READ_ME.format(name=name, at=f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}"),
        "station.json": _json(_station(seen)),
        "chains.json": _json([_plain(chain) for chain in map(_members, seen.chains)]),
        "history.csv": _history(session, station_id),
        "orders.json": _json(_orders(session, station_id)),
        "acts.json": _json([_plain(_members(act)) for act in seen.acts]),
        "reports.json": _json(_reports(session, station_id)),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, text in files.items():
            stamped = zipfile.ZipInfo(f"{name}/{file}", now.astimezone(UTC).timetuple()[:6])
            archive.writestr(stamped, text.encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _station(seen: StationView) -> dict[str, Any]:
    row, station = seen.row, seen.station
    return _plain(
        {
            "station": row.name,
            "process": row.process,
            "state": station.state.value,
            "ring": station.ring.value,
            "kid": station.kid,
            "epoch": station.epoch,
            "enrolled_at": station.enrolled_at,
            "condition": row.condition.value,
            "other_conditions": [condition.value for condition in row.others],
            "since": row.since,
            "last_hello_at": row.heard_at,
            "clock_offset_ms": station.clock_offset_ms,
            "forks": seen.forks,
            "health": row.health,
        }
    )


def _history(session: Session, station_id: int) -> str:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["begins_at", *_HEALTH])
    rows = session.scalars(
        select(StationHealth)
        .where(StationHealth.station_id == station_id)
        .order_by(StationHealth.begins_s, StationHealth.span_s)
    )
    for row in rows:
        begins = datetime.fromtimestamp(row.begins_s, UTC)
        table.writerow([begins.isoformat(), *(getattr(row, name) for name in _HEALTH)])
    return written.getvalue()


def _orders(session: Session, station_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(StationOrder).where(StationOrder.station_id == station_id).order_by(StationOrder.id)
    )
    names = ("token", "kind", "state", "code", "issued_at", "expires_at", "told_at", "answered_at")
    return [_plain({name: getattr(row, name) for name in names}) for row in rows]


def _reports(session: Session, station_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(StationIncident)
        .where(StationIncident.station_id == station_id)
        .order_by(StationIncident.id)
    )
    return [_plain({"received_at": row.received_at, "report": row.report}) for row in rows]


def _members(value: object) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}  # type: ignore[attr-defined]  # only ours


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _json(value: Mapping[str, Any] | Sequence[Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
