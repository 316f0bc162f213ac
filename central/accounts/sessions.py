"""Sessions of browsers, kept by the server: the cookie holds a token, the database its digest.

A session ends when it is idle too long, when its absolute end is reached, when the person signs
out, and when the person is deactivated; each is decided here and not by the cookie.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from central.accounts.permissions import Role
from central.errors import NotFoundError
from central.models import User, UserSession

TOKEN_BYTES = 32
_MOST_NUMBER = 2**63
# `last_seen_at` is written at most once a minute: a page is not worth a write each.
SEEN_STEP = timedelta(minutes=1)
# How long a session of a role may lie idle.
IdleLimit = Callable[[Role], timedelta]


def open_session(
    session: Session,
    user: User,
    *,
    role: Role,
    method: str,
    user_agent: str,
    lifetime: timedelta,
    now: datetime,
) -> tuple[UserSession, str]:
    """Open a session of a person in one role; give it with its token, which is stored nowhere."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = UserSession(
        token_sha256=_digest(token),
        user=user,
        created_at=now,
        last_seen_at=now,
        expires_at=now + lifetime,
        role=role.value,
        method=method[:255],
        user_agent=user_agent[:255],
    )
    session.add(row)
    session.flush()
    return row, token


def find_session(
    session: Session, token: str, *, idle: IdleLimit, now: datetime
) -> UserSession | None:
    """Give the live session of a token, or None; it only reads."""
    row = session.scalar(select(UserSession).where(UserSession.token_sha256 == _digest(token)))
    if row is None or not is_live(row, idle=idle, now=now):
        return None
    return row


def is_live(row: UserSession, *, idle: IdleLimit, now: datetime) -> bool:
    """Say whether a session still opens pages: used lately, not ended, its person not shut out."""
    user = row.user
    has_access = user.active and (user.expires_at is None or now < user.expires_at)
    is_open = row.revoked_at is None and now < row.expires_at
    return has_access and is_open and now - row.last_seen_at < idle(Role(row.role))


def is_stale(row: UserSession, *, now: datetime) -> bool:
    """Say whether `last_seen_at` should be written again."""
    return now - row.last_seen_at >= SEEN_STEP


def touch_session(session: Session, session_id: int, *, now: datetime) -> None:
    """Note that a session was used; the caller commits."""
    session.execute(
        update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now)
    )


def close_session(session: Session, session_id: int, *, now: datetime) -> None:
    """End a session for good; what it had saved goes with it. The caller commits."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id)
        .values(revoked_at=now, saved_filter=None)
    )


def close_sessions(
    session: Session, user_id: int, *, now: datetime, but: int | None = None
) -> None:
    """End all sessions of a person, or all but one. The caller commits."""
    ending = update(UserSession).where(
        UserSession.user_id == user_id, UserSession.revoked_at.is_(None)
    )
    if but is not None:
        ending = ending.where(UserSession.id != but)
    session.execute(ending.values(revoked_at=now, saved_filter=None))


def close_own_session(session: Session, user_id: int, number: int, *, now: datetime) -> None:
    """End one session of a person. The caller commits.

    Raises:
        NotFoundError: There is no such session, or it is of somebody else, or it has ended.
    """
    row = session.get(UserSession, number) if number < _MOST_NUMBER else None
    if row is None or row.user_id != user_id or row.revoked_at is not None:
        raise NotFoundError("no such session", code="session.unknown")
    close_session(session, row.id, now=now)


def live_sessions(
    session: Session, user_id: int, *, idle: IdleLimit, now: datetime
) -> tuple[UserSession, ...]:
    """Give the sessions of a person that still open pages, the one used last first."""
    rows = session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return tuple(row for row in rows if is_live(row, idle=idle, now=now))


def delete_expired(session: Session, *, now: datetime, keep: timedelta) -> None:
    """Delete the sessions that ended longer than `keep` ago; the caller commits."""
    session.execute(delete(UserSession).where(UserSession.expires_at < now - keep))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
