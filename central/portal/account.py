"""My sessions: the browsers in which somebody is signed in, and the way to end them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from central.accounts import sessions
from central.accounts.permissions import Permission, requires
from central.portal import entering
from central.portal.visitor import idle_limit, principal
from central.services import services

bp = Blueprint("account", __name__, url_prefix="/account")

# The first that fits names the browser or the machine: each says that it is the next one as well.
_BROWSERS = (("Edge", "Edg"), ("Opera", "OPR"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_MACHINES = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
             ("macOS", "Mac OS X"), ("Linux", "Linux"))  # fmt: skip


@bp.get("/sessions")
@requires(Permission.END_OWN_SESSIONS)
def show() -> ResponseReturnValue:
    """List the live sessions of the person."""
    parts = services()
    rows = sessions.live_sessions(
        parts.session, principal().user_id, idle=idle_limit, now=parts.clock.now()
    )
    listed = [(row, _named(row.user_agent), row.id == principal().session_id) for row in rows]
    return render_template("portal/sessions.html", listed=listed)


@bp.post("/sessions/<int:number>/end")
@requires(Permission.END_OWN_SESSIONS)
def end(number: int) -> ResponseReturnValue:
    """End one session of one's own; another's is not there."""
    parts = services()
    now = parts.clock.now()
    sessions.close_own_session(parts.session, principal().user_id, number, now=now)
    entering.note(parts.session, principal().user_id, "session.closed", now)
    parts.session.commit()
    flash(_("The session has ended: that browser has to sign in again."))
    return redirect(url_for(".show"), 303)


@bp.post("/sessions/end-others")
@requires(Permission.END_OWN_SESSIONS)
def end_others() -> ResponseReturnValue:
    """End all sessions but this one."""
    parts = services()
    now = parts.clock.now()
    person = principal()
    sessions.close_sessions(parts.session, person.user_id, now=now, but=person.session_id)
    entering.note(parts.session, person.user_id, "session.closed", now)
    parts.session.commit()
    flash(_("Only this browser is still signed in."))
    return redirect(url_for(".show"), 303)


def _named(user_agent: str) -> str:
    browser = next((name for name, mark in _BROWSERS if mark in user_agent), "")
    machine = next((name for name, mark in _MACHINES if mark in user_agent), "")
    if browser and machine:
        return str(_("%(browser)s on %(machine)s", browser=browser, machine=machine))
    return browser or machine or str(_("Unknown browser"))
