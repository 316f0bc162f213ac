"""Auxiliares/Gestores → Consulta."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.portal.visitor import chosen_solicitud, own_solicitudes
from central.reports.advance import auxiliares
from central.services import services

bp = Blueprint("auxiliares", __name__, url_prefix="/auxiliares")


@bp.get("")
@requires(Permission.SEE_OWN_AUXILIARES)
def show() -> ResponseReturnValue:
    """List the auxiliares of one request with what they captured."""
    chosen = chosen_solicitud()
    return render_template(
        "portal/auxiliares.html",
        chosen=chosen,
        solicitudes=own_solicitudes(),
        page=auxiliares(services().session, chosen.aspirante_id, after=request.args.get("after")),
    )
