"""`process`, `aspirante`, `auxiliar`, `user`: what the authority enters before a process begins."""

from __future__ import annotations

import argparse
import sys
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from central.accounts.permissions import Role
from central.commands.context import command, opened
from central.errors import InvalidInputError
from central.models import Aspirante, Auxiliar, Process, User
from central.reports.thresholds import make_threshold
from central.roster.aspirantes import NewAspirante, find_aspirante, put_aspirante
from central.roster.auxiliares import NewAuxiliar, put_auxiliar
from central.roster.processes import SCOPES, NewOffice, NewProcess, find_process, put_process
from central.roster.users import grant, put_user
from domain.threshold import PUBLISHED


def register(subparsers: Any) -> None:
    """Add the commands."""
    _register_process(_group(subparsers, "process", "procesos de captación"))
    _register_aspirante(_group(subparsers, "aspirante", "quienes solicitan apoyo"))
    _register_auxiliar(_group(subparsers, "auxiliar", "quienes captan"))
    _register_user(_group(subparsers, "user", "personas que entran al portal"))


def _group(subparsers: Any, name: str, summary: str) -> Any:
    parser = subparsers.add_parser(name, help=summary, description=summary)
    return parser.add_subparsers(required=True, metavar="ACCIÓN")


def _register_process(group: Any) -> None:
    add = command(group, "add", "registra un proceso o corrige el que existe", _add_process)
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
    command(group, "list", "muestra los procesos", _list_processes)


def _register_aspirante(group: Any) -> None:
    add = command(group, "add", "registra a una persona aspirante o la corrige", _add_aspirante)
    add.add_argument("--process", required=True)
    add.add_argument("--office", required=True)
    add.add_argument("--folio", required=True, help="folio de la solicitud")
    add.add_argument("--name", required=True)
    add.add_argument("--email", required=True, help="con el que entra al portal")
    for unit in ("entidad", "distrito", "municipio"):
        add.add_argument(f"--{unit}", type=int)
    add.add_argument("--threshold", choices=sorted(PUBLISHED), help="umbral del cargo")
    command(group, "list", "muestra a las personas aspirantes", _list_aspirantes)


def _register_auxiliar(group: Any) -> None:
    add = command(group, "add", "registra a un auxiliar y le da un código", _add_auxiliar)
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
    command(group, "list", "muestra a los auxiliares", _list_auxiliares)


def _register_user(group: Any) -> None:
    add = command(group, "add", "registra a una persona del portal o la corrige", _add_user)
    add.add_argument("--email", required=True)
    add.add_argument("--name", required=True)
    add.add_argument("--role", action="append", default=[], choices=[role.value for role in Role])
    add.add_argument("--aspirante", metavar="FOLIO", help="con el papel «aspirante»")
    add.add_argument("--password-stdin", action="store_true")
    add.add_argument("--inactive", action="store_true", help="le quita el acceso")
    command(group, "list", "muestra a las personas", _list_users)


def _add_process(arguments: argparse.Namespace) -> int:
    zone = ZoneInfo(arguments.time_zone)
    ends_at = _instant(arguments.ends, zone, is_end=True)
    new = NewProcess(
        code=arguments.code,
        name=arguments.name,
        kind=arguments.kind,
        starts_at=_instant(arguments.starts, zone, is_end=False),
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


def _add_aspirante(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.write() as session:
        now, made_by = context.clock.now(), context.actor
        process = find_process(session, arguments.process)
        threshold = None
        if arguments.threshold:
            threshold = make_threshold(
                session,
                process.id,
                arguments.threshold,
                cut_on=now.date(),
                entidad=arguments.entidad,
                distrito=arguments.distrito,
                municipio=arguments.municipio,
            )
        new = NewAspirante(
            folio_solicitud=arguments.folio,
            name=arguments.name,
            email=arguments.email,
            office=arguments.office,
            scope_entidad=arguments.entidad,
            scope_distrito=arguments.distrito,
            scope_municipio=arguments.municipio,
        )
        aspirante = put_aspirante(session, process, new, threshold, now=now, made_by=made_by)
        user = put_user(
            session, email=arguments.email, name=arguments.name, now=now, made_by=made_by
        )
        grant(session, user, Role.ASPIRANTE, aspirante=aspirante, now=now, made_by=made_by)
    print(f"Solicitud {arguments.folio} registrada; entra al portal con {arguments.email}.")
    return 0


def _add_auxiliar(arguments: argparse.Namespace) -> int:
    password = _password() if arguments.password_stdin else None
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


def _add_user(arguments: argparse.Namespace) -> int:
    password = _password() if arguments.password_stdin else None
    with opened(arguments) as context, context.database.write() as session:
        now, made_by = context.clock.now(), context.actor
        user = put_user(
            session,
            email=arguments.email,
            name=arguments.name,
            now=now,
            made_by=made_by,
            password=password,
            active=not arguments.inactive,
        )
        for name in arguments.role:
            role = Role(name)
            aspirante = None
            if role is Role.ASPIRANTE and arguments.aspirante:
                aspirante = find_aspirante(session, arguments.aspirante)
            grant(session, user, role, aspirante=aspirante, now=now, made_by=made_by)
    print(f"Persona {arguments.email} registrada.")
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


def _list_aspirantes(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        for aspirante in session.scalars(select(Aspirante).order_by(Aspirante.folio_solicitud)):
            print(
                f"{aspirante.folio_solicitud}  {aspirante.process.code}  "
                f"{aspirante.office.code}  {aspirante.name}"
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


def _list_users(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        for user in session.scalars(select(User).order_by(User.email)):
            roles = ", ".join(sorted({row.role for row in user.grants})) or "sin papel"
            print(f"{user.email}  {roles}  {'activa' if user.active else 'sin acceso'}")
    return 0


def _instant(text: str, zone: ZoneInfo, *, is_end: bool) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(f"not a date: {text}", field="dates") from error
    if moment.tzinfo is not None:
        return moment
    if is_end and len(text) == len("2026-11-23"):
        moment += timedelta(days=1, microseconds=-1)  # the last day counts whole
    return moment.replace(tzinfo=zone)


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


def _password() -> str:
    return sys.stdin.readline().rstrip("\r\n")
