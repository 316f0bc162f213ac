"""Auxiliares/Gestores → importing a file: upload, dry run, import, progress, taking back."""

from typing import Literal

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.models import AuxiliarBatch, BatchState
from central.portal.bodies import accepts_bytes
from central.portal.file_texts import (
    field_label,
    kinds,
    refusal_sentence,
    remark_sentence,
    remarked,
)
from central.portal.headers import with_script
from central.portal.visitor import chosen_solicitud, own_aspirantes, own_solicitudes, principal
from central.reports.advance import Solicitud
from central.roster.aspirantes import find_aspirante
from central.roster.files import batches, undoing, writer
from central.roster.files.checking import Choice, page_of
from central.roster.files.columns import TITLES
from central.roster.files.limits import Limits
from central.roster.files.refusals import Cause, Refusal
from central.roster.files.sealed import PURPOSE
from central.roster.registration import CLAVE_PURPOSE, settings_of
from central.services import services

bp = Blueprint("files", __name__, url_prefix="/auxiliares/files")

# What an uploaded file may have at most, whatever it is.
_UPLOAD_BYTES = Limits().upload_bytes
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Seconds between two looks at the people of a file that are being asked for and invited.
_RENEW_S = 4


@bp.get("")
@requires(Permission.EDIT_OWN_AUXILIARES)
def show() -> ResponseReturnValue:
    """Show the form to upload a file, the rules in short, and the files given before."""
    return _form(None), 200


@bp.post("")
@requires(Permission.EDIT_OWN_AUXILIARES)
@accepts_bytes(_UPLOAD_BYTES)
def upload() -> ResponseReturnValue:
    """Read a file and show its dry run, or the form again with why it cannot be read."""
    chosen, given = chosen_solicitud(), request.files.get("file")
    if given is None or not given.filename:
        return _form(Refusal(Cause.NO_FILE)), 422
    outcome = batches.check_file(
        services().session,
        chosen.aspirante_id,
        given.read(),
        user_id=principal().user_id,
        limits=_limits(),
        keys=_keys(),
        now=services().clock.now(),
    )
    if isinstance(outcome, Refusal):
        return _form(outcome), 422
    return redirect(url_for(".follow", token=outcome.token), 303)


@bp.get("/template.<any(csv, xlsx):kind>")
@requires(Permission.EDIT_OWN_AUXILIARES)
def template(kind: Literal["csv", "xlsx"]) -> ResponseReturnValue:
    """Give the template to fill in."""
    content = writer.template_csv() if kind == "csv" else writer.template_workbook()
    return _download(content, kind, "plantilla-auxiliares")


@bp.get("/<uuid:token>")
@requires(Permission.EDIT_OWN_AUXILIARES)
def follow(token: object) -> ResponseReturnValue:
    """Show what became of a file: its dry run, the progress of its people, or its end."""
    batch = _batch(token)
    file = batches.rows_of(batch, _keys())
    shown = None
    if file is not None:
        choice = request.args.get("show", type=Choice) or Choice.of(file)
        shown = page_of(file, choice, after=request.args.get("after", 0, type=int))
    with_script()
    return render_template(
        "portal/file.html",
        solicitud=_solicitud_of(batch),
        batch=batch,
        file=file,
        page=shown,
        kinds=[] if file is None else kinds(file),
        progress=batches.progress(services().session, batch),
        asks_register=_asks_register(_solicitud_of(batch).folio),
        renew_s=_RENEW_S,
        is_outdated="outdated" in request.args,
        TITLES=TITLES,
        field_label=field_label,
        remark_sentence=remark_sentence,
    )


@bp.get("/<uuid:token>/corrected.<any(csv, xlsx):kind>")
@requires(Permission.EDIT_OWN_AUXILIARES)
def corrected(token: object, kind: Literal["csv", "xlsx"]) -> ResponseReturnValue:
    """Give the file back with what was put right, and what is wrong beside each row."""
    file = batches.rows_of(_batch(token), _keys())
    if file is None:
        return redirect(url_for(".follow", token=token), 303)
    titles, rows = remarked(file, wrong_only=request.args.get("rows") == "wrong")
    write = writer.remarked_csv if kind == "csv" else writer.remarked_workbook
    return _download(write(titles, rows), kind, "auxiliares-por-corregir")


@bp.post("/<uuid:token>/import")
@requires(Permission.EDIT_OWN_AUXILIARES)
def import_good(token: object) -> ResponseReturnValue:
    """Let the good rows in, all of them or nobody."""
    is_in = batches.import_good(
        services().session,
        _batch(token),
        user_id=principal().user_id,
        keys=_keys(),
        now=services().clock.now(),
    )
    return redirect(url_for(".follow", token=token, outdated=None if is_in else ""), 303)


@bp.post("/<uuid:token>/discard")
@requires(Permission.EDIT_OWN_AUXILIARES)
def discard(token: object) -> ResponseReturnValue:
    """Forget the rows that were not imported."""
    batch = _batch(token)
    batches.discard(
        services().session, batch, user_id=principal().user_id, now=services().clock.now()
    )
    return redirect(url_for(".show", solicitud=_solicitud_of(batch).folio), 303)


@bp.get("/<uuid:token>/undo")
@requires(Permission.EDIT_OWN_AUXILIARES)
def ask_undo(token: object) -> ResponseReturnValue:
    """Say in numbers what taking a file back does, and ask."""
    batch = _batch(token)
    if batch.state is not BatchState.IMPORTED:
        return redirect(url_for(".follow", token=token), 303)
    return render_template(
        "portal/file_undo.html",
        solicitud=_solicitud_of(batch),
        batch=batch,
        undoing=undoing.foresee(services().session, batch),
    )


@bp.post("/<uuid:token>/undo")
@requires(Permission.EDIT_OWN_AUXILIARES)
def undo(token: object) -> ResponseReturnValue:
    """Take a file back."""
    undoing.undo(
        services().session,
        _batch(token),
        user_id=principal().user_id,
        now=services().clock.now(),
    )
    return redirect(url_for(".follow", token=token), 303)


def _form(refusal: Refusal | None) -> str:
    chosen = chosen_solicitud()
    listed, before = batches.list_batches(
        services().session, chosen.aspirante_id, before=request.args.get("before")
    )
    with_script()
    return render_template(
        "portal/files.html",
        chosen=chosen,
        solicitudes=own_solicitudes(),
        limits=_limits(),
        asks_register=_asks_register(chosen.folio),
        refusal=None if refusal is None else refusal_sentence(refusal),
        batches=listed,
        before=before,
        TITLES=TITLES,
    )


def _asks_register(folio: str) -> bool:
    return settings_of(find_aspirante(services().session, folio)).register_check


def _batch(token: object) -> AuxiliarBatch:
    return batches.find_batch(services().session, own_aspirantes(), str(token))


def _solicitud_of(batch: AuxiliarBatch) -> Solicitud:
    return next(one for one in own_solicitudes() if one.aspirante_id == batch.aspirante_id)


def _limits() -> Limits:
    return Limits(rows=services().config.portal.file_rows)


def _keys() -> batches.Keys:
    parts = services()
    return batches.Keys(
        files=parts.sealer(PURPOSE),
        claves=parts.sealer(CLAVE_PURPOSE),
        register_secret=parts.secrets.random("register"),
    )


def _download(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, content_type=_TYPES[kind], headers=headers)
