"""Signing in and out: the start page, the way to the provider and back, and every refusal."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from sqlalchemy.orm import Session

from central.accounts import sessions
from central.accounts import sign_in as accounts
from central.accounts.identity import Identity
from central.accounts.permissions import Role
from central.accounts.principal import Principal, principal_of
from central.accounts.providers import Interruption, Provider
from central.accounts.sign_in import Refusal
from central.audit import trail
from central.portal import language
from central.portal.visitor import DESTINATION, NOTICE, principal
from central.services import services

_log = logging.getLogger(__name__)

bp = Blueprint("sign_in", __name__, url_prefix="/sign-in")

_PROVIDERS = "acopio_providers"
# Attempts to sign in that one browser may have open, in as many windows.
_ATTEMPTS = 3
_KEEP_ENDED_SESSIONS = timedelta(days=30)
_STATUS = {Interruption.UNAVAILABLE: 503, Interruption.STALE: 400, Interruption.CANCELLED: 200}


def install(app: Flask, providers: Mapping[str, Provider]) -> None:
    """Give the views the providers of this application."""
    app.extensions[_PROVIDERS] = providers


@bp.get("")
def start() -> ResponseReturnValue:
    """Show the ways to sign in."""
    if current_user.is_authenticated:
        return redirect(url_for("home.show"), 303)
    notice = session.pop(NOTICE, None)
    return render_template("portal/sign_in.html", providers=_providers().values(), notice=notice)


@bp.get("/<name>")
def leave_for_provider(name: str) -> ResponseReturnValue:
    """Send the browser to a provider of accounts."""
    provider = _providers().get(name) or abort(404)
    _forget_old_attempts()
    answer = provider.leave(_callback_url(name))
    return _refuse(answer) if isinstance(answer, Interruption) else answer


@bp.get("/<name>/callback")
def come_back(name: str) -> ResponseReturnValue:
    """Sign in who comes back from a provider, or say why not."""
    provider = _providers().get(name) or abort(404)
    identity = provider.come_back()
    if isinstance(identity, Interruption):
        return _refuse(identity)
    return _let_in(identity)


@bp.post("/leave")
def leave() -> ResponseReturnValue:
    """End the session of this browser, here and in the database."""
    if current_user.is_authenticated:
        parts = services()
        now = parts.clock.now()
        sessions.close_session(parts.session, principal().session_id, now=now)
        _note(parts.session, principal().user_id, "session.closed", now)
        parts.session.commit()
    logout_user()
    _renew_cookie()
    session[NOTICE] = "signed_out"
    return redirect(url_for("sign_in.start"), 303)


def _forget_old_attempts() -> None:
    """Keep the last attempts to sign in: a cookie over 4 KB is dropped by the browser, silently."""
    attempts = {key: session[key] for key in session if key.startswith("_state_")}
    for key in sorted(attempts, key=lambda key: attempts[key].get("exp", 0))[:-_ATTEMPTS]:
        session.pop(key)


def _let_in(identity: Identity) -> ResponseReturnValue:
    parts = services()
    now = parts.clock.now()
    with parts.database.write() as writing:
        person = _person(writing, identity, now)
    if isinstance(person, Refusal):
        _log.warning("sign_in.refused issuer=%s reason=%s", identity.issuer, person.value)
        return _refuse(person)
    destination = session.get(DESTINATION)
    # A cookie that somebody planted before the sign-in must be worth nothing after it.
    _renew_cookie()
    login_user(person)
    return redirect(destination or url_for("home.show"), 303)


def _person(writing: Session, identity: Identity, now: datetime) -> Principal | Refusal:
    found = accounts.sign_in(writing, identity, now=now)
    if isinstance(found, Refusal):
        return found
    if current_user.is_authenticated:
        sessions.close_session(writing, principal().session_id, now=now)
    sessions.delete_expired(writing, now=now, keep=_KEEP_ENDED_SESSIONS)
    row, token = sessions.open_session(
        writing,
        found,
        role=Role.ASPIRANTE,
        method=identity.issuer,
        user_agent=request.user_agent.string,
        lifetime=timedelta(hours=services().config.portal.session_hours),
        now=now,
    )
    _note(writing, found.id, "session.opened", now)
    return principal_of(row, token) or Refusal.NO_PORTAL


def _refuse(reason: Refusal | Interruption) -> ResponseReturnValue:
    if reason is Interruption.CANCELLED:
        session[NOTICE] = "cancelled"
        return redirect(url_for("sign_in.start"), 303)
    status = 403 if isinstance(reason, Refusal) else _STATUS.get(reason, 502)
    return render_template("portal/refusal.html", reason=reason.value), status


def _note(session: Session, user_id: int, action: str, now: datetime) -> None:
    person = str(user_id)
    trail.write(
        session,
        at=now,
        actor=f"user:{person}",
        action=action,
        subject_kind="user",
        subject=person,
    )


def _renew_cookie() -> None:
    chosen = session.get(language.CHOICE)
    session.clear()
    if chosen:
        session[language.CHOICE] = chosen


def _callback_url(name: str) -> str:
    # From the settings and not from the request: a forged Host header must not choose it.
    base = services().config.server.public_url.rstrip("/")
    return base + url_for("sign_in.come_back", name=name)


def _providers() -> Mapping[str, Provider]:
    return cast(Mapping[str, Provider], current_app.extensions[_PROVIDERS])
