"""Estadísticas → Reporte de avance."""

from itertools import accumulate

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.portal import charts
from central.portal.visitor import chosen_solicitud, own_solicitudes
from central.reports.advance import advance
from central.services import services

bp = Blueprint("advance", __name__, url_prefix="/reports")


@bp.get("/advance")
@requires(Permission.SEE_OWN_ADVANCE)
def show() -> ResponseReturnValue:
    """Show the partition, the daily curve and the progress towards the threshold."""
    report = advance(services().session, chosen_solicitud().aspirante_id)
    goal = None if report.progress is None else report.progress.required
    days = [(day.on, day.sent, day.lista_nominal) for day in report.days]
    return render_template(
        "portal/advance.html",
        report=report,
        solicitudes=own_solicitudes(),
        parts=charts.partition_bar(report.partition),
        wide=charts.daily_curve(days, goal=goal, width=540, labels=6),
        narrow=charts.daily_curve(days, goal=goal, width=380, labels=4),
        accumulated=list(
            zip(
                report.days,
                accumulate(day.sent for day in report.days),
                accumulate(day.lista_nominal for day in report.days),
                strict=True,
            )
        ),
    )
