"""Estadísticas → Reporte detallado: counted by one or two things, each view with its link."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.portal.charts import Box, row_bar
from central.portal.formats import entidad_name, short_day
from central.portal.report_forms import DetailForm
from central.portal.report_labels import GROUPINGS
from central.portal.visitor import chosen_solicitud, own_solicitudes
from central.portal.words import PortalWords
from central.reports import detail
from central.reports.detail import Cause, DetailReport, DetailRow, Key, Place
from central.services import services
from domain.apoyo import OPEN_STATES, State

bp = Blueprint("detailed", __name__, url_prefix="/reports/detailed")

_MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the table as people read it, with its bar."""

    labels: tuple[str, ...]
    sent: int
    lista_nominal: int
    still_open: int
    bar: tuple[Box, ...]

    @property
    def against(self) -> int:
        """How many do not count."""
        return self.sent - self.lista_nominal - self.still_open


@bp.get("")
@requires(Permission.MAKE_OWN_REPORTS)
def show() -> ResponseReturnValue:
    """Show the report that the address asks for, and the ways to have it as a file."""
    form = DetailForm.parse(request.args)
    chosen = chosen_solicitud()
    report = None
    if not form.errors:
        report = detail.report(
            services().session, chosen.aspirante_id, form.wanted, limit=_MOST_ROWS
        )
    page = render_template(
        "portal/detailed.html",
        form=form,
        chosen=chosen,
        solicitudes=own_solicitudes(),
        groupings=[(by.value, name) for by, name in GROUPINGS.items()],
        titles=[GROUPINGS[by] for by in form.wanted.by],
        report=report,
        rows=() if report is None else _shown(report),
        most=_MOST_ROWS,
    )
    return page, 422 if form.errors else 200


def _shown(report: DetailReport) -> tuple[ShownRow, ...]:
    rows = report.rows or ()
    most = max((row.sent for row in rows), default=0)
    return tuple(_row(row, most) for row in rows)


def _row(row: DetailRow, most: int) -> ShownRow:
    return ShownRow(
        labels=tuple(_label(key) for key in row.keys),
        sent=row.sent,
        lista_nominal=row.counts.get(State.LISTA_NOMINAL, 0),
        still_open=sum(row.counts.get(state, 0) for state in OPEN_STATES),
        bar=row_bar(row.counts, most),
    )


def _label(key: Key) -> str:
    words = PortalWords()
    match key:
        case Place(0, _):
            return words.unknown_place()
        case Place(entidad, None | 0):
            return entidad_name(entidad)
        case Place(entidad, number):
            return f"{entidad_name(entidad)}, {number}"
        case Cause(state, code):
            return f"{words.state(state)}: {words.cause(state, code)}"
        case State():
            return words.state(key)
        case date():
            return short_day(key)
        case _:
            return str(key) or words.unknown()
