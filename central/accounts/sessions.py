"""Sessions of browsers, kept by the server: the cookie holds a token, the database its digest.

A session ends when it is idle too long, when its absolute end is reached, when the person signs
out, and when the person is deactivated; each is decided here and not by the cookie.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from central.accounts.permissions import Role
from central.models import User, UserSession

TOKEN_BYTES = 32
# `last_seen_at` is written at most once a minute: a page is not worth a write each.
SEEN_STEP = timedelta(minutes=1)


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
    session: Session, token: str, *, idle: timedelta, now: datetime
) -> UserSession | None:
    """Give the live session of a token, or None; it only reads."""
    row = session.scalar(select(UserSession).where(UserSession.token_sha256 == _digest(token)))
    if row is None or row.revoked_at is not None or not row.user.active:
        return None
    if now >= row.expires_at or now - row.last_seen_at >= idle:
        return None
    return row


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


def delete_expired(session: Session, *, now: datetime, keep: timedelta) -> None:
    """Delete the sessions that ended longer than `keep` ago; the caller commits."""
    session.execute(delete(UserSession).where(UserSession.expires_at < now - keep))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
