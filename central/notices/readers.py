"""Who reads the notices about a request, and what was said to them before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from central.accounts.permissions import Role
from central.models import Aspirante, Mail, MailKind, RoleGrant, User

# A request has a few readers and a few letters a day; older ones decide nothing any more.
_MOST_LOOKED_AT = 500


def readers(session: Session, aspirante_id: int, *, now: datetime) -> list[User]:
    """Give the people who act for an aspirante and may enter the portal today."""
    return list(
        session.scalars(
            select(User)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(
                RoleGrant.role == Role.ASPIRANTE.value,
                RoleGrant.aspirante_id == aspirante_id,
                may_enter(now),
            )
            .order_by(User.id)
        ).unique()
    )


def is_reader(session: Session, user_id: int, aspirante_id: int, *, now: datetime) -> bool:
    """Say whether a person still acts for an aspirante whose request is alive."""
    found = session.execute(
        select(User.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .join(Aspirante, Aspirante.id == RoleGrant.aspirante_id)
        .where(
            User.id == user_id,
            RoleGrant.role == Role.ASPIRANTE.value,
            RoleGrant.aspirante_id == aspirante_id,
            Aspirante.active,
            may_enter(now),
        )
        .limit(1)
    )
    return found.first() is not None


def may_enter(now: datetime) -> ColumnElement[bool]:
    """Give the condition on `User` of those whose access is neither ended nor taken away."""
    return and_(User.active, or_(User.expires_at.is_(None), User.expires_at > now))


def said_before(
    session: Session, aspirante_id: int, kind: MailKind, *, most: int = _MOST_LOOKED_AT
) -> Sequence[Mail]:
    """Give the newest letters of one kind about a request, the last one first."""
    query = (
        select(Mail)
        .where(Mail.aspirante_id == aspirante_id, Mail.kind == kind)
        .order_by(Mail.id.desc())
        .limit(most)
    )
    return session.scalars(query).all()
