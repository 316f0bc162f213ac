"""The one-time link in the letter with the access data: who follows it has read that letter.

The letter is made when it is sent, and the token with it: only its SHA-256 is kept. The link leads
to a page with a button, because programs that read mail follow links and press no buttons.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import User

TOKEN_BYTES = 32


class LinkState(StrEnum):
    """What a link of a letter is worth now."""

    GOOD = "good"
    USED = "used"
    EXPIRED = "expired"
    # Never made by us, cut short, or of a letter that a later one replaced.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was followed; the person is given for a good one alone."""

    state: LinkState
    user: User | None = None


def invite(user: User, *, lifetime: timedelta, now: datetime) -> str:
    """Make a new token for a person and give it; the one before is worth nothing. Caller commits.

    The address of the page is `<public_url>/welcome/<token>`.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    user.invitation_sha256 = digest(token)
    user.invitation_expires_at = now + lifetime
    return token


def follow(session: Session, token: str, *, now: datetime) -> Link:
    """Say what a token is worth; it only reads."""
    user = session.scalar(select(User).where(User.invitation_sha256 == digest(token)))
    if user is None or user.invitation_expires_at is None:
        return Link(LinkState.UNKNOWN)
    if now < user.invitation_expires_at:
        return Link(LinkState.GOOD, user)
    return Link(LinkState.USED if user.identities else LinkState.EXPIRED)


def spend(user: User, *, now: datetime) -> None:
    """End the link of a person whose account is joined; the caller commits."""
    if user.invitation_expires_at is not None and now < user.invitation_expires_at:
        user.invitation_expires_at = now


def digest(token: str) -> bytes:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
