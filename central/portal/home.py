"""Inicio: where the signed-in person stands, and the way to everything else."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.portal.visitor import own_solicitudes
from central.reports.advance import advance
from central.services import services

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(Permission.USE_PORTAL)
def show() -> ResponseReturnValue:
    """Show each of the person's requests with its figures."""
    reports = [
        advance(services().session, solicitud.aspirante_id) for solicitud in own_solicitudes()
    ]
    return render_template("portal/home.html", reports=reports)
