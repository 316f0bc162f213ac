"""People of the web, and what they were granted."""

from __future__ import annotations

from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.accounts.permissions import Role
from central.audit import trail
from central.errors import InvalidInputError
from central.models import Aspirante, RoleGrant, User

_HASHER = PasswordHasher()
_SHORTEST = 12


def put_user(
    session: Session,
    *,
    email: str,
    name: str,
    now: datetime,
    made_by: str,
    password: str | None = None,
    active: bool = True,
) -> User:
    """Add a person, or bring the one of that e-mail to what is said now.

    Raises:
        InvalidInputError: The e-mail or the password cannot be accepted.
    """
    address = email.strip().lower()
    if "@" not in address:
        raise InvalidInputError("not an e-mail address", field="email")
    if password is not None and len(password) < _SHORTEST:
        raise InvalidInputError(f"a password has {_SHORTEST} characters at least", field="password")
    user = session.execute(select(User).where(User.email == address)).scalar_one_or_none()
    action = "user.changed"
    if user is None:
        user = User(email=address, created_at=now, active=True)
        session.add(user)
        action = "user.added"
    user.name, user.active = name, active
    if password is not None:
        user.password_hash, user.password_changed_at = _HASHER.hash(password), now
    session.flush()
    trail.write(
        session, at=now, actor=made_by, action=action, subject_kind="user", subject=str(user.id)
    )
    return user


def grant(
    session: Session,
    user: User,
    role: Role,
    *,
    aspirante: Aspirante | None,
    now: datetime,
    made_by: str,
) -> None:
    """Give a person a role; granted twice it is granted once.

    Raises:
        InvalidInputError: The role of an aspirante without saying which.
    """
    if (role is Role.ASPIRANTE) != (aspirante is not None):
        raise InvalidInputError("the role aspirante names one, no other does", field="role")
    aspirante_id = None if aspirante is None else aspirante.id
    same = (
        RoleGrant.aspirante_id.is_(None)
        if aspirante_id is None
        else RoleGrant.aspirante_id == aspirante_id
    )
    known = session.execute(
        select(RoleGrant.id).where(RoleGrant.user_id == user.id, RoleGrant.role == role.value, same)
    ).first()
    if known is not None:
        return
    session.add(
        RoleGrant(user_id=user.id, role=role.value, aspirante_id=aspirante_id, granted_at=now)
    )
    trail.write(
        session,
        at=now,
        actor=made_by,
        action="role.granted",
        subject_kind="user",
        subject=str(user.id),
        details={"role": role.value},
    )
