"""Finished reports of the invented world, and the worker's hands that make more of them."""

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.commands.context import Context
from central.commands.reports import open_maker
from central.models import Aspirante, Export, RoleGrant, WorkState
from central.reports.making import ReportMaker
from central.secrets import SIGNING_KEYS, Secrets, write_private
from central.services import Services
from wire.keys import SoftwareSigner
from wire.report import Report, sign_report

if TYPE_CHECKING:
    from tests.portal.world import World

OWN_EXPORT = "0a0a0a0a-0000-4000-8000-00000000000a"
FOREIGN_EXPORT = "0b0b0b0b-0000-4000-8000-00000000000b"
_CONTENT = "\ufeffLista de acuses\r\n\r\nFolio de registro\r\n".encode()


def parts_of(world: "World") -> Services:
    """Give the parts that the portal of a world works with."""
    return cast(Services, world.app.extensions["acopio"])


def make_keys(secrets: Secrets) -> None:
    """Make the signing keys that `init` makes."""
    for name in SIGNING_KEYS:
        signer = SoftwareSigner.generate()
        if write_private(secrets.folder / f"{name}.pem", signer.to_pem()):
            public = signer.public_pem.encode("ascii")
            write_private(secrets.folder / f"{name}.pub.pem", public, mode=0o644)


def open_world_maker(world: "World", owner: str = "test") -> ReportMaker:
    """Give a worker's hands."""
    parts = parts_of(world)
    context = Context(parts.config, parts.database, parts.secrets, parts.clock, "test")
    return open_maker(context, owner)


def make_all(world: "World") -> int:
    """Let a worker make all that waits; give how many."""
    maker, made = open_world_maker(world), 0
    with world.app.app_context(), force_locale("es_MX"):
        while maker.run_once():
            made += 1
    return made


def add_finished(session: Session, world: "World", aspirante: Aspirante, token: str) -> None:
    """Add a report of an aspirante that is ready, with its file and its signature."""
    parts, now = parts_of(world), world.clock.now()
    with parts.documents.draft(token) as draft:
        draft.write(_CONTENT)
        draft.publish()
    digest = hashlib.sha256(_CONTENT)
    claims = Report(
        export=token,
        kind="receipts",
        format="csv",
        folio_solicitud=aspirante.folio_solicitud,
        rows=0,
        size=len(_CONTENT),
        sha256=digest.hexdigest(),
        made_ms=int(now.timestamp() * 1000),
    )
    user_id = session.scalars(
        select(RoleGrant.user_id).where(RoleGrant.aspirante_id == aspirante.id)
    ).first()
    session.add(
        Export(
            token=token,
            aspirante_id=aspirante.id,
            user_id=user_id,
            kind=claims.kind,
            format=claims.format,
            parameters={},
            work_state=WorkState.DONE,
            next_try_at=now,
            done_permille=1000,
            rows=0,
            size_bytes=claims.size,
            sha256=digest.digest(),
            jws=sign_report(claims, parts.secrets.signer("reports")),
            created_at=now - timedelta(hours=1),
            finished_at=now - timedelta(minutes=59),
            expires_at=now + timedelta(days=10),
        )
    )
