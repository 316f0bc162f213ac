"""`apply` and `check`: the numbered steps on this machine or on a mounted tree."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from provisioning.steps.base import ROLES, SLOTS, Options, Site
from provisioning.steps.boards import boards, find_board
from provisioning.steps.order import STEPS, chosen
from provisioning.steps.record import RECORD
from provisioning.steps.runner import apply, inspect
from provisioning.steps.s20_packages import groups
from provisioning.steps.tree import Tree

_IRREVERSIBLE = """\
ATENCIÓN: se grabará una llave en los fusibles de esta placa. No se puede borrar ni cambiar; si la
placa ya tiene una, se conserva. Pruébelo antes en una placa que se pueda perder."""
_SOURCE = Path(__file__).resolve().parents[2]


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-commands."""
    parser = subparsers.add_parser("apply", help="aplica los pasos que falten", description=__doc__)
    add_site(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="dice lo que haría, sin cambiar nada"
    )
    parser.add_argument(
        "--irreversible",
        action="store_true",
        help="permite lo que no tiene vuelta atrás: la llave de la placa (OTP)",
    )
    parser.set_defaults(func=_apply)
    parser = subparsers.add_parser(
        "check", help="revisa que los pasos sigan hechos", description=__doc__
    )
    add_site(parser)
    parser.set_defaults(func=_check, irreversible=False)


def add_site(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where, for what, and with what."""
    steps = ", ".join(f"{step.number} {step.name}" for step in STEPS)
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="el sistema")
    parser.add_argument("--board", required=True, choices=list(boards()), help="la placa")
    parser.add_argument("--role", choices=ROLES, default="station", help="qué se prepara")
    parser.add_argument(
        "--only", action="append", default=[], metavar="PASO", help=f"sólo estos pasos ({steps})"
    )
    parser.add_argument("--from", dest="start", default="", metavar="PASO", help="desde este paso")
    parser.add_argument(
        "--with",
        dest="extra",
        action="append",
        default=[],
        choices=list(groups()),
        help="paquetes además de los de la placa",
    )
    parser.add_argument("--source", type=Path, default=_SOURCE, metavar="DIR", help="Acopio")
    parser.add_argument("--wheelhouse", type=Path, metavar="DIR", help="paquetes de Python")
    parser.add_argument("--centre", default="", metavar="NOMBRE", help="nombre del centro")
    parser.add_argument(
        "--centre-address", action="append", default=[], metavar="IP", help="sus direcciones"
    )
    parser.add_argument("--centre-port", type=int, default=443, metavar="N", help="su puerto")
    parser.add_argument("--centre-card", type=Path, metavar="FILE", help="tarjeta del centro")
    parser.add_argument(
        "--release-keys", type=Path, metavar="PEM", help="llaves públicas de las versiones"
    )
    parser.add_argument(
        "--slots", choices=SLOTS, default="none", help="dónde se prueba una versión nueva"
    )
    parser.add_argument("--data-device", default="", metavar="DEV", help="partición de los datos")
    parser.add_argument("--data-key", type=Path, metavar="FILE", help="llave de esa partición")
    parser.add_argument("--ssh-key", type=Path, metavar="PEM", help="quién puede abrir SSH")
    parser.add_argument("--ntp", default="", metavar="NOMBRE", help="servidor de la hora")
    parser.add_argument("--timezone", default="America/Mexico_City", metavar="ZONA")
    parser.add_argument(
        "--rtc-rechargeable", action="store_true", help="la pila del reloj es recargable"
    )
    parser.add_argument("--usb-network", action="store_true", help="permite módems y redes por USB")


def site_of(options: argparse.Namespace) -> Site:
    """Build the site that the options describe."""
    return Site(
        tree=Tree(options.root),
        board=find_board(options.board),
        role=options.role,
        options=Options(
            source=options.source,
            wheelhouse=options.wheelhouse,
            extra=tuple(options.extra),
            centre=options.centre,
            centre_addresses=tuple(options.centre_address),
            centre_port=options.centre_port,
            centre_card=options.centre_card,
            release_keys=options.release_keys,
            slots=options.slots,
            data_device=options.data_device,
            data_key=options.data_key,
            ssh_key=options.ssh_key,
            ntp=options.ntp,
            timezone=options.timezone,
            usb_network=options.usb_network,
            rtc_rechargeable=options.rtc_rechargeable,
            irreversible=options.irreversible,
        ),
    )


def _apply(options: argparse.Namespace) -> int:
    site = site_of(options)
    steps = chosen(options.only, options.start)
    if options.dry_run:
        summary = inspect(site, steps, print)
        print(f"Se harían {summary.missing} cambios; {summary.unchanged} ya están. Nada cambió.")
        return 0
    if os.geteuid() != 0:
        print("Aplicar los pasos pide ser root: repita la orden con sudo.", file=sys.stderr)
        return 1
    if options.irreversible and site.board.otp:
        print(_IRREVERSIBLE, file=sys.stderr)
    done = apply(site, steps, print)
    print(
        f"Listo: {done.changed} cambios, {done.unchanged} ya estaban. "
        f"Registro: {site.tree.path(RECORD)}"
    )
    return 0


def _check(options: argparse.Namespace) -> int:
    summary = inspect(site_of(options), chosen(options.only, options.start), print)
    if summary.missing:
        print(f"Faltan {summary.missing} cosas: aplique los pasos de nuevo con `apply`.")
        return 1
    print(f"Todo está como debe: {summary.unchanged} cosas revisadas.")
    return 0
