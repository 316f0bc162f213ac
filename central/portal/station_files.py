"""Fifty stations from one file: dry run, what is wrong by row and column, and what goes in."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from central.accounts.permissions import Permission, requires
from central.intake import claims
from central.portal.bodies import accepts_bytes
from central.portal.station_texts import refused, remark_sentence
from central.portal.visitor import principal
from central.roster import station_file
from central.roster.files.refusals import Cause, Refusal
from central.roster.processes import find_process
from central.roster.station_file import LIMITS, TITLES, Column, StationFile
from central.services import services

bp = Blueprint("station_files", __name__, url_prefix="/staff/stations/file")


@bp.get("")
@requires(Permission.MANAGE_STATIONS)
def show() -> ResponseReturnValue:
    """Show the form to upload a file."""
    return _page(None, None)


@bp.post("")
@requires(Permission.MANAGE_STATIONS)
@accepts_bytes(LIMITS.text_bytes)
def upload() -> ResponseReturnValue:
    """Show what would go in, what is there already, and what is wrong; nothing is changed."""
    given = request.files.get("file")
    content = given.read() if given is not None and given.filename else b""
    if not content:
        return _page(None, Refusal(Cause.NO_FILE))
    found = station_file.check_file(services().session, content)
    return _page(None, found) if isinstance(found, Refusal) else _page(found, None)


@bp.get("/template.csv")
@requires(Permission.MANAGE_STATIONS)
def template() -> ResponseReturnValue:
    """Give the titles to fill in."""
    return _csv(station_file.template_csv(), "plantilla-estaciones")


@bp.post("/import")
@requires(Permission.MANAGE_STATIONS)
@accepts_bytes(LIMITS.text_bytes)
def import_good() -> ResponseReturnValue:
    """Register the good rows of the dry run, which are read and compared once more."""
    parts = services()
    found = station_file.check_file(parts.session, request.form.get("rows", "").encode())
    if isinstance(found, Refusal):
        return _page(None, found)
    for row in found.good:
        claims.register(
            parts.session,
            id_dispositivo=row.values[Column.ID],
            process=find_process(parts.session, row.values[Column.PROCESS]),
            site=row.values[Column.SITE],
            serial=row.values[Column.SERIAL],
            now=parts.clock.now(),
            made_by=f"user:{principal().user_id}",
        )
    parts.session.commit()
    count = len(found.good)
    flash(ngettext("%(num)s station was registered.", "%(num)s stations were registered.", count))
    return redirect(url_for("stations.show", state="claimed"), 303)


@bp.post("/corrected")
@requires(Permission.MANAGE_STATIONS)
@accepts_bytes(LIMITS.text_bytes)
def corrected() -> ResponseReturnValue:
    """Give the wrong rows back, with what to correct beside each."""
    found = station_file.check_file(services().session, request.form.get("rows", "").encode())
    if isinstance(found, Refusal):
        return _page(None, found)
    rows = [(row, " ".join(map(remark_sentence, row.remarks))) for row in found.wrong]
    return _csv(station_file.corrected_csv(rows), "estaciones-por-corregir")


def _page(found: StationFile | None, refusal: Refusal | None) -> ResponseReturnValue:
    page = render_template(
        "portal/station_file.html",
        found=found,
        refusal=None if refusal is None else refused(refusal),
        good="" if found is None else station_file.as_csv(found.good),
        wrong="" if found is None else station_file.as_csv(found.wrong),
        remark_sentence=remark_sentence,
        COLUMNS=tuple(Column),
        TITLES=TITLES,
        limits=LIMITS,
    )
    return page, 422 if refusal is not None else 200


def _csv(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)
