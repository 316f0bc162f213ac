"""Estadísticas → Consulta de registros, and the page of one record.

What somebody searches for may be a name, so the form is sent by POST and the filter lies sealed in
the session's row: no address, history or log of a proxy ever holds it.
"""

from collections.abc import Iterable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.portal import saved_filter
from central.portal.forms import RecordFilterForm
from central.portal.reasons import explain
from central.portal.visitor import own_aspirantes, own_solicitudes, principal
from central.reports import records
from central.reports.records import RecordFilter
from central.services import services
from domain.apoyo import SituacionRegistral

bp = Blueprint("records", __name__, url_prefix="/records")


@bp.get("")
@requires(Permission.SEE_OWN_RECORDS)
def show() -> ResponseReturnValue:
    """Show one page of the records that pass the saved filter."""
    wanted = saved_filter.read(services(), principal().session_id)
    return _page(RecordFilterForm.of(wanted), wanted)


@bp.post("")
@requires(Permission.SEE_OWN_RECORDS)
def search() -> ResponseReturnValue:
    """Save a filter and show what passes it; with a mistake in it, show the form again."""
    form = RecordFilterForm.parse(request.form)
    if form.errors:
        return _page(form, None), 422
    saved_filter.write(services(), principal().session_id, form.wanted)
    services().session.commit()
    return redirect(url_for("records.show"), 303)


@bp.post("/clear")
@requires(Permission.SEE_OWN_RECORDS)
def clear() -> ResponseReturnValue:
    """Forget the saved filter."""
    saved_filter.write(services(), principal().session_id, RecordFilter())
    services().session.commit()
    return redirect(url_for("records.show"), 303)


@bp.get("/<folio>")
@requires(Permission.SEE_OWN_RECORDS)
def detail(folio: str) -> ResponseReturnValue:
    """Show one record; a record of somebody else is not found, as one that does not exist."""
    record = records.detail(services().session, own_aspirantes(), folio, services().citizens)
    return render_template(
        "portal/record.html",
        record=record,
        explanations=explain(record.row.state, record.reasons),
    )


def _page(form: RecordFilterForm, wanted: RecordFilter | None) -> str:
    session = services().session
    own = own_aspirantes()
    page = None
    if wanted is not None:
        page = records.search(
            session,
            own,
            wanted,
            services().citizens,
            older_than=request.args.get("older_than"),
            newer_than=request.args.get("newer_than"),
        )
    solicitudes = own_solicitudes()
    return render_template(
        "portal/records.html",
        form=form,
        page=page,
        zones={solicitud.folio: solicitud.time_zone for solicitud in solicitudes},
        folios=_options(solicitud.folio for solicitud in solicitudes),
        kinds=_options(records.process_kinds(session, own)),
        situaciones=_options(case.value for case in SituacionRegistral),
        motivos=_options(records.motivos_baja(session)),
    )


def _options(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]
