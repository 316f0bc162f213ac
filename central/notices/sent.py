"""What was written to a person and what became of it, without its contents; and their choice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from central.audit import trail
from central.models import Auxiliar, AuxiliarState, Mail, MailKind, User, WorkState

_MOST = 30
# Shown to be mended one by one; the list is never the place to read thousands.
_MOST_UNDELIVERED = 50


class Fate(StrEnum):
    """What became of a letter, as a person would ask."""

    SENT = "sent"
    WAITING = "waiting"
    POSTPONED = "postponed"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SentLetter:
    """One letter to a person."""

    kind: MailKind
    written_at: datetime
    sent_at: datetime | None
    fate: Fate


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An invitation that did not reach its auxiliar, and the code of why."""

    id_auxiliar: str
    code: str
    tried_at: datetime


def letters_to(session: Session, user_id: int) -> tuple[SentLetter, ...]:
    """Give the last letters to a person, the newest first."""
    rows = session.scalars(
        select(Mail).where(Mail.user_id == user_id).order_by(Mail.id.desc()).limit(_MOST)
    )
    return tuple(SentLetter(row.kind, row.created_at, row.sent_at, _fate(row)) for row in rows)


def undelivered_invitations(
    session: Session, aspirante_ids: Iterable[int]
) -> tuple[Undelivered, ...]:
    """Give the invitations that were given up and that no later one made good."""
    later = aliased(Mail)
    rows = session.execute(
        select(Auxiliar.id_auxiliar, Mail.last_error, Mail.next_try_at)
        .join(Auxiliar, Auxiliar.id == Mail.auxiliar_id)
        .where(
            Mail.aspirante_id.in_(tuple(aspirante_ids)),
            Mail.kind == MailKind.ACTIVATION,
            Mail.work_state == WorkState.DEAD,
            Auxiliar.state.in_((AuxiliarState.REGISTERED, AuxiliarState.INVITED)),
            ~exists().where(later.auxiliar_id == Mail.auxiliar_id, later.id > Mail.id),
        )
        .order_by(Mail.id.desc())
        .limit(_MOST_UNDELIVERED)
    )
    return tuple(Undelivered(name, code or "", tried_at) for name, code, tried_at in rows)


def wants_digest(session: Session, user_id: int) -> bool:
    """Say whether a person gets the daily letter."""
    return session.get_one(User, user_id).wants_digest


def choose_digest(session: Session, user_id: int, *, wanted: bool, now: datetime) -> None:
    """Keep whether a person wants the daily letter; the caller commits."""
    user = session.get_one(User, user_id)
    if user.wants_digest == wanted:
        return
    user.wants_digest = wanted
    trail.write(
        session,
        at=now,
        actor=f"user:{user_id}",
        action="user.digest_chosen",
        subject_kind="user",
        subject=str(user_id),
        details={"wanted": wanted},
    )


def _fate(mail: Mail) -> Fate:
    match mail.work_state:
        case WorkState.DONE:
            return Fate.NOT_NEEDED if mail.sent_at is None else Fate.SENT
        case WorkState.DEAD:
            return Fate.FAILED
        # A turn of ours that ended, or a server of ours that was away, is taken off the tries.
        case WorkState.WAITING:
            return Fate.POSTPONED if mail.tries else Fate.WAITING
        case _:  # leased: the try in hand is counted already
            return Fate.POSTPONED if mail.tries > 1 else Fate.WAITING
