"""Sign-in of the authority's people: address, password and a code, and one answer to all mistakes.

Who does not know all three learns nothing: an unknown address, a wrong password, a wrong code, a
person without a role here and one who is locked out are answered alike, after the same work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.accounts import second_factor, sessions
from central.accounts.passwords import LONGEST, SHORTEST, hash_password, is_password
from central.accounts.permissions import PERMISSIONS, Permission, Role
from central.audit import trail
from central.models import User
from central.models.database import Database
from central.storage.sealing import Sealer


class Proof(StrEnum):
    """How far a person proved who they are; kept as the method of the session."""

    # Opens the pages where the second factor is enrolled, and nothing else.
    PASSWORD = "password"  # noqa: S105  (a method's name)
    PASSWORD_AND_CODE = "password+totp"  # noqa: S105


class PasswordMistake(StrEnum):
    """Why a password is not changed."""

    WRONG = "wrong"  # not the present one
    LENGTH = "length"
    SAME = "same"
    DIFFERENT = "different"  # typed otherwise the second time


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who may come in, in which role, and by which proof."""

    user_id: int
    role: Role
    proof: Proof


@dataclass(frozen=True, slots=True)
class Lock:
    """How many mistakes close a sign-in, and for how long."""

    tries: int
    duration: timedelta


def sign_in(
    database: Database,
    sealer: Sealer,
    lock: Lock,
    *,
    email: str,
    password: str,
    code: str,
    now: datetime,
) -> Entrance | None:
    """Let a person of the authority in, or nobody; both are noted.

    Who has no second factor yet comes in by the password alone, to enrol one.
    """
    address = email.strip().lower()
    with database.read() as session:
        verifier = session.scalar(select(User.password_hash).where(User.email == address))
    # Outside the transaction below: the work of a hash must not keep others from writing.
    knows_password = is_password(verifier, password)
    with database.write() as session:
        user = session.scalar(select(User).where(User.email == address).with_for_update())
        entrance = None
        if user is not None and knows_password and user.password_hash == verifier:
            entrance = _entrance(user, code, sealer, now=now)
        if user is None or entrance is None:
            _note_failure(session, user, lock, now=now)
            return None
        user.failed_sign_ins, user.locked_until, user.last_sign_in_at = 0, None, now
        if entrance.proof is Proof.PASSWORD:
            second_factor.begin_enrolment(user, sealer)
        return entrance


def staff_role(user: User) -> Role | None:
    """Give the role a person acts in on the authority's pages; None when they have none there."""
    granted = {grant.role for grant in user.grants}
    fitting = [
        role
        for role in Role
        if role.value in granted and Permission.USE_STAFF_PAGES in PERMISSIONS[role]
    ]
    return fitting[0] if fitting else None


def confirm_second_factor(
    session: Session, user: User, code: str, sealer: Sealer, *, now: datetime
) -> bool:
    """Take the first code of a secret, from when on codes are asked for; False if it is none.

    The caller commits.
    """
    step = second_factor.step_of(user, code, sealer, now=now)
    if step is None:
        return False
    user.totp_last_step = step
    _note(session, user, "second_factor.enrolled", now)
    return True


def change_password(
    session: Session,
    user: User,
    *,
    session_id: int,
    old: str,
    new: str,
    again: str,
    now: datetime,
) -> dict[str, PasswordMistake]:
    """Change a person's own password, or say by field why not; the caller commits.

    Their other sessions end: whoever knew the password may have them.
    """
    mistakes = {}
    if not is_password(user.password_hash, old):
        mistakes["old"] = PasswordMistake.WRONG
    if not SHORTEST <= len(new) <= LONGEST:
        mistakes["new"] = PasswordMistake.LENGTH
    elif new == old:
        mistakes["new"] = PasswordMistake.SAME
    if again != new:
        mistakes["again"] = PasswordMistake.DIFFERENT
    if not mistakes:
        user.password_hash, user.password_changed_at = hash_password(new), now
        user.must_change_password = False
        sessions.close_sessions(session, user.id, now=now, but=session_id)
        _note(session, user, "password.changed", now)
    return mistakes


def _entrance(user: User, code: str, sealer: Sealer, *, now: datetime) -> Entrance | None:
    role = staff_role(user)
    is_locked = user.locked_until is not None and now < user.locked_until
    has_ended = user.expires_at is not None and user.expires_at <= now
    if role is None or is_locked or has_ended or not user.active:
        return None
    if not second_factor.is_enrolled(user):
        return Entrance(user.id, role, Proof.PASSWORD)
    step = second_factor.step_of(user, code, sealer, now=now)
    if step is None:
        return None
    user.totp_last_step = step
    return Entrance(user.id, role, Proof.PASSWORD_AND_CODE)


def _note_failure(session: Session, user: User | None, lock: Lock, *, now: datetime) -> None:
    # Noted for an unknown address as well: one row each, so that neither answer is the quicker.
    trail.write(
        session,
        at=now,
        actor="web",
        action="sign_in.failed",
        subject_kind="user",
        subject="unknown" if user is None else str(user.id),
    )
    if user is None or (user.locked_until is not None and now < user.locked_until):
        return
    user.failed_sign_ins += 1
    if user.failed_sign_ins >= lock.tries:
        user.failed_sign_ins, user.locked_until = 0, now + lock.duration


def _note(session: Session, user: User, action: str, now: datetime) -> None:
    trail.write(
        session,
        at=now,
        actor=f"user:{user.id}",
        action=action,
        subject_kind="user",
        subject=str(user.id),
    )
