"""Writes a letter down in the transaction of its cause: both are kept, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from central.models import Export, Mail, MailKind, Objection, WorkState
from central.models.database import insert_or_ignore
from central.models.work import UNFINISHED

# Nothing of a person is written here; these are the types that may be.
Detail = str | int | bool | None


def post(
    session: Session,
    kind: MailKind,
    *,
    now: datetime,
    user_id: int | None = None,
    auxiliar_id: int | None = None,
    aspirante_id: int | None = None,
    details: Mapping[str, Detail] | None = None,
    once: str | None = None,
) -> bool:
    """Add a letter to the caller's transaction; with `once`, only where it is the first of it.

    Says whether it was added.

    Args:
        session: A session that writes.
        kind: What it says.
        now: The present; it is sent from then on.
        user_id: To this person of the portal,
        auxiliar_id: or to this auxiliar.
        aspirante_id: Whose request it is about.
        details: Counts, codes and days, never a name, an address or a key of a person.
        once: What must not be said twice, e.g. `threshold:12:reached`.
    """
    if (user_id is None) == (auxiliar_id is None):
        raise AssertionError("a letter goes to one person")
    return insert_or_ignore(
        session,
        Mail,
        {
            "kind": kind,
            "user_id": user_id,
            "auxiliar_id": auxiliar_id,
            "aspirante_id": aspirante_id,
            "details": dict(details or {}),
            "once": once,
            "created_at": now,
            "next_try_at": now,
        },
    )


def post_access(session: Session, *, user_id: int, aspirante_id: int, now: datetime) -> None:
    """Send the access data with a new one-time link; each letter ends the link of the last one."""
    post(session, MailKind.ACCESS, now=now, user_id=user_id, aspirante_id=aspirante_id)


def post_activation(
    session: Session,
    *,
    auxiliar_id: int,
    aspirante_id: int,
    now: datetime,
    is_reset: bool = False,
) -> None:
    """Send a new activation code; each letter ends the code of the last one.

    `is_reset`: also to somebody who has a password, which is good until the code is used.
    """
    post(
        session,
        MailKind.ACTIVATION,
        now=now,
        auxiliar_id=auxiliar_id,
        aspirante_id=aspirante_id,
        details={"reset": True} if is_reset else {},
    )


def post_activations(
    session: Session, aspirante_by_auxiliar: Mapping[int, int], *, now: datetime
) -> None:
    """Send a new activation code to each of many auxiliares, written down in one statement."""
    rows = [
        {
            "kind": MailKind.ACTIVATION,
            "auxiliar_id": auxiliar_id,
            "aspirante_id": aspirante_id,
            "details": {},
            "created_at": now,
            "next_try_at": now,
        }
        for auxiliar_id, aspirante_id in aspirante_by_auxiliar.items()
    ]
    if rows:
        session.execute(insert(Mail), rows)


def post_objection(session: Session, objection: Objection, step: str, *, now: datetime) -> None:
    """Tell the aspirante what happened to an inconformidad, once for each step and opening.

    Args:
        session: A session that writes.
        objection: The inconformidad, flushed.
        step: `submitted`, `images` (they may be looked at until `images_until`), `resolved` or
            `withdrawn`.
        now: The present.
    """
    once = f"objection:{objection.id}:{step}"
    if step == "images" and objection.images_until is not None:
        once += f":{objection.images_until.isoformat()}"
    post(
        session,
        MailKind.OBJECTION,
        now=now,
        user_id=objection.user_id,
        aspirante_id=objection.aspirante_id,
        details={"folio": objection.folio, "step": step},
        once=once,
    )


def post_export(session: Session, export: Export, *, now: datetime) -> None:
    """Tell who asked for a report that it is ready, once."""
    post(
        session,
        MailKind.EXPORT,
        now=now,
        user_id=export.user_id,
        aspirante_id=export.aspirante_id,
        details={"token": export.token},
        once=f"export:{export.id}",
    )


def has_letters_due(session: Session, *, now: datetime) -> bool:
    """Say whether a letter could leave now; those that wait for a later try do not count."""
    due = (
        select(Mail.id)
        .where(UNFINISHED, Mail.work_state == WorkState.WAITING, Mail.next_try_at <= now)
        .limit(1)
    )
    return session.execute(due).first() is not None


def letters_waiting(session: Session) -> int:
    """Count the letters that have not left yet; it reads the open work alone."""
    waiting = select(func.count()).select_from(Mail).where(UNFINISHED)
    return session.execute(waiting).scalar_one()


def letters_given_up(session: Session) -> int:
    """Count the letters that a person should look at."""
    dead = select(func.count()).where(Mail.work_state == WorkState.DEAD)
    return session.execute(dead).scalar_one()
