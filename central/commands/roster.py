"""`process`, `auxiliar`: what the authority enters before a process begins."""

from __future__ import annotations

import argparse
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from central.commands.context import command, group, opened
from central.commands.typed import instant, typed_password
from central.errors import InvalidInputError
from central.models import Auxiliar, Process
from central.roster.aspirantes import find_aspirante
from central.roster.auxiliares import NewAuxiliar, put_auxiliar
from central.roster.processes import SCOPES, NewOffice, NewProcess, put_process


def register(subparsers: Any) -> None:
    """Add the commands."""
    _register_process(group(subparsers, "process", "procesos de captación"))
    _register_auxiliar(group(subparsers, "auxiliar", "quienes captan"))


def _register_process(actions: Any) -> None:
    add = command(actions, "add", "registra un proceso o corrige el que existe", _add_process)
    add.add_argument("--code", required=True, help="1 a 16 letras y números, p. ej. PEF2027")
    add.add_argument("--name", required=True)
    add.add_argument("--kind", default="Candidatura Independiente")
    add.add_argument("--starts", required=True, metavar="AAAA-MM-DD[THH:MM]")
    add.add_argument("--ends", required=True, metavar="AAAA-MM-DD[THH:MM]")
    add.add_argument(
        "--grace-hours", type=int, default=24, help="para entregar lo captado (por omisión 24)"
    )
    add.add_argument("--time-zone", default="America/Mexico_City")
    add.add_argument(
        "--office",
        action="append",
        default=[],
        metavar="CLAVE:NOMBRE:ÁMBITO",
        help=f"cargo; ámbito: {', '.join(SCOPES)}; se puede repetir",
    )
    add.add_argument("--settings", type=Path, help="archivo TOML con ajustes del proceso")
    command(actions, "list", "muestra los procesos", _list_processes)


def _register_auxiliar(actions: Any) -> None:
    add = command(actions, "add", "registra a un auxiliar y le da un código", _add_auxiliar)
    add.add_argument("--aspirante", required=True, metavar="FOLIO")
    add.add_argument("--id", required=True, help="1 a 16 letras y números")
    add.add_argument("--nombres", required=True)
    add.add_argument("--paterno", default="")
    add.add_argument("--materno", default="")
    add.add_argument("--email", required=True)
    add.add_argument("--born-on", type=date.fromisoformat, metavar="AAAA-MM-DD")
    add.add_argument("--phone")
    add.add_argument(
        "--password-stdin",
        action="store_true",
        help="lee la contraseña de la entrada en lugar de dar un código",
    )
    add.add_argument("--invite-again", action="store_true", help="da un código nuevo")
    command(actions, "list", "muestra a los auxiliares", _list_auxiliares)


def _add_process(arguments: argparse.Namespace) -> int:
    zone = ZoneInfo(arguments.time_zone)
    ends_at = instant(arguments.ends, zone, is_end=True)
    new = NewProcess(
        code=arguments.code,
        name=arguments.name,
        kind=arguments.kind,
        starts_at=instant(arguments.starts, zone, is_end=False),
        ends_at=ends_at,
        deliver_until=ends_at + timedelta(hours=arguments.grace_hours),
        offices=[_office(text) for text in arguments.office],
        settings=_settings(arguments.settings),
        time_zone=arguments.time_zone,
    )
    with opened(arguments) as context, context.database.write() as session:
        put_process(session, new, now=context.clock.now(), made_by=context.actor)
    print(f"Proceso {new.code} registrado.")
    return 0


def _add_auxiliar(arguments: argparse.Namespace) -> int:
    password = typed_password() if arguments.password_stdin else None
    new = NewAuxiliar(
        id_auxiliar=arguments.id,
        nombres=arguments.nombres,
        apellido_paterno=arguments.paterno,
        apellido_materno=arguments.materno,
        email=arguments.email,
        born_on=arguments.born_on,
        telefono_movil=arguments.phone,
    )
    with opened(arguments) as context, context.database.write() as session:
        invitation = put_auxiliar(
            session,
            find_aspirante(session, arguments.aspirante),
            new,
            now=context.clock.now(),
            made_by=context.actor,
            password=password,
            invite_again=arguments.invite_again,
        )
    print(f"Auxiliar {arguments.id} registrado.")
    if invitation.code is not None:
        print(f"Código de activación (se muestra una sola vez): {invitation.code}")
    return 0


def _list_processes(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        for process in session.scalars(select(Process).order_by(Process.code)):
            offices = ", ".join(office.code for office in process.offices)
            print(
                f"{process.code}  {process.name}  {process.starts_at:%Y-%m-%d} a "
                f"{process.ends_at:%Y-%m-%d}  cargos: {offices}"
            )
    return 0


def _list_auxiliares(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        for auxiliar in session.scalars(select(Auxiliar).order_by(Auxiliar.id_auxiliar)):
            print(
                f"{auxiliar.id_auxiliar}  {auxiliar.aspirante.folio_solicitud}  "
                f"{auxiliar.state.value}"
            )
    return 0


def _office(text: str) -> NewOffice:
    parts = text.split(":")
    if len(parts) == 2:
        parts.append("nacional")
    if len(parts) != 3:
        raise InvalidInputError("an office is CLAVE:NOMBRE:ÁMBITO", field="office")
    return NewOffice(*parts)


def _settings(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot be read", field="settings") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(f"{path}: not TOML: {error}", field="settings") from error
