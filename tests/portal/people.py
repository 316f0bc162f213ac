"""Who signs in to the invented world: two aspirantes, one of each role, and who may not."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.accounts.invitations import digest
from central.accounts.permissions import Role
from central.models import RoleGrant, User, UserSession

OWN_EMAIL, OTHER_EMAIL = "aspirante@acopio.example", "segunda@acopio.example"
DEACTIVATED_EMAIL, STAFF_EMAIL = "baja@acopio.example", "mesa@acopio.example"
# The token of the letter that went to the aspirante.
LETTER = "letter-of-the-aspirante-of-the-invented-world"


def role_email(role: Role) -> str:
    """Give the address of who has a role in the world."""
    return {Role.ASPIRANTE: OWN_EMAIL, Role.REVIEWER: STAFF_EMAIL}.get(
        role, f"{role.value}@acopio.example"
    )


def add_people(session: Session, *, now: datetime) -> None:
    """Add everybody but the aspirantes, whose access is completed with a letter."""
    gone = User(email=DEACTIVATED_EMAIL, name="Persona dada de baja", active=False, created_at=now)
    session.add(gone)
    for role in Role:
        if role is not Role.ASPIRANTE:
            person = User(email=role_email(role), name=f"Persona {role.value}", created_at=now)
            session.add(RoleGrant(user=person, role=role.value, granted_at=now))
    own = session.scalars(select(User).where(User.email == OWN_EMAIL)).one()
    own.invitation_sha256 = digest(LETTER)
    own.invitation_expires_at = now + timedelta(days=7)


def add_sessions(session: Session, *, now: datetime) -> None:
    """Let both aspirantes have signed in on another browser before."""
    for email in (OWN_EMAIL, OTHER_EMAIL):
        user = session.scalars(select(User).where(User.email == email)).one()
        session.add(
            UserSession(
                token_sha256=sha256(email.encode()).digest(),
                user=user,
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(hours=8),
                method="test",
                user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            )
        )
