"""From an identity to a person of ours, or to the one reason why not."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.accounts.identity import Identity
from central.accounts.permissions import PERMISSIONS, Permission, Role
from central.models import RoleGrant, User, UserIdentity


class Refusal(StrEnum):
    """Why an identified person does not get in; each has a page that says what to do next."""

    NOT_REGISTERED = "not_registered"
    OTHER_ACCOUNT = "other_account"
    UNVERIFIED_EMAIL = "unverified_email"
    DEACTIVATED = "deactivated"
    NO_PORTAL = "no_portal"


def sign_in(session: Session, identity: Identity, *, now: datetime) -> User | Refusal:
    """Find the person of an identity and note the sign-in; the caller commits.

    The first sign-in joins the account to the person whom the authority registered under the same
    e-mail, if the provider proved that address. From then on that account alone signs in: a person
    with an account joined already is refused with any other one.
    """
    known = session.scalar(
        select(UserIdentity).where(
            UserIdentity.issuer == identity.issuer, UserIdentity.subject == identity.subject
        )
    )
    if known is None:
        found = _person_of_email(session, identity)
        if isinstance(found, Refusal):
            return found
        user = found
    else:
        user = known.user
    if not user.active:
        return Refusal.DEACTIVATED
    if not may_use_portal(user):
        return Refusal.NO_PORTAL
    if known is None:
        known = UserIdentity(issuer=identity.issuer, subject=identity.subject, created_at=now)
        user.identities.append(known)
    known.last_used_at = now
    user.last_sign_in_at = now
    return user


def may_use_portal(user: User) -> bool:
    """Say whether one of the person's roles opens the portal."""
    return any(Permission.USE_PORTAL in PERMISSIONS[role] for role in roles_of(user.grants))


def roles_of(grants: list[RoleGrant]) -> frozenset[Role]:
    """Give the known roles of some grants; a name this release does not know gives nothing."""
    known = {role.value for role in Role}
    return frozenset(Role(grant.role) for grant in grants if grant.role in known)


def _person_of_email(session: Session, identity: Identity) -> User | Refusal:
    if identity.email is None:
        return Refusal.NOT_REGISTERED
    user = session.scalar(select(User).where(User.email == identity.email))
    if user is None:
        # An address nobody proved must not tell whether it is registered here.
        return Refusal.NOT_REGISTERED if identity.email_verified else Refusal.UNVERIFIED_EMAIL
    if not identity.email_verified:
        return Refusal.UNVERIFIED_EMAIL
    return Refusal.OTHER_ACCOUNT if user.identities else user
