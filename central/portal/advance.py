"""Estadísticas → Reporte de avance."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.portal import charts, unit_map
from central.portal.advice import advise
from central.portal.daily_curve import Ahead, daily_curve
from central.portal.formats import unit_name
from central.portal.unit_map import UnitMap
from central.portal.visitor import chosen_solicitud, own_solicitudes
from central.reports.advance import Advance, Day, advance
from central.reports.outlook import Outlook, outlook
from central.reports.rejection_sources import rejection_sources
from central.services import services
from domain.threshold import Unit

bp = Blueprint("advance", __name__, url_prefix="/reports")


@bp.get("/advance")
@requires(Permission.SEE_OWN_ADVANCE)
def show() -> ResponseReturnValue:
    """Show what was sent, what of it counts and will count, and what is still missing where."""
    parts = services()
    report = advance(parts.session, chosen_solicitud().aspirante_id)
    ahead = outlook(parts.session, report, now=parts.clock.now())
    why = rejection_sources(parts.session, report)
    goal = None if report.progress is None else report.progress.required
    days = _until_today(report, ahead)
    counts = [(day.on, day.sent, day.lista_nominal) for day in days]
    coming = _ahead(days, ahead)
    return render_template(
        "portal/advance.html",
        report=report,
        ahead=ahead,
        why=why,
        advice=advise(why.causes, folio=report.solicitud.folio),
        solicitudes=own_solicitudes(),
        parts=charts.partition_bar(report.partition),
        wide=daily_curve(counts, goal=goal, width=540, labels=6, ahead=coming),
        narrow=daily_curve(counts, goal=goal, width=380, labels=4, ahead=coming),
        maps=_maps(report),
        units=_units(report, ahead),
        accumulated=list(
            zip(
                days,
                accumulate(day.sent for day in days),
                accumulate(day.lista_nominal for day in days),
                strict=True,
            )
        ),
    )


def _until_today(report: Advance, ahead: Outlook) -> list[Day]:
    """Go on with empty days until today, or until the end of the period."""
    days = list(report.days)
    one = report.solicitud
    # The end is an instant: midnight belongs to the day before it.
    last_moment = one.ends_at - timedelta(microseconds=1)
    end = min(ahead.today, last_moment.astimezone(ZoneInfo(one.time_zone)).date())
    while days and days[-1].on < end:
        days.append(Day(days[-1].on + timedelta(days=1), 0, 0, 0))
    return days


def _ahead(days: Sequence[Day], ahead: Outlook) -> list[Ahead]:
    if not days:
        return []
    last = days[-1].on
    return [Ahead(last + timedelta(days=n), *counts) for n, counts in enumerate(ahead.course)]


def _maps(report: Advance) -> dict[str, UnitMap]:
    """Lay out the units, for wide and for narrow screens; nothing without a dispersion."""
    if report.progress is None or report.unit is None:
        return {}
    if report.unit is Unit.ENTIDAD:
        return {"both": unit_map.entidad_map(report.progress)}
    return {
        "wide": unit_map.unit_grid(report.progress, report.unit, width=500),
        "narrow": unit_map.unit_grid(report.progress, report.unit, width=312),
    }


def _units(report: Advance, ahead: Outlook) -> list[dict[str, object]]:
    """Give the rows of the table beside the map: the nearest units that are not there first."""
    if report.progress is None or report.unit is None or ahead.forecast is None:
        return []
    later = {one.unit.code: one for one in ahead.forecast.units}
    ordered = unit_map.nearest_first(report.progress)
    far = [unit for unit in ordered if unit.missing]
    reached = [unit for unit in ordered if not unit.missing]
    alone = len({unit.code.split("-")[0] for unit in ordered}) == 1
    return [
        {
            "unit": unit,
            "name": unit_name(report.unit, unit.code, alone=alone),
            "forecast": later.get(unit.code),
        }
        for unit in (far + reached)[: unit_map.MOST_TILES]
    ]
