"""People of the web, and what they were granted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from central.accounts import second_factor, sessions
from central.accounts.passwords import hash_password
from central.accounts.permissions import Role
from central.audit import trail
from central.errors import InvalidInputError, NotFoundError
from central.models import Aspirante, RoleGrant, User


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
    verifier = None if password is None else hash_password(password)
    user = session.execute(select(User).where(User.email == address)).scalar_one_or_none()
    action = "user.changed"
    if user is None:
        user = User(email=address, created_at=now, active=True)
        session.add(user)
        action = "user.added"
    user.name, user.active = name, active
    if verifier is not None:
        user.password_hash, user.password_changed_at = verifier, now
        # Whoever set it knows it: the person chooses another at the first sign-in.
        user.must_change_password = True
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


def withdraw(
    session: Session, user: User, role: Role, *, aspirante: Aspirante, now: datetime, made_by: str
) -> None:
    """Take the role for one aspirante from a person; their sessions end where it was the last."""
    session.execute(
        delete(RoleGrant).where(
            RoleGrant.user_id == user.id,
            RoleGrant.role == role.value,
            RoleGrant.aspirante_id == aspirante.id,
        )
    )
    session.expire(user, ["grants"])
    trail.write(
        session,
        at=now,
        actor=made_by,
        action="role.withdrawn",
        subject_kind="user",
        subject=str(user.id),
        details={"role": role.value},
    )


def reset_sign_in(
    session: Session, email: str, *, password: str | None, now: datetime, made_by: str
) -> User:
    """Let somebody of the authority begin anew who lost the second factor or is locked out.

    Every session of theirs ends, and the next sign-in enrols a second factor. A password that is
    given replaces theirs, and they choose another at once.

    Raises:
        NotFoundError: There is no such person.
        InvalidInputError: The password cannot be accepted.
    """
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise NotFoundError("no such person", code="user.unknown")
    second_factor.forget(user)
    user.failed_sign_ins, user.locked_until = 0, None
    if password is not None:
        user.password_hash, user.password_changed_at = hash_password(password), now
        user.must_change_password = True
    sessions.close_sessions(session, user.id, now=now)
    trail.write(
        session,
        at=now,
        actor=made_by,
        action="user.sign_in_reset",
        subject_kind="user",
        subject=str(user.id),
    )
    return user
