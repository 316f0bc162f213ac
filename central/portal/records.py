"""Estadísticas → Consulta de registros, and the page of one record.

The address has the filter, so that a search can be kept and sent on. What names a person is sent by
POST and lies sealed in the session's row; the address has a mark in its place that nobody else can
use.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.portal import saved_filter
from central.portal.forms import RecordFilterForm, order_of
from central.portal.labels import STATES
from central.portal.reasons import CHOICES, explain, explain_code
from central.portal.visitor import (
    own_aspirantes,
    own_solicitudes,
    principal,
)
from central.reports import records
from central.reports.record_filter import RecordFilter
from central.reports.record_order import OrderBy
from central.review import contest
from central.review.contest import Candidate
from central.services import services
from domain.apoyo import SituacionRegistral

bp = Blueprint("records", __name__, url_prefix="/records")


@bp.get("")
@requires(Permission.SEE_OWN_RECORDS)
def show() -> ResponseReturnValue:
    """Show one page of the records that pass the filter of the address."""
    form, names_lost = form_of_address()
    return _page(form, names_lost=names_lost), 422 if form.errors else 200


@bp.post("")
@requires(Permission.SEE_OWN_RECORDS)
def search() -> ResponseReturnValue:
    """Put a filter into an address, but for its names; with a mistake, show the form again."""
    form = RecordFilterForm.parse(request.form)
    if form.errors:
        return _page(form), 422
    mark = saved_filter.write(services(), principal().session_id, form.wanted)
    services().session.commit()
    order = str(order_of(request.form.get("order", "")))
    return redirect(url_for("records.show", **_address(form, order, mark)), 303)


@bp.get("/<folio>")
@requires(Permission.SEE_OWN_RECORDS)
def detail(folio: str) -> ResponseReturnValue:
    """Show one record; a record of somebody else is not found, as one that does not exist."""
    session = services().session
    record = records.detail(session, own_aspirantes(), folio, services().citizens)
    return render_template(
        "portal/record.html",
        record=record,
        explanations=explain(record.row.state, record.reasons),
        candidate=candidates([folio])[folio],
        back=_search_before(),
    )


@bp.get("/<folio>/receipt")
@requires(Permission.SEE_OWN_RECORDS)
def receipt(folio: str) -> ResponseReturnValue:
    """Give the receipt that the centre signed, as a file."""
    jws = records.receipt(services().session, own_aspirantes(), folio)
    answer = Response(jws + "\n", mimetype="application/jose")
    answer.headers["Content-Disposition"] = f'attachment; filename="acuse-{folio}.jws"'
    return answer


def form_of_address() -> tuple[RecordFilterForm, bool]:
    """Read the filter of the address; say whether names belonged to it that are not here."""
    mark = request.args.get("names", "")
    names = saved_filter.read(services(), principal().session_id, mark) if mark else None
    return RecordFilterForm.of_address(request.args, names), bool(mark) and names is None


def candidates(folios: Sequence[str]) -> dict[str, Candidate]:
    """Say of some own records whether they may be contested."""
    now = services().clock.now()
    found = contest.judge(services().session, own_aspirantes(), folios, now=now)
    return {one.folio_registro: one for one in found}


def _page(form: RecordFilterForm, *, names_lost: bool = False) -> str:
    session = services().session
    own = own_aspirantes()
    order = order_of(request.values.get("order", ""))
    page = None
    if not form.errors and not names_lost:
        page = records.search(
            session,
            own,
            form.wanted,
            services().citizens,
            order=order,
            before=request.args.get("before"),
            after=request.args.get("after"),
        )
    solicitudes = own_solicitudes()
    return render_template(
        "portal/records.html",
        form=form,
        page=page,
        names_lost=names_lost,
        here=_address(form, str(order), request.args.get("names", "")),
        order=order,
        orders=tuple(OrderBy),
        candidates=candidates([row.folio_registro for row in page.rows] if page else []),
        zones={solicitud.folio: solicitud.time_zone for solicitud in solicitudes},
        solicitudes=solicitudes,
        folios=_options(solicitud.folio for solicitud in solicitudes),
        kinds=_options(records.process_kinds(session, own)),
        situaciones=_options(case.value for case in SituacionRegistral),
        motivos=_options(records.motivos_baja(session)),
        states=[(state.value, label.name) for state, label in STATES.items()],
        reasons=[(code, explain_code(code).sentence) for code in CHOICES],
    )


def _address(form: RecordFilterForm, order: str, mark: str) -> dict[str, Any]:
    """Give the parts of the address of a search; what is usual is left out."""
    parts: dict[str, Any] = dict(form.address)
    if order != "-received":
        parts["order"] = order
    if mark and form.wanted != RecordFilter() and form.wanted.names_somebody:
        parts["names"] = mark
    return parts


def _search_before() -> str:
    """Give the search that led here, with its filter; else the empty one."""
    before = request.referrer or ""
    start = request.host_url.rstrip("/") + url_for("records.show")
    return before if before == start or before.startswith(f"{start}?") else url_for("records.show")


def _options(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]
