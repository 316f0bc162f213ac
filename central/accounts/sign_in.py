"""From an identity to a person of ours, or to the one reason why not."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.accounts import invitations
from central.accounts.identity import Identity
from central.accounts.permissions import PERMISSIONS, Permission, Role
from central.models import AccountKind, Aspirante, RoleGrant, User, UserIdentity


class Refusal(StrEnum):
    """Why an identified person does not get in; each has a page that says what to do next.

    The first three are told to anybody, and say nothing of who is registered here. The others are
    told only to who proved the address: by the provider, by the letter, or by an account joined.
    """

    NOT_REGISTERED = "not_registered"
    UNVERIFIED_EMAIL = "unverified_email"
    NEEDS_LETTER = "needs_letter"
    OTHER_ACCOUNT = "other_account"
    OTHER_KIND = "other_kind"
    DEACTIVATED = "deactivated"
    EXPIRED = "expired"
    REQUEST_DEACTIVATED = "request_deactivated"
    NO_PORTAL = "no_portal"


def sign_in(
    session: Session,
    identity: Identity,
    *,
    now: datetime,
    kind: AccountKind | None = None,
    invited: User | None = None,
) -> User | Refusal:
    """Find the person of an identity and note the sign-in; the caller commits.

    The first sign-in joins the account to the person whom the authority registered under the same
    e-mail, if the provider proved that address, or to the one whose letter was followed in this
    browser. From then on that account alone signs in: a person with an account joined already is
    refused with any other one.

    Args:
        session: A session that writes.
        identity: What the provider told.
        now: The present.
        kind: The tipo de cuenta that this provider stands for; None stands for any.
        invited: The person whose letter was followed in this browser.
    """
    known = session.scalar(
        select(UserIdentity).where(
            UserIdentity.issuer == identity.issuer, UserIdentity.subject == identity.subject
        )
    )
    found = _person(session, identity, kind, invited) if known is None else known.user
    if isinstance(found, Refusal):
        return found
    refusal = _refusal(session, found, kind, is_joined=known is not None, now=now)
    if refusal is not None:
        return refusal
    if known is None:
        known = UserIdentity(issuer=identity.issuer, subject=identity.subject, created_at=now)
        found.identities.append(known)
        invitations.spend(found, now=now)
    known.last_used_at = now
    found.last_sign_in_at = now
    return found


def may_use_portal(user: User) -> bool:
    """Say whether one of the person's roles opens the portal."""
    return any(Permission.USE_PORTAL in PERMISSIONS[role] for role in roles_of(user.grants))


def roles_of(grants: list[RoleGrant]) -> frozenset[Role]:
    """Give the known roles of some grants; a name this release does not know gives nothing."""
    known = {role.value for role in Role}
    return frozenset(Role(grant.role) for grant in grants if grant.role in known)


def _person(
    session: Session, identity: Identity, kind: AccountKind | None, invited: User | None
) -> User | Refusal:
    proved = identity.email if identity.email_verified else None
    user = None
    if proved is not None:
        user = session.scalar(select(User).where(User.email == proved))
    # A proved address goes before a letter: nobody is joined to another's request by following a
    # link that the other passed on.
    if user is not None:
        return user
    if invited is not None:
        return invited
    if kind is AccountKind.FACEBOOK:
        # It proves no address, so a letter has to; whoever comes is told the same.
        return Refusal.NEEDS_LETTER
    # An address nobody proved must not tell whether it is registered here.
    return Refusal.UNVERIFIED_EMAIL if proved is None else Refusal.NOT_REGISTERED


def _refusal(
    session: Session, user: User, kind: AccountKind | None, *, is_joined: bool, now: datetime
) -> Refusal | None:
    if kind is not None and user.account_kind not in (None, kind.value):
        return Refusal.OTHER_KIND
    if user.identities and not is_joined:
        return Refusal.OTHER_ACCOUNT
    if not user.active:
        return Refusal.DEACTIVATED
    if user.expires_at is not None and user.expires_at <= now:
        return Refusal.EXPIRED
    if not may_use_portal(user):
        return Refusal.NO_PORTAL
    return None if _has_request(session, user) else Refusal.REQUEST_DEACTIVATED


def _has_request(session: Session, user: User) -> bool:
    own = [grant.aspirante_id for grant in user.grants if grant.role == Role.ASPIRANTE]
    found = select(Aspirante.id).where(Aspirante.id.in_(own), Aspirante.active).limit(1)
    return session.scalar(found) is not None
