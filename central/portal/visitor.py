"""Who asks for a page: the signed-in person, the requests they see, and the way to the sign-in."""

from datetime import timedelta
from typing import cast

from flask import Flask, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from central.accounts import sessions
from central.accounts.permissions import PERMISSIONS, Permission, Role
from central.accounts.principal import Principal, principal_of
from central.reports.advance import Solicitud, solicitudes
from central.services import services

NOTICE = "notice"
DESTINATION = "destination"
# Pages of the authority; everything else is the aspirante's portal.
STAFF_PREFIXES = ("/staff", "/fleet", "/releases", "/stations")


def register(app: Flask) -> None:
    """Let every page know the first page of who asks."""

    @app.context_processor
    def first_page() -> dict[str, object]:
        is_staff = current_user.is_authenticated and current_user.role is not Role.ASPIRANTE
        return {"home": staff_home(principal()) if is_staff else url_for("home.show")}


def load(token: str) -> Principal | None:
    """Find the person of a session token; Flask-Login asks once per request.

    Nobody, when `g.asks_nobody` says that the database must be left alone.
    """
    if g.get("asks_nobody"):
        return None
    parts = services()
    now = parts.clock.now()
    row = sessions.find_session(parts.session, token, idle=idle_limit, now=now)
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


def idle_limit(role: Role) -> timedelta:
    """Say how long a session of a role may lie idle."""
    settings = services().config.portal
    is_staff = role is not Role.ASPIRANTE
    return timedelta(minutes=settings.staff_idle_minutes if is_staff else settings.idle_minutes)


def principal() -> Principal:
    """Give the signed-in person; only views behind a permission ask."""
    return cast(Principal, current_user)


def staff_home(person: Principal) -> str:
    """Give the first page of the authority's that somebody may open once all is set up."""
    admits = Permission.ADMIT_ASPIRANTES in PERMISSIONS[person.role]
    return url_for("staff.show" if admits else "fleet.show")


def own_solicitudes() -> tuple[Solicitud, ...]:
    """Give the requests of the signed-in person, read once per request."""
    if "solicitudes" not in g:
        g.solicitudes = solicitudes(services().session, principal().aspirante_ids)
    return cast(tuple[Solicitud, ...], g.solicitudes)


def own_aspirantes() -> tuple[int, ...]:
    """Give the aspirantes whose data the signed-in person sees."""
    return tuple(solicitud.aspirante_id for solicitud in own_solicitudes())


def chosen_solicitud() -> Solicitud:
    """Give the request that address or form name, else the first; 404 when it is not one's own."""
    folio = request.values.get("solicitud")
    mine = [one for one in own_solicitudes() if folio in (None, one.folio)]
    if not mine:
        abort(404)
    return mine[0]


def send_to_sign_in() -> ResponseReturnValue:
    """Send a visitor to the sign-in page, which leads back to this one, or to what is missing."""
    if current_user.is_authenticated:
        return redirect(url_for("staff_sign_in.set_up"), 303)
    if session.pop("_user_id", None) is not None:
        session[NOTICE] = "expired"
    if request.method == "GET":
        session[DESTINATION] = request.full_path.rstrip("?")
    is_staff = request.path.startswith(STAFF_PREFIXES)
    return redirect(url_for("staff_sign_in.start" if is_staff else "sign_in.start"), 303)
