"""The authority admits an aspirante: the request, the person who signs in for it, and the letter.

One use case for the command and for the page; what cannot be accepted comes back as mistakes by
field, all at once, and nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from central.accounts import sessions
from central.accounts.permissions import Role
from central.audit import trail
from central.errors import ConflictError, InvalidInputError
from central.mail.outbox import post_access
from central.models import (
    AccountKind,
    Aspirante,
    Office,
    Process,
    RoleGrant,
    ThresholdRow,
    User,
    UserIdentity,
)
from central.roster.aspirantes import NewAspirante, find_aspirante, missing_of_scope, put_aspirante
from central.roster.users import grant, put_user, withdraw
from domain.threshold import PUBLISHED
from wire.packet import IDENTIFIER

_MOST_NAME = 200
_ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]+\.[^@\s<>\".]+")
_SCOPE_LIMITS = {"scope_entidad": 32, "scope_distrito": 999, "scope_municipio": 999}
# Builds the threshold of a preset over a scope; `central.reports.thresholds.make_threshold`.
ThresholdMaker = Callable[..., ThresholdRow]


@dataclass(frozen=True, slots=True)
class Admission:
    """What the authority says: of the request, and of the access to the portal."""

    process: str
    request: NewAspirante
    # Tipo de cuenta; None: any provider that is configured.
    account_kind: AccountKind | None = None
    access_until: datetime | None = None
    # A name of `domain.threshold.PUBLISHED`; None leaves the threshold as it is.
    threshold: str | None = None


class Mistake(StrEnum):
    """Why something the authority said cannot be accepted."""

    MISSING = "missing"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    TAKEN = "taken"
    OUT_OF_RANGE = "out_of_range"
    # The address is of somebody of the authority, who signs in elsewhere.
    STAFF = "staff"
    ORDER = "order"
    PAST = "past"
    # The register has nobody in this scope, so that nothing can be counted.
    EMPTY_REGISTER = "empty_register"


Mistakes = dict[str, Mistake]


def admit(
    session: Session,
    said: Admission,
    make_threshold: ThresholdMaker,
    *,
    now: datetime,
    made_by: str,
    is_new: bool | None = None,
    letter: bool = False,
) -> Aspirante | Mistakes:
    """Register an aspirante or change one, with the access to the portal; the caller commits.

    Args:
        session: A session that writes.
        said: What the authority says.
        make_threshold: Builds a threshold of the register's figures.
        now: The present.
        made_by: The actor of the audit trail.
        is_new: Whether the folio must be new (or known); None takes both.
        letter: Send the letter with the access data; a new address always gets one.
    """
    process = session.scalar(select(Process).where(Process.code == said.process))
    office = _office(session, process, said.request.office)
    known = session.scalar(
        select(Aspirante).where(Aspirante.folio_solicitud == said.request.folio_solicitud)
    )
    mistakes = _mistakes(said, process, office, now=now)
    if known is not None and (is_new or (process is not None and known.process_id != process.id)):
        mistakes["folio_solicitud"] = Mistake.TAKEN
    if known is None and is_new is False:
        mistakes["folio_solicitud"] = Mistake.UNKNOWN
    if is_of_staff(session, said.request.email):
        mistakes["email"] = Mistake.STAFF
    if mistakes or process is None:
        return mistakes
    threshold = _threshold(session, process, said, make_threshold, now=now)
    if isinstance(threshold, Mistake):
        return {"threshold": threshold}
    before = None if known is None else holder(session, known)
    aspirante = put_aspirante(session, process, said.request, threshold, now=now, made_by=made_by)
    user = _give_access(session, aspirante, said, before, now=now, made_by=made_by)
    is_released = _release_other_kind(session, aspirante, user, said, now=now, made_by=made_by)
    if letter or is_released or (before is not None and before.id != user.id):
        request_letter(session, aspirante, user, now=now, made_by=made_by)
    return aspirante


def holder(session: Session, aspirante: Aspirante) -> User | None:
    """Give the person who signs in for an aspirante under the registered address."""
    return session.scalar(
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            User.email == aspirante.email,
            RoleGrant.role == Role.ASPIRANTE.value,
            RoleGrant.aspirante_id == aspirante.id,
        )
    )


def require_holder(session: Session, aspirante: Aspirante) -> User:
    """Give that person.

    Raises:
        ConflictError: Nobody signs in for the aspirante yet.
    """
    user = holder(session, aspirante)
    if user is None:
        raise ConflictError("nobody signs in for this request", code="aspirante.no_access")
    return user


def is_of_staff(session: Session, email: str) -> bool:
    """Say whether an address belongs to somebody of the authority."""
    found = (
        select(RoleGrant.id)
        .join(User, RoleGrant.user_id == User.id)
        .where(User.email == email.strip().lower(), RoleGrant.role != Role.ASPIRANTE.value)
        .limit(1)
    )
    return session.scalar(found) is not None


def request_letter(
    session: Session, aspirante: Aspirante, user: User, *, now: datetime, made_by: str
) -> None:
    """Have the access data sent; the link of the letter before ends. The caller commits."""
    post_access(session, user_id=user.id, aspirante_id=aspirante.id, now=now)
    note(session, aspirante, "letter.requested", now=now, made_by=made_by)


def set_access(session: Session, folio: str, *, active: bool, now: datetime, made_by: str) -> None:
    """Take the access to the portal from the person of a request, or give it back.

    Stations go on capturing. Every session of the person ends at once.

    Raises:
        NotFoundError: There is no such request.
        ConflictError: Nobody signs in for it, or somebody of the authority does.
    """
    aspirante = find_aspirante(session, folio)
    user = require_holder(session, aspirante)
    if is_of_staff(session, user.email):
        raise ConflictError("the person is of the authority", code="user.staff")
    user.active = active
    if not active:
        sessions.close_sessions(session, user.id, now=now)
    action = "access.reactivated" if active else "access.deactivated"
    note(session, aspirante, action, now=now, made_by=made_by)


def set_request(session: Session, folio: str, *, active: bool, now: datetime, made_by: str) -> None:
    """Stop a request, or let it go on: portal at once, stations with their next policy.

    Raises:
        NotFoundError: There is no such request.
    """
    aspirante = find_aspirante(session, folio)
    aspirante.active = active
    action = "request.reactivated" if active else "request.deactivated"
    note(session, aspirante, action, now=now, made_by=made_by)


def send_letter(session: Session, folio: str, *, now: datetime, made_by: str) -> None:
    """Send the letter with the access data again.

    Raises:
        NotFoundError: There is no such request.
        ConflictError: Nobody signs in for it.
    """
    aspirante = find_aspirante(session, folio)
    user = require_holder(session, aspirante)
    request_letter(session, aspirante, user, now=now, made_by=made_by)


def release_account(session: Session, folio: str, *, now: datetime, made_by: str) -> None:
    """Part the person of a request from their account, so that another one can be joined.

    Raises:
        NotFoundError: There is no such request.
        ConflictError: Nobody signs in for it.
    """
    aspirante = find_aspirante(session, folio)
    user = require_holder(session, aspirante)
    _release(session, user, now=now)
    note(session, aspirante, "account.released", now=now, made_by=made_by)
    request_letter(session, aspirante, user, now=now, made_by=made_by)


def note(
    session: Session, aspirante: Aspirante, action: str, *, now: datetime, made_by: str
) -> None:
    """Write an act on a request into the audit trail."""
    trail.write(
        session,
        at=now,
        actor=made_by,
        action=action,
        subject_kind="aspirante",
        subject=aspirante.folio_solicitud,
    )


def _give_access(
    session: Session,
    aspirante: Aspirante,
    said: Admission,
    before: User | None,
    *,
    now: datetime,
    made_by: str,
) -> User:
    known = session.scalar(select(User).where(User.email == aspirante.email))
    user = put_user(
        session,
        email=aspirante.email,
        name=said.request.name,
        now=now,
        made_by=made_by,
        active=known is None or known.active,
    )
    if before is not None and before.id != user.id:
        withdraw(session, before, Role.ASPIRANTE, aspirante=aspirante, now=now, made_by=made_by)
    user.expires_at = said.access_until
    grant(session, user, Role.ASPIRANTE, aspirante=aspirante, now=now, made_by=made_by)
    session.flush()
    return user


def _release_other_kind(
    session: Session,
    aspirante: Aspirante,
    user: User,
    said: Admission,
    *,
    now: datetime,
    made_by: str,
) -> bool:
    """Take over the kind of account; say whether the one that was joined had to go for it."""
    kind = None if said.account_kind is None else said.account_kind.value
    # The account may be of the other kind, and then opens the portal no more.
    goes = kind not in (None, user.account_kind) and bool(user.identities)
    user.account_kind = kind
    if goes:
        _release(session, user, now=now)
        note(session, aspirante, "account.released", now=now, made_by=made_by)
    return goes


def _release(session: Session, user: User, *, now: datetime) -> None:
    session.execute(delete(UserIdentity).where(UserIdentity.user_id == user.id))
    session.expire(user, ["identities"])
    sessions.close_sessions(session, user.id, now=now)


def _office(session: Session, process: Process | None, code: str) -> Office | None:
    if process is None:
        return None
    return session.scalar(
        select(Office).where(Office.process_id == process.id, Office.code == code)
    )


def _threshold(
    session: Session,
    process: Process,
    said: Admission,
    make_threshold: ThresholdMaker,
    *,
    now: datetime,
) -> ThresholdRow | Mistake | None:
    if said.threshold is None:
        return None
    try:
        return make_threshold(
            session,
            process.id,
            said.threshold,
            cut_on=now.date(),
            entidad=said.request.scope_entidad,
            distrito=said.request.scope_distrito,
            municipio=said.request.scope_municipio,
        )
    except InvalidInputError:
        return Mistake.EMPTY_REGISTER


def _mistakes(
    said: Admission, process: Process | None, office: Office | None, *, now: datetime
) -> Mistakes:
    new = said.request
    found: Mistakes = {}
    if re.fullmatch(IDENTIFIER, new.folio_solicitud) is None:
        found["folio_solicitud"] = Mistake.MALFORMED
    if not new.name.strip():
        found["name"] = Mistake.MISSING
    elif len(new.name) > _MOST_NAME:
        found["name"] = Mistake.MALFORMED
    if _ADDRESS.fullmatch(new.email) is None or len(new.email) > 254:
        found["email"] = Mistake.MALFORMED
    if process is None:
        found["process"] = Mistake.UNKNOWN
    elif office is None:
        found["office"] = Mistake.UNKNOWN
    else:
        found |= dict.fromkeys(missing_of_scope(office.scope, new), Mistake.MISSING)
        starts, ends = new.starts_at or process.starts_at, new.ends_at or process.ends_at
        if starts >= ends:
            found["ends_at"] = Mistake.ORDER
    for name, limit in _SCOPE_LIMITS.items():
        number = getattr(new, name)
        if number is not None and not 1 <= number <= limit:
            found[name] = Mistake.OUT_OF_RANGE
    if said.threshold is not None and said.threshold not in PUBLISHED:
        found["threshold"] = Mistake.UNKNOWN
    if said.access_until is not None and said.access_until <= now:
        found["access_until"] = Mistake.PAST
    return found
