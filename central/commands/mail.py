"""`mail`: what letters wait or were given up, try those again, and prove that letters leave."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from sqlalchemy import func, select

from central.commands.context import Context, command, opened
from central.mail.base import Accepted
from central.mail.language import moment
from central.mail.letter import Letter, Paragraph
from central.mail.opening import open_transport
from central.mail.postman import Postman
from central.mail.rendering import Renderer
from central.models import Mail, MailKind, WorkState
from central.models.work import revive
from central.notices.composer import Composer

_ZONE = "America/Mexico_City"
_STATES = {
    WorkState.WAITING: "en espera",
    WorkState.LEASED: "enviándose",
    WorkState.DONE: "terminada",
    WorkState.DEAD: "apartada",
}


def register(subparsers: Any) -> None:
    """Add the commands."""
    parser = subparsers.add_parser("mail", help="cartas a las personas")
    group = parser.add_subparsers(required=True, metavar="ACCIÓN")
    listing = command(group, "list", "muestra cuántas cartas hay y las que no han salido", _list)
    listing.add_argument("--most", type=int, default=50, help="cartas que se muestran")
    command(group, "retry", "vuelve a intentar las cartas apartadas", _retry)
    test = command(group, "test", "envía una carta de prueba ahora mismo", _test)
    test.add_argument("--to", required=True, metavar="CORREO")


def open_postman(context: Context, owner: str) -> Postman:
    """Build what sends the letters of the configuration.

    Raises:
        ConfigError: The settings of mail do not make a whole.
        SecretError: The password cannot be read.
    """
    config = context.config
    return Postman(
        context.database,
        open_transport(config, context.secrets),
        Composer.of(config),
        Renderer(config.mail),
        config.mail,
        context.clock,
        owner,
    )


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        counts = Counter(
            {
                (row.kind, row.work_state): int(row[2])
                for row in session.execute(
                    select(Mail.kind, Mail.work_state, func.count()).group_by(
                        Mail.kind, Mail.work_state
                    )
                )
            }
        )
        open_ones = session.scalars(
            select(Mail)
            .where(Mail.work_state != WorkState.DONE)
            .order_by(Mail.next_try_at, Mail.id)
            .limit(arguments.most)
        ).all()
    for (kind, state), count in sorted(counts.items()):
        print(f"{kind.value:<12} {_STATES[state]:<12} {count}")
    # Neither address nor name: a list of letters ends in tickets and chats.
    for mail in open_ones:
        again = (
            f"  siguiente intento: {moment(mail.next_try_at, _ZONE)}"
            if mail.work_state is WorkState.WAITING
            else ""
        )
        print(
            f"carta {mail.id}  {mail.kind.value}  {_STATES[mail.work_state]}  "
            f"intentos: {mail.tries}  último error: {mail.last_error or 'ninguno'}{again}"
        )
    return 0


def _retry(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.write() as session:
        count = revive(session, Mail, now=context.clock.now())
    print(f"Cartas que se intentarán de nuevo: {count}")
    return 0


def _test(arguments: argparse.Namespace) -> int:
    with opened(arguments, migrated=False) as context:
        now = context.clock.now()
        transport = open_transport(context.config, context.secrets)
        message = Renderer(context.config.mail).render(
            Letter(
                kind=MailKind.EXPORT,
                to=arguments.to,
                to_name="",
                subject="Carta de prueba de Acopio",
                summary="El correo funciona.",
                greeting="Buen día:",
                blocks=(
                    Paragraph(
                        "Esta carta la pidió quien opera la sede central para comprobar que el "
                        "correo funciona. Eñes y acentos: año, cédula, ¿qué tal?"
                    ),
                ),
                why="Si no la esperaba, bórrela: no pide nada.",
                has_secret=True,
            ),
            number=f"test/{now.isoformat()}",
            now=now,
        )
        transport.open()
        try:
            answer = transport.send(message)
        finally:
            transport.close()
    if isinstance(answer, Accepted):
        print("El servidor de correo recibió la carta. Revise que haya llegado, también en spam.")
        return 0
    print(f"El servidor de correo no la recibió: {answer.code}")
    return 1
