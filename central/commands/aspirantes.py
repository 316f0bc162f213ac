"""`aspirante`: whom the authority admits, and their access to the portal."""

from __future__ import annotations

import argparse
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from central.commands.context import command, group, opened
from central.commands.typed import instant
from central.errors import InvalidInputError
from central.models import AccountKind, Aspirante
from central.reports.thresholds import make_threshold
from central.roster import admission
from central.roster.admission import Admission, Mistake
from central.roster.aspirantes import NewAspirante
from central.roster.processes import find_process
from domain.threshold import PUBLISHED

_KINDS = {"google": AccountKind.GOOGLE, "facebook": AccountKind.FACEBOOK}
_MISTAKES = {
    Mistake.MISSING: "hace falta",
    Mistake.MALFORMED: "no está bien escrito",
    Mistake.UNKNOWN: "no existe",
    Mistake.TAKEN: "pertenece a otro proceso",
    Mistake.OUT_OF_RANGE: "no existe ese número",
    Mistake.STAFF: "es de alguien de la autoridad",
    Mistake.ORDER: "queda antes del inicio",
    Mistake.PAST: "ya pasó",
    Mistake.EMPTY_REGISTER: "el registro no tiene a nadie en este ámbito",
}


def register(subparsers: Any) -> None:
    """Add the commands."""
    actions = group(subparsers, "aspirante", "quienes solicitan apoyo")
    add = command(actions, "add", "registra a una persona aspirante o la corrige", _add)
    add.add_argument("--process", required=True)
    add.add_argument("--office", required=True)
    add.add_argument("--folio", required=True, help="folio de la solicitud")
    add.add_argument("--name", required=True)
    add.add_argument("--email", required=True, help="de la cuenta con la que entra al portal")
    add.add_argument("--account", choices=sorted(_KINDS), help="tipo de cuenta; sin él, cualquiera")
    add.add_argument("--until", metavar="AAAA-MM-DD", help="último día del acceso al portal")
    add.add_argument("--letter", action="store_true", help="envía la carta con los datos de acceso")
    for unit in ("entidad", "distrito", "municipio"):
        add.add_argument(f"--{unit}", type=int)
    add.add_argument("--threshold", choices=sorted(PUBLISHED), help="umbral del cargo")
    add.add_argument("--starts", metavar="AAAA-MM-DD[THH:MM]", help="si difiere del proceso")
    add.add_argument("--ends", metavar="AAAA-MM-DD[THH:MM]", help="si difiere del proceso")
    command(actions, "list", "muestra a las personas aspirantes", _list)
    for name, summary, run in (
        ("letter", "envía otra vez la carta con los datos de acceso", _letter),
        ("release", "libera su cuenta, para que ingrese con otra", _release),
        ("deactivate", "le quita el acceso al portal", _deactivate),
        ("reactivate", "le devuelve el acceso al portal", _reactivate),
        ("stop", "detiene la solicitud: portal y estaciones", _stop),
        ("resume", "reanuda la solicitud", _resume),
    ):
        command(actions, name, summary, run).add_argument("--folio", required=True)


def _add(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.write() as session:
        zone = ZoneInfo(find_process(session, arguments.process).time_zone)
        said = Admission(
            process=arguments.process,
            request=NewAspirante(
                folio_solicitud=arguments.folio,
                name=arguments.name,
                email=arguments.email,
                office=arguments.office,
                scope_entidad=arguments.entidad,
                scope_distrito=arguments.distrito,
                scope_municipio=arguments.municipio,
                starts_at=_instant(arguments.starts, zone, is_end=False),
                ends_at=_instant(arguments.ends, zone, is_end=True),
            ),
            account_kind=_KINDS.get(arguments.account),
            access_until=_instant(arguments.until, zone, is_end=True),
            threshold=arguments.threshold,
        )
        result = admission.admit(
            session,
            said,
            make_threshold,
            now=context.clock.now(),
            made_by=context.actor,
            letter=arguments.letter,
        )
        if isinstance(result, dict):
            raise InvalidInputError(
                "; ".join(f"{field}: {_MISTAKES[mistake]}" for field, mistake in result.items()),
                field=next(iter(result)),
            )
    print(f"Solicitud {arguments.folio} registrada; entra al portal con {arguments.email}.")
    if arguments.letter:
        print("La carta con los datos de acceso sale con el siguiente turno de «worker».")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        for aspirante in session.scalars(select(Aspirante).order_by(Aspirante.folio_solicitud)):
            print(
                f"{aspirante.folio_solicitud}  {aspirante.process.code}  "
                f"{aspirante.office.code}  {aspirante.name}"
                f"{'' if aspirante.active else '  (detenida)'}"
            )
    return 0


def _letter(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.write() as session:
        admission.send_letter(
            session, arguments.folio, now=context.clock.now(), made_by=context.actor
        )
    print("La carta sale con el siguiente turno de «worker»; el enlace anterior deja de servir.")
    return 0


def _release(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.write() as session:
        admission.release_account(
            session, arguments.folio, now=context.clock.now(), made_by=context.actor
        )
    print("Cuenta liberada; la carta con el enlace nuevo sale con el siguiente turno de «worker».")
    return 0


def _deactivate(arguments: argparse.Namespace) -> int:
    return _set_access(arguments, active=False, done="Acceso desactivado; sus sesiones terminaron.")


def _reactivate(arguments: argparse.Namespace) -> int:
    return _set_access(arguments, active=True, done="Acceso reactivado.")


def _set_access(arguments: argparse.Namespace, *, active: bool, done: str) -> int:
    with opened(arguments) as context, context.database.write() as session:
        admission.set_access(
            session,
            arguments.folio,
            active=active,
            now=context.clock.now(),
            made_by=context.actor,
        )
    print(done)
    return 0


def _stop(arguments: argparse.Namespace) -> int:
    return _set_request(
        arguments, active=False, done="Solicitud detenida; las estaciones lo sabrán pronto."
    )


def _resume(arguments: argparse.Namespace) -> int:
    return _set_request(
        arguments, active=True, done="Solicitud reanudada; las estaciones lo sabrán pronto."
    )


def _set_request(arguments: argparse.Namespace, *, active: bool, done: str) -> int:
    with opened(arguments) as context, context.database.write() as session:
        admission.set_request(
            session,
            arguments.folio,
            active=active,
            now=context.clock.now(),
            made_by=context.actor,
        )
    print(done)
    return 0


def _instant(text: str | None, zone: ZoneInfo, *, is_end: bool) -> Any:
    return None if text is None else instant(text, zone, is_end=is_end)
