"""`user`: people who sign in on the web, and the way back for who lost the second factor."""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import select

from central.accounts.permissions import Role
from central.commands.context import command, group, opened
from central.commands.typed import typed_password
from central.models import User
from central.roster.aspirantes import find_aspirante
from central.roster.users import grant, put_user, reset_sign_in


def register(subparsers: Any) -> None:
    """Add the commands."""
    actions = group(subparsers, "user", "personas que entran al portal")
    add = command(actions, "add", "registra a una persona del portal o la corrige", _add)
    add.add_argument("--email", required=True)
    add.add_argument("--name", required=True)
    add.add_argument("--role", action="append", default=[], choices=[role.value for role in Role])
    add.add_argument("--aspirante", metavar="FOLIO", help="con el papel «aspirante»")
    add.add_argument("--password-stdin", action="store_true")
    add.add_argument("--inactive", action="store_true", help="le quita el acceso")
    command(actions, "list", "muestra a las personas", _list)
    reset = command(
        actions,
        "reset",
        "restablece el ingreso de la autoridad: segundo factor, bloqueo y sesiones",
        _reset,
    )
    reset.add_argument("--email", required=True)
    reset.add_argument(
        "--password-stdin",
        action="store_true",
        help="lee de la entrada una contraseña nueva, que la persona cambia al ingresar",
    )


def _add(arguments: argparse.Namespace) -> int:
    password = typed_password() if arguments.password_stdin else None
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


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        for user in session.scalars(select(User).order_by(User.email)):
            roles = ", ".join(sorted({row.role for row in user.grants})) or "sin papel"
            print(f"{user.email}  {roles}  {'activa' if user.active else 'sin acceso'}")
    return 0


def _reset(arguments: argparse.Namespace) -> int:
    password = typed_password() if arguments.password_stdin else None
    with opened(arguments) as context, context.database.write() as session:
        reset_sign_in(
            session,
            arguments.email,
            password=password,
            now=context.clock.now(),
            made_by=context.actor,
        )
    print("Ingreso restablecido: la próxima vez configura su segundo factor.")
    return 0
