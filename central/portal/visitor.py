"""Who asks for a page: the signed-in person, the requests they see, and the way to the sign-in."""

from datetime import timedelta
from typing import cast

from flask import abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from central.accounts import sessions
from central.accounts.principal import Principal, principal_of
from central.reports.advance import Solicitud, solicitudes
from central.services import services

NOTICE = "notice"
DESTINATION = "destination"


def load(token: str) -> Principal | None:
    """Find the person of a session token; Flask-Login asks once per request.

    Nobody, when `g.asks_nobody` says that the database must be left alone.
    """
    if g.get("asks_nobody"):
        return None
    parts = services()
    now = parts.clock.now()
    row = sessions.find_session(
        parts.session, token, idle=timedelta(minutes=parts.config.portal.idle_minutes), now=now
    )
    if row is None:
        return None
    principal = principal_of(row, token)
    if principal is not None and sessions.is_stale(row, now=now):
        if request.method in ("GET", "HEAD", "OPTIONS"):
            with parts.database.write() as writing:
                sessions.touch_session(writing, row.id, now=now)
        else:
            sessions.touch_session(parts.session, row.id, now=now)
    return principal


def principal() -> Principal:
    """Give the signed-in person; only views behind a permission ask."""
    return cast(Principal, current_user)


def own_solicitudes() -> tuple[Solicitud, ...]:
    """Give the requests of the signed-in person, read once per request."""
    if "solicitudes" not in g:
        g.solicitudes = solicitudes(services().session, principal().aspirante_ids)
    return cast(tuple[Solicitud, ...], g.solicitudes)


def own_aspirantes() -> tuple[int, ...]:
    """Give the aspirantes whose data the signed-in person sees."""
    return tuple(solicitud.aspirante_id for solicitud in own_solicitudes())


def chosen_solicitud() -> Solicitud:
    """Give the request named by `?solicitud=`, else the first; 404 when it is not one's own."""
    folio = request.args.get("solicitud")
    mine = [one for one in own_solicitudes() if folio in (None, one.folio)]
    if not mine:
        abort(404)
    return mine[0]


def send_to_sign_in() -> ResponseReturnValue:
    """Send a visitor without a session to the sign-in page; it leads back to this one."""
    if session.pop("_user_id", None) is not None:
        session[NOTICE] = "expired"
    if request.method == "GET":
        session[DESTINATION] = request.full_path.rstrip("?")
    return redirect(url_for("sign_in.start"), 303)
