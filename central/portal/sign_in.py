"""Signing in and out: the start page, the way to the provider and back, and every refusal."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from central.accounts import invitations
from central.accounts import sign_in as accounts
from central.accounts.identity import Identity
from central.accounts.invitations import Link, LinkState
from central.accounts.permissions import Role
from central.accounts.principal import Principal
from central.accounts.providers import Interruption, Provider
from central.accounts.sign_in import Refusal
from central.models import User
from central.portal import entering
from central.portal.visitor import NOTICE, principal, staff_home
from central.roster.help_desks import HelpDesk, help_desks_now
from central.services import services

_log = logging.getLogger(__name__)

bp = Blueprint("sign_in", __name__, url_prefix="/sign-in")

# The token of the letter that was followed in this browser; it is proved again when it is used.
LETTER = "letter"
_PROVIDERS = "acopio_providers"
# Attempts to sign in that one browser may have open, in as many windows.
_ATTEMPTS = 3
_STATUS = {Interruption.UNAVAILABLE: 503, Interruption.STALE: 400, Interruption.CANCELLED: 200}


def install(app: Flask, providers: Mapping[str, Provider]) -> None:
    """Give the views the providers of this application."""
    app.extensions[_PROVIDERS] = providers


def providers() -> Mapping[str, Provider]:
    """Give the configured ways to sign in, by name."""
    return cast(Mapping[str, Provider], current_app.extensions[_PROVIDERS])


@bp.get("")
def start() -> ResponseReturnValue:
    """Show the ways to sign in."""
    if current_user.is_authenticated:
        is_own = principal().role is Role.ASPIRANTE
        return redirect(url_for("home.show") if is_own else staff_home(principal()), 303)
    link = _letter()
    return render_template(
        "portal/sign_in.html",
        providers=fitting_providers(link.user),
        from_letter=link.user is not None,
        notice=session.pop(NOTICE, None),
    )


@bp.get("/data/facebook")
def forget_facebook() -> ResponseReturnValue:
    """Say how to have deleted what came from Facebook."""
    return render_template("portal/facebook.html", desks=_desks())


@bp.get("/<name>")
def leave_for_provider(name: str) -> ResponseReturnValue:
    """Send the browser to a provider of accounts."""
    provider = providers().get(name) or abort(404)
    _forget_old_attempts()
    answer = provider.leave(_callback_url(name))
    return _refuse(answer) if isinstance(answer, Interruption) else answer


@bp.get("/<name>/callback")
def come_back(name: str) -> ResponseReturnValue:
    """Sign in who comes back from a provider, or say why not."""
    provider = providers().get(name) or abort(404)
    identity = provider.come_back()
    if isinstance(identity, Interruption):
        return _refuse(identity)
    return _let_in(provider, identity)


@bp.post("/leave")
def leave() -> ResponseReturnValue:
    """End the session of this browser, here and in the database."""
    was_staff = current_user.is_authenticated and principal().role is not Role.ASPIRANTE
    entering.leave(services().clock.now())
    session[NOTICE] = "signed_out"
    return redirect(url_for("staff_sign_in.start" if was_staff else "sign_in.start"), 303)


def _forget_old_attempts() -> None:
    """Keep the last attempts to sign in: a cookie over 4 KB is dropped by the browser, silently."""
    attempts = {key: session[key] for key in session if key.startswith("_state_")}
    for key in sorted(attempts, key=lambda key: attempts[key].get("exp", 0))[:-_ATTEMPTS]:
        session.pop(key)


def _let_in(provider: Provider, identity: Identity) -> ResponseReturnValue:
    parts = services()
    now = parts.clock.now()
    # Found now: that may write that the session was seen, and SQLite has one writer at a time.
    _ = current_user.is_authenticated
    with parts.database.write() as writing:
        person = _person(writing, provider, identity, now)
    if isinstance(person, Refusal):
        _log.warning("sign_in.refused issuer=%s reason=%s", identity.issuer, person.value)
        return _refuse(person)
    return redirect(entering.go_in(person, url_for("home.show")), 303)


def _person(
    writing: Session, provider: Provider, identity: Identity, now: datetime
) -> Principal | Refusal:
    invited = _letter(writing).user
    found = accounts.sign_in(
        writing, identity, now=now, kind=provider.account_kind, invited=invited
    )
    if isinstance(found, Refusal):
        return found
    opened = entering.open_session(writing, found, Role.ASPIRANTE, method=identity.issuer, now=now)
    return opened or Refusal.NO_PORTAL


def _refuse(reason: Refusal | Interruption) -> ResponseReturnValue:
    if reason is Interruption.CANCELLED:
        session[NOTICE] = "cancelled"
        return redirect(url_for("sign_in.start"), 303)
    status = 403 if isinstance(reason, Refusal) else _STATUS.get(reason, 502)
    return refusal_page(reason.value), status


def refusal_page(reason: str) -> str:
    """Make the page that says why somebody is not let in, what to do, and whom to call."""
    return render_template("portal/refusal.html", reason=reason, desks=_desks())


def fitting_providers(user: User | None) -> list[Provider]:
    """Give the ways to sign in that the registered type of account leaves open; all for nobody."""
    kind = None if user is None else user.account_kind
    return [
        provider
        for provider in providers().values()
        if kind is None or provider.account_kind in (None, kind)
    ]


def _letter(reading: Session | None = None) -> Link:
    """Prove again the letter that was followed in this browser."""
    token = session.get(LETTER)
    if not isinstance(token, str):
        return Link(LinkState.UNKNOWN)
    parts = services()
    return invitations.follow(reading or parts.session, token, now=parts.clock.now())


def _desks() -> tuple[HelpDesk, ...]:
    return help_desks_now(services().session, now=services().clock.now())


def _callback_url(name: str) -> str:
    # From the settings and not from the request: a forged Host header must not choose it.
    base = services().config.server.public_url.rstrip("/")
    return base + url_for("sign_in.come_back", name=name)
