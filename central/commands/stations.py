"""`station`: claims to enrol with, and what is known of each station."""

from __future__ import annotations

import argparse
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from central.audit import trail
from central.commands.context import command, opened
from central.errors import InvalidInputError, NotFoundError
from central.intake.enrolment import open_claim
from central.models import Station, StationEpoch, StationState
from central.roster.processes import find_process
from central.secrets import write_private
from wire.claim import Claim, build_claim
from wire.packet import IDENTIFIER


def register(subparsers: Any) -> None:
    """Add the commands."""
    parser = subparsers.add_parser("station", help="estaciones de captación")
    group = parser.add_subparsers(required=True, metavar="ACCIÓN")
    claim = command(group, "claim", "crea el archivo con el que una estación se enrola", _claim)
    claim.add_argument("--process", required=True)
    claim.add_argument("--id", required=True, help="id de dispositivo: 1 a 16 letras y números")
    claim.add_argument("--out", required=True, type=Path, help="archivo de la solicitud de enrolar")
    command(group, "list", "muestra las estaciones", _list)
    revoke = command(
        group, "revoke", "da de baja una estación; lo que entregue queda aparte", _revoke
    )
    revoke.add_argument("--id", required=True)
    release = command(group, "release", "levanta la cuarentena de una estación", _release)
    release.add_argument("--id", required=True)


def _claim(arguments: argparse.Namespace) -> int:
    if re.fullmatch(IDENTIFIER, arguments.id) is None:
        raise InvalidInputError("id: 1 to 16 of A-Z and 0-9", field="id")
    with opened(arguments) as context:
        stations = context.config.stations
        keys = context.secrets.verifying_keys()
        is_tls = stations.url.startswith("https://")
        ca_pem = context.secrets.certificate("tls-authority").decode("ascii") if is_tls else ""
        with context.database.write() as session:
            opened_claim = open_claim(
                session,
                id_dispositivo=arguments.id,
                process=find_process(session, arguments.process),
                ttl_h=stations.claim_ttl_h,
                now=context.clock.now(),
                made_by=context.actor,
            )
    content = build_claim(
        Claim(
            server=stations.url,
            station=arguments.id,
            code=opened_claim.code,
            keys=keys,
            ca_pem=ca_pem,
            expires_ms=int(opened_claim.expires_at.timestamp() * 1000),
        )
    )
    arguments.out.unlink(missing_ok=True)
    write_private(arguments.out, content)
    print(
        f"Archivo de enrolar de la estación {arguments.id}: {arguments.out}\n"
        f"Sirve una sola vez, hasta {opened_claim.expires_at:%Y-%m-%d %H:%M} UTC."
    )
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        rows = session.execute(
            select(Station, StationEpoch)
            .outerjoin(
                StationEpoch,
                (StationEpoch.station_id == Station.id) & (StationEpoch.epoch == Station.epoch),
            )
            .order_by(Station.id_dispositivo)
        )
        for station, epoch in rows:
            head = "sin enrolar" if epoch is None else f"recibido hasta {epoch.head_seq}"
            print(
                f"{station.id_dispositivo}  {station.state.value}  {head}  "
                f"último contacto: {_when(station.last_hello_at)}"
            )
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    _change(arguments, StationState.REVOKED, "station.revoked")
    print(f"Estación {arguments.id} dada de baja.")
    return 0


def _release(arguments: argparse.Namespace) -> int:
    _change(arguments, StationState.ACTIVE, "station.released")
    print(f"Estación {arguments.id} sin cuarentena.")
    return 0


def _change(arguments: argparse.Namespace, state: StationState, action: str) -> None:
    with opened(arguments) as context, context.database.write() as session:
        station = session.execute(
            select(Station).where(Station.id_dispositivo == arguments.id).with_for_update()
        ).scalar_one_or_none()
        if station is None:
            raise NotFoundError(f"no station {arguments.id}", code="station.unknown")
        if state is StationState.ACTIVE and station.state is not StationState.QUARANTINED:
            raise InvalidInputError("the station is not in quarantine", field="id")
        station.state = state
        trail.write(
            session,
            at=context.clock.now(),
            actor=context.actor,
            action=action,
            subject_kind="station",
            subject=arguments.id,
        )


def _when(moment: datetime | None) -> str:
    return "nunca" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"
