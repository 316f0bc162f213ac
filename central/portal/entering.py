"""What every sign-in ends with: a new session, a new cookie, and a line in the audit trail."""

from datetime import datetime, timedelta

from flask import request, session
from flask_login import current_user, login_user, logout_user
from sqlalchemy.orm import Session

from central.accounts import sessions
from central.accounts.permissions import Role
from central.accounts.principal import Principal, principal_of
from central.audit import trail
from central.models import User
from central.portal import language
from central.portal.visitor import DESTINATION, STAFF_PREFIXES, principal
from central.services import services

_KEEP_ENDED_SESSIONS = timedelta(days=30)


def open_session(
    writing: Session, user: User, role: Role, *, method: str, now: datetime
) -> Principal | None:
    """Open a session in a role, in place of the one this browser had; the caller commits.

    None when the role was withdrawn meanwhile.
    """
    if current_user.is_authenticated:
        sessions.close_session(writing, principal().session_id, now=now)
    sessions.delete_expired(writing, now=now, keep=_KEEP_ENDED_SESSIONS)
    row, token = sessions.open_session(
        writing,
        user,
        role=role,
        method=method,
        user_agent=request.user_agent.string,
        lifetime=_lifetime(role),
        now=now,
    )
    note(writing, user.id, "session.opened", now)
    return principal_of(row, token)


def go_in(person: Principal, home: str) -> str:
    """Give the browser its new cookie; give the page that was asked for before, else `home`."""
    wanted = session.get(DESTINATION)
    # A cookie that somebody planted before the sign-in must be worth nothing after it.
    renew_cookie()
    login_user(person)
    is_staff = person.role is not Role.ASPIRANTE
    if isinstance(wanted, str) and wanted.startswith(STAFF_PREFIXES) == is_staff:
        return wanted
    return home


def leave(now: datetime) -> None:
    """End the session of this browser, here and in the database."""
    if current_user.is_authenticated:
        parts = services()
        sessions.close_session(parts.session, principal().session_id, now=now)
        note(parts.session, principal().user_id, "session.closed", now)
        parts.session.commit()
    logout_user()
    renew_cookie()


def renew_cookie() -> None:
    """Empty the cookie, but for the language that was chosen."""
    chosen = session.get(language.CHOICE)
    session.clear()
    if chosen:
        session[language.CHOICE] = chosen


def note(writing: Session, user_id: int, action: str, now: datetime) -> None:
    """Write an act of a person on their own access into the audit trail."""
    person = str(user_id)
    trail.write(
        writing,
        at=now,
        actor=f"user:{person}",
        action=action,
        subject_kind="user",
        subject=person,
    )


def _lifetime(role: Role) -> timedelta:
    settings = services().config.portal
    is_staff = role is not Role.ASPIRANTE
    return timedelta(hours=settings.staff_session_hours if is_staff else settings.session_hours)
