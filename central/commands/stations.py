"""`station`: how a station comes to the centre, and its life until it ends."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from central.commands.context import Context, command, opened
from central.commands.typed import instant
from central.errors import InvalidInputError
from central.intake import claims, lifecycle
from central.models import Duty, Station, StationEpoch
from central.roster import station_file
from central.roster.files.refusals import Refusal
from central.roster.processes import find_process
from central.roster.station_file import Column, remark_text
from central.secrets import write_private
from wire.claim import CentreCard, Voucher, build_card, build_claim, redeem
from wire.errors import IdentityError
from wire.identity import Identity, parse_identity
from wire.packet import IDENTIFIER


def register(subparsers: Any) -> None:
    """Add the commands."""
    parser = subparsers.add_parser("station", help="estaciones de captación")
    group = parser.add_subparsers(required=True, metavar="ACCIÓN")
    _register_enrolment(group)
    _register_file(group)
    report = command(group, "readiness", "recibe el informe firmado de una estación", _readiness)
    report.add_argument("file", type=Path, metavar="ARCHIVO", help="readiness.jws de la memoria")
    command(group, "list", "muestra las estaciones", _list)
    for name, summary, run in (
        (
            "activate",
            "deja captar a una estación sin informe, o con fallas en él",
            _activate,
        ),
        ("move", "la lleva a otra sede; capta de nuevo cuando haya entregado todo", _move),
        ("retire", "da de baja una estación que ya entregó todo", _retire),
        ("lost", "da de baja una estación perdida o robada", _lost),
        ("revoke", "da de baja una estación; lo que entregue queda aparte", _revoke),
        ("replace", "otra estación toma su sede", _replace),
        ("release", "levanta la cuarentena de una estación", _release),
    ):
        one = command(group, name, summary, run)
        one.add_argument("--id", required=True, help="id de dispositivo")
        if name == "move":
            one.add_argument("--site", required=True, help="la nueva sede")
        if name == "retire":
            one.add_argument(
                "--although-waiting", action="store_true",
                help="aunque le falte entregar: lo que falte se puede traer después",
            )  # fmt: skip
        if name == "lost":
            one.add_argument(
                "--since", metavar="FECHA", help="desde cuándo, AAAA-MM-DDTHH:MM en hora local"
            )
        if name == "replace":
            one.add_argument("--by", required=True, metavar="ID", help="la que toma la sede")


def card_of(context: Context) -> CentreCard:
    """Give the card by which a station knows this centre."""
    url = context.config.stations.url
    is_tls = url.startswith("https://")
    ca_pem = context.secrets.certificate("tls-authority").decode("ascii") if is_tls else ""
    return CentreCard(url, context.secrets.verifying_keys(), ca_pem)


def _register_enrolment(group: Any) -> None:
    card = command(group, "card", "crea el archivo con el que una estación conoce al centro", _card)
    card.add_argument("--out", required=True, type=Path)
    claim = command(group, "claim", "crea el archivo con el que una estación se enrola", _claim)
    approve = command(
        group, "approve", "aprueba la clave de una estación que se identificó", _approve
    )
    approve.add_argument(
        "--request", required=True, type=Path, help="el archivo de acopio-station identity"
    )
    for one in (claim, approve):
        one.add_argument("--process", required=True)
        one.add_argument("--id", required=True, help="id de dispositivo: 1 a 16 letras y números")
        one.add_argument("--site", help="la sede, en palabras")
    claim.add_argument("--serial", default="", help="número de serie de la única placa que sirve")
    claim.add_argument("--out", required=True, type=Path, help="archivo de la solicitud de enrolar")
    approve.add_argument(
        "--out", type=Path, help="escribe la respuesta firmada, para una estación sin red"
    )


def _register_file(group: Any) -> None:
    file = command(group, "import", "registra las estaciones de un archivo CSV", _import)
    file.add_argument("file", type=Path, metavar="CSV", help="columnas: id, sede, proceso, serie")
    file.add_argument("--dry-run", action="store_true", help="sólo dice qué haría")
    file.add_argument("--corrected", type=Path, help="escribe los renglones por corregir")
    labels = command(
        group, "labels", "imprime etiquetas con vales nuevos para estaciones sin alta", _labels
    )
    labels.add_argument("ids", nargs="+", metavar="ID")
    labels.add_argument("--out", required=True, type=Path, metavar="PDF")


def _import(arguments: argparse.Namespace) -> int:
    try:
        content = arguments.file.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            f"{arguments.file.name}: {error}", code="file.unreadable"
        ) from error
    with opened(arguments) as context, context.database.write() as session:
        found = station_file.check_file(session, content)
        if isinstance(found, Refusal):
            details = " ".join(f"{name}={value}" for name, value in found.details.items())
            raise InvalidInputError(
                f"{found.cause.value} {details}".strip(), code="file.unreadable"
            )
        if not arguments.dry_run:
            for row in found.good:
                claims.register(
                    session,
                    id_dispositivo=row.values[Column.ID],
                    process=find_process(session, row.values[Column.PROCESS]),
                    site=row.values[Column.SITE],
                    serial=row.values[Column.SERIAL],
                    now=context.clock.now(),
                    made_by=context.actor,
                )
    said = [(row, [remark_text(remark) for remark in row.remarks]) for row in found.wrong]
    for row, remarks in said:
        print(f"Renglón {row.number}: {' '.join(remarks)}")
    if arguments.corrected is not None and said:
        rows = [(row, " ".join(remarks)) for row, remarks in said]
        arguments.corrected.write_bytes(station_file.corrected_csv(rows))
        print(f"Renglones por corregir: {arguments.corrected}")
    verb = "Entrarían" if arguments.dry_run else "Entraron"
    print(f"{verb} {len(found.good)}, ya estaban {len(found.present)}, por corregir {len(said)}.")
    return 1 if said else 0


def _labels(arguments: argparse.Namespace) -> int:
    # Only here: what prints is slow to load.
    from central.portal.station_labels import print_labels

    with opened(arguments) as context, context.database.write() as session:
        made = claims.labelled(
            session, names=arguments.ids, ttl_h=context.config.stations.claim_ttl_h,
            now=context.clock.now(), made_by=context.actor,
        )  # fmt: skip
        if not made:
            raise InvalidInputError("no station waits for a voucher", code="station.no_label")
        arguments.out.unlink(missing_ok=True)
        write_private(arguments.out, print_labels(made))
    print(f"{len(made)} etiquetas: {arguments.out}. Guárdelas como llaves; las de antes no sirven.")
    return 0


def _card(arguments: argparse.Namespace) -> int:
    with opened(arguments, migrated=False) as context:
        arguments.out.write_bytes(build_card(card_of(context)))
    print(f"Tarjeta del centro: {arguments.out}. No tiene secretos; puede ir en la imagen.")
    return 0


def _claim(arguments: argparse.Namespace) -> int:
    _check_name(arguments.id)
    with opened(arguments) as context:
        card = card_of(context)
        with context.database.write() as session:
            claim = claims.open_claim(
                session,
                id_dispositivo=arguments.id,
                process=find_process(session, arguments.process),
                ttl_h=context.config.stations.claim_ttl_h,
                now=context.clock.now(),
                made_by=context.actor,
                serial=arguments.serial,
                site=_site(arguments),
            )
    content = build_claim(redeem(card, Voucher(arguments.id, claim.code), claim.expires_at))
    arguments.out.unlink(missing_ok=True)
    write_private(arguments.out, content)
    print(
        f"Archivo de enrolar de la estación {arguments.id}: {arguments.out}\n"
        f"Sirve una sola vez, hasta {claim.expires_at:%Y-%m-%d %H:%M} UTC."
    )
    return 0


def _approve(arguments: argparse.Namespace) -> int:
    # Only here: the pages are slow to load, and few commands need the parts of the web.
    from central.app import build_services

    _check_name(arguments.id)
    identity = _identity(arguments.request)
    with opened(arguments) as context:
        now, ttl_h = context.clock.now(), context.config.stations.claim_ttl_h
        with context.database.write() as session:
            claim_id = claims.approve(
                session,
                identity,
                id_dispositivo=arguments.id,
                process=find_process(session, arguments.process),
                ttl_h=ttl_h,
                now=now,
                made_by=context.actor,
                site=_site(arguments),
            ).id
        print(f"Huella de la clave: {identity.fingerprint}")
        print(
            "Compárela con la pantalla de la estación; si no es la misma, dé de baja la estación."
        )
        if arguments.out is not None:
            parts = build_services(context.config, context.clock)
            try:
                token = parts.enrolment.answer_file(
                    claim_id, now=now, expires_at=now + timedelta(hours=ttl_h)
                )
            finally:
                parts.database.close()
            arguments.out.write_text(token + "\n", "ascii")
            print(f"Respuesta para la memoria: {arguments.out}. Sólo sirve a esa estación.")
    return 0


def _identity(path: Path) -> Identity:
    try:
        return parse_identity(path.read_text("utf-8", errors="replace"))
    except (OSError, IdentityError) as error:
        raise InvalidInputError(f"{path.name}: {error}", code="identity.malformed") from error


def _readiness(arguments: argparse.Namespace) -> int:
    try:
        token = arguments.file.read_text("ascii", errors="replace")[:8192]
    except OSError as error:
        raise InvalidInputError(f"{arguments.file.name}: {error}", field="report") from error
    with opened(arguments) as context, context.database.write() as session:
        name = lifecycle.take_readiness(
            session, token, now=context.clock.now(), made_by=context.actor
        )
        waits = lifecycle.find_station(session, name).duty is Duty.ACCEPTANCE
    if waits:
        print(f"Estación {name}: el informe tiene fallas; sigue sin captar. Decida una persona.")
        return 1
    print(f"Estación {name}: informe recibido; puede captar.")
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
            site = f"  {station.site}" if station.site else ""
            print(
                f"{station.id_dispositivo}  {station.state.value}  {station.duty.value}  {head}  "
                f"último contacto: {_when(station.last_hello_at)}{site}"
            )
    return 0


def _activate(arguments: argparse.Namespace) -> int:
    _act(arguments, lifecycle.activate)
    print(f"Estación {arguments.id}: puede captar.")
    return 0


def _move(arguments: argparse.Namespace) -> int:
    _act(arguments, lifecycle.move, arguments.site)
    print(f"Estación {arguments.id}: no capta hasta entregar todo; después queda en la nueva sede.")
    return 0


def _retire(arguments: argparse.Namespace) -> int:
    left = _act(arguments, lifecycle.retire, although_waiting=arguments.although_waiting)
    if left:
        print(
            f"Estación {arguments.id}: le faltan {left} paquetes por entregar. Ya no capta; "
            "repita la orden cuando haya entregado, o traiga su memoria con receive-usb."
        )
        return 1
    print(f"Estación {arguments.id} retirada.")
    return 0


def _lost(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.write() as session:
        station = lifecycle.find_station(session, arguments.id)
        zone = ZoneInfo(station.process.time_zone)
        since = instant(arguments.since, zone, is_end=False) if arguments.since else None
        lifecycle.lose(
            session, arguments.id, since=since, now=context.clock.now(), made_by=context.actor
        )
    print(f"Estación {arguments.id} dada de baja.")
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    _act(arguments, lifecycle.lose, since=None)
    print(f"Estación {arguments.id} dada de baja.")
    return 0


def _replace(arguments: argparse.Namespace) -> int:
    _act(arguments, lifecycle.replace_by, arguments.by)
    print(f"{arguments.by} toma la sede de {arguments.id}, que sólo entrega lo que le quede.")
    return 0


def _release(arguments: argparse.Namespace) -> int:
    _act(arguments, lifecycle.release)
    print(f"Estación {arguments.id} sin cuarentena.")
    return 0


def _act(
    arguments: argparse.Namespace, act: Callable[..., int | None], *words: str, **options: object
) -> int:
    with opened(arguments) as context, context.database.write() as session:
        done = act(
            session,
            arguments.id,
            *words,
            now=context.clock.now(),
            made_by=context.actor,
            **options,
        )
    return done or 0


def _check_name(name: str) -> None:
    if re.fullmatch(IDENTIFIER, name) is None:
        raise InvalidInputError("id: 1 to 16 of A-Z and 0-9", field="id")


def _site(arguments: argparse.Namespace) -> str | None:
    return lifecycle.checked_site(arguments.site) if arguments.site else None


def _when(moment: datetime | None) -> str:
    return "nunca" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"
