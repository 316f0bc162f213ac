"""Inicio: where each request stands at a glance, what waits, and the way to everything else."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.portal.visitor import own_aspirantes, own_solicitudes, principal
from central.reports.advance import advance
from central.reports.attention import attention
from central.reports.outlook import outlook
from central.services import services

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(Permission.USE_PORTAL)
def show() -> ResponseReturnValue:
    """Show each of the person's requests with its figures, its dates and what waits for them."""
    session, now = services().session, services().clock.now()
    reports = [advance(session, solicitud.aspirante_id) for solicitud in own_solicitudes()]
    return render_template(
        "portal/home.html",
        reports=[(report, outlook(session, report, now=now)) for report in reports],
        waiting=attention(session, own_aspirantes(), user_id=principal().user_id, now=now),
        now=now,
    )
