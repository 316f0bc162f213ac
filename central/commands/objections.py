"""`objection`: what the authority does with inconformidades until its desk has pages for it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from central.commands.context import Context, command, opened
from central.errors import InvalidInputError, NotFoundError
from central.models import Aspirante, Objection, ObjectionOutcome, ObjectionState
from central.review import docket, hearing
from central.review.hearing import Resolution
from central.review.objections import PURPOSE
from central.storage.citizens import CitizenSealer
from central.storage.opening import open_documents
from central.storage.sealing import Sealer

_STATES = {
    ObjectionState.SUBMITTED: "presentada",
    ObjectionState.IN_REVIEW: "en revisión",
    ObjectionState.RESOLVED: "resuelta",
    ObjectionState.WITHDRAWN: "retirada",
}
_OUTCOMES = {
    ObjectionOutcome.PENDING: "pendiente",
    ObjectionOutcome.CORRECTED: "subsanado",
    ObjectionOutcome.CONFIRMED: "confirmado",
    ObjectionOutcome.WITHDRAWN: "retirado",
}


def register(subparsers: Any) -> None:
    """Add the commands."""
    summary = "inconformidades de los aspirantes"
    parser = subparsers.add_parser("objection", help=summary, description=summary)
    group = parser.add_subparsers(required=True, metavar="ACCIÓN")
    listing = command(group, "list", "muestra las inconformidades", _list)
    listing.add_argument("--state", choices=[state.value for state in ObjectionState])
    _on_one(group, "show", "muestra una: lo que dice, sus archivos y registros", _show)
    _on_one(group, "begin", "empieza su revisión", _begin)
    images = _on_one(group, "open-images", "abre sus imágenes al aspirante", _open_images)
    images.add_argument("--hours", type=int, required=True, help="durante cuántas horas, 1 a 720")
    _register_decide(group)
    attachment = _on_one(group, "attachment", "guarda uno de sus archivos", _attachment)
    attachment.add_argument("--number", type=int, required=True, help="como lo numera «show»")
    attachment.add_argument("--out", type=Path, required=True, metavar="ARCHIVO")


def _register_decide(group: Any) -> None:
    decide = _on_one(group, "decide", "resuelve sobre sus registros", _decide)
    which = decide.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--record", action="append", metavar="FOLIO_REGISTRO", help="se puede repetir"
    )
    which.add_argument("--all-pending", action="store_true", help="todos los que esperan")
    decide.add_argument("--outcome", required=True, choices=("corrected", "confirmed"))
    decide.add_argument("--ground", required=True, help="el fundamento; lo lee el aspirante")
    decide.add_argument(
        "--by", metavar="CORREO", help="quién resuelve; obligatorio si una persona rechazó"
    )
    decide.add_argument(
        "--clave-stdin",
        action="store_true",
        help="lee de la entrada la clave de elector que se ve en la imagen, y la corrige",
    )


def _on_one(group: Any, name: str, summary: str, run: Any) -> argparse.ArgumentParser:
    parser = command(group, name, summary, run)
    parser.add_argument("folio", metavar="FOLIO")
    return parser


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        query = select(Objection).options(joinedload(Objection.aspirante)).order_by(Objection.id)
        if arguments.state:
            query = query.where(Objection.state == ObjectionState(arguments.state))
        for one in session.scalars(query):
            waiting = len(hearing.pending_folios(session, one.folio))
            print(
                f"{one.folio}  {one.aspirante.folio_solicitud}  "
                f"{one.submitted_at:%Y-%m-%d %H:%M} UTC  "
                f"{_STATES[one.state]}  pendientes: {waiting}"
            )
    return 0


def _show(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        everybody = session.scalars(select(Aspirante.id)).all()
        sealer = _sealer(context)
        found = docket.detail(session, everybody, arguments.folio, sealer)
        row = found.row
        print(f"{row.folio}  {row.folio_solicitud}  {_STATES[row.state]}")
        if row.images_until is not None:
            print(f"Imágenes abiertas hasta {row.images_until:%Y-%m-%d %H:%M} UTC")
        print(f"\n{found.statement}\n")
        for number, file in enumerate(found.files, start=1):
            print(f"Archivo {number}: {file.extension}, {file.size_bytes} bytes, «{file.name}»")
        while True:
            for one in found.records:
                reasons = ", ".join(one.reasons) or "sin código"
                print(
                    f"{one.folio_registro}  {_OUTCOMES[one.outcome]}  [{reasons}]  "
                    f"hoy: {one.state.value}"
                )
            if found.after is None:
                return 0
            found = docket.detail(session, everybody, arguments.folio, sealer, after=found.after)


def _begin(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.write() as session:
        hearing.begin(session, arguments.folio, actor=context.actor, now=context.clock.now())
    print(f"{arguments.folio}: en revisión.")
    return 0


def _open_images(arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.hours <= 720:
        raise InvalidInputError("between 1 and 720 hours", field="hours")
    with opened(arguments) as context, context.database.write() as session:
        now = context.clock.now()
        until = now + timedelta(hours=arguments.hours)
        hearing.open_images(session, arguments.folio, until=until, actor=context.actor, now=now)
    print(f"{arguments.folio}: imágenes abiertas hasta {until:%Y-%m-%d %H:%M} UTC.")
    return 0


def _decide(arguments: argparse.Namespace) -> int:
    clave = sys.stdin.readline().strip().upper() if arguments.clave_stdin else None
    resolution = Resolution(ObjectionOutcome(arguments.outcome), arguments.ground, clave)
    with opened(arguments) as context, context.database.write() as session:
        folios: Sequence[str] = tuple(
            dict.fromkeys(arguments.record or hearing.pending_folios(session, arguments.folio))
        )
        if not folios:
            raise NotFoundError("nothing of it waits", code="objection.closed")
        if clave is not None and len(folios) != 1:
            raise InvalidInputError("a clave corrects one record", field="clave")
        decided_by = hearing.decider(session, arguments.by) if arguments.by else None
        citizens = CitizenSealer(context.secrets.random("citizens"))
        for folio in folios:
            hearing.decide(
                session,
                arguments.folio,
                folio,
                resolution,
                decided_by=decided_by,
                actor=context.actor,
                citizens=citizens,
                now=context.clock.now(),
            )
        waiting = len(hearing.pending_folios(session, arguments.folio))
    print(f"{arguments.folio}: {len(folios)} resueltos, {waiting} pendientes.")
    return 0


def _attachment(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.write() as session:
        everybody = session.scalars(select(Aspirante.id)).all()
        sealer = _sealer(context)
        found = docket.detail(session, everybody, arguments.folio, sealer)
        if not 1 <= arguments.number <= len(found.files):
            raise InvalidInputError("there is no file of that number", field="number")
        token = found.files[arguments.number - 1].token
        documents = open_documents(context.config, context.secrets)
        _file, content = docket.attachment(
            session, everybody, arguments.folio, token, sealer, documents
        )
        hearing.note_attachment(
            session, arguments.folio, token, actor=context.actor, now=context.clock.now()
        )
        _write_new(arguments.out, content)
    print(f"Guardado en {arguments.out}, {len(content)} bytes.")
    return 0


def _write_new(path: Path, content: bytes) -> None:
    try:
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}", field="out") from error
    with os.fdopen(target, "wb") as file:
        file.write(content)


def _sealer(context: Context) -> Sealer:
    return Sealer(context.secrets.random("citizens"), PURPOSE)
