"""The aspirantes of all processes as the authority sees them: the list, one of them, its acts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from central.models import AccountKind, Aspirante, AuditEntry, Mail, MailKind, Process, User
from central.roster.admission import holder
from central.roster.aspirantes import find_aspirante

PAGE_SIZE = 50
_ACTS = 50
_AT_ONCE = 500


class AccessState(StrEnum):
    """How far an aspirante has come into the portal, or why not."""

    REGISTERED = "registered"  # no letter went out yet
    INVITED = "invited"
    LINK_EXPIRED = "link_expired"
    JOINED = "joined"  # signed in with an account
    EXPIRED = "expired"
    DEACTIVATED = "deactivated"
    REQUEST_DEACTIVATED = "request_deactivated"


@dataclass(frozen=True, slots=True)
class AdmittedRow:
    """One aspirante in the list."""

    folio: str
    name: str
    email: str
    process: str
    office: str
    account_kind: AccountKind | None
    state: AccessState


@dataclass(frozen=True, slots=True)
class AdmittedPage:
    """One page, and the folio after which the next one begins."""

    rows: tuple[AdmittedRow, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a request: what, who (a name, or `cli:` and an account of the machine), when."""

    at: datetime
    action: str
    made_by: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """One aspirante with everything the authority entered."""

    row: AdmittedRow
    aspirante: Aspirante
    user: User | None
    letter_asked_at: datetime | None
    letter_sent_at: datetime | None
    acts: tuple[Act, ...]


def page(
    session: Session, *, search: str = "", after: str | None = None, now: datetime
) -> AdmittedPage:
    """Give one page of all aspirantes by folio, of those whose folio, name or address has a text.

    Accents and case do not matter. There are thousands at most, so that they are read through.
    """
    wanted = _plain(search)
    found: list[Aspirante] = []
    last = after
    while len(found) <= PAGE_SIZE:
        query = (
            select(Aspirante)
            .options(joinedload(Aspirante.process), joinedload(Aspirante.office))
            .order_by(Aspirante.folio_solicitud)
            .limit(_AT_ONCE)
        )
        if last is not None:
            query = query.where(Aspirante.folio_solicitud > last)
        batch = session.scalars(query).all()
        found += [one for one in batch if wanted in _plain(_text(one))]
        if len(batch) < _AT_ONCE:
            break
        last = batch[-1].folio_solicitud
    shown = found[:PAGE_SIZE]
    people = _people(session, shown)
    return AdmittedPage(
        rows=tuple(_row(one, people.get(one.email), now=now) for one in shown),
        after=shown[-1].folio_solicitud if len(found) > PAGE_SIZE else None,
    )


def one(session: Session, folio: str, *, now: datetime) -> Admitted:
    """Give one aspirante.

    Raises:
        NotFoundError: There is none of that folio.
    """
    aspirante = find_aspirante(session, folio)
    user = holder(session, aspirante)
    letter = None
    if user is not None:
        letter = session.scalars(
            select(Mail)
            .where(
                Mail.user_id == user.id,
                Mail.aspirante_id == aspirante.id,
                Mail.kind == MailKind.ACCESS,
            )
            .order_by(Mail.id.desc())
            .limit(1)
        ).first()
    return Admitted(
        row=_row(aspirante, user, now=now),
        aspirante=aspirante,
        user=user,
        letter_asked_at=None if letter is None else letter.created_at,
        letter_sent_at=None if letter is None else letter.sent_at,
        acts=_acts(session, folio),
    )


def processes(session: Session) -> tuple[Process, ...]:
    """Give all processes with their offices, the newest first."""
    query = select(Process).options(selectinload(Process.offices))
    return tuple(session.scalars(query.order_by(Process.starts_at.desc(), Process.code)))


def _people(session: Session, aspirantes: list[Aspirante]) -> dict[str, User]:
    emails = {one.email for one in aspirantes}
    rows = session.scalars(
        select(User).where(User.email.in_(emails)).options(selectinload(User.identities))
    )
    return {user.email: user for user in rows}


def _row(aspirante: Aspirante, user: User | None, *, now: datetime) -> AdmittedRow:
    kind = None if user is None or user.account_kind is None else AccountKind(user.account_kind)
    return AdmittedRow(
        folio=aspirante.folio_solicitud,
        name=aspirante.name,
        email=aspirante.email,
        process=aspirante.process.name,
        office=aspirante.office.name,
        account_kind=kind,
        state=_state(aspirante, user, now=now),
    )


def _state(aspirante: Aspirante, user: User | None, *, now: datetime) -> AccessState:
    if not aspirante.active:
        return AccessState.REQUEST_DEACTIVATED
    if user is None:
        return AccessState.REGISTERED
    if not user.active:
        return AccessState.DEACTIVATED
    if user.expires_at is not None and user.expires_at <= now:
        return AccessState.EXPIRED
    if user.identities:
        return AccessState.JOINED
    if user.invitation_expires_at is None:
        return AccessState.REGISTERED
    return AccessState.INVITED if now < user.invitation_expires_at else AccessState.LINK_EXPIRED


def _acts(session: Session, folio: str) -> tuple[Act, ...]:
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "aspirante", AuditEntry.subject == folio)
        .order_by(AuditEntry.id.desc())
        .limit(_ACTS)
    ).all()
    numbers = {entry.actor.removeprefix("user:") for entry in entries}
    ids = [int(number) for number in numbers if number.isdecimal()]
    people = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    names = {f"user:{number}": name for number, name in people}
    return tuple(
        Act(entry.at, entry.action, names.get(entry.actor, entry.actor)) for entry in entries
    )


def _text(aspirante: Aspirante) -> str:
    return f"{aspirante.folio_solicitud}\n{aspirante.name}\n{aspirante.email}"


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))
