"""Estadísticas → Mis archivos: reports as files, their signatures, and the keys that check them."""

from collections.abc import Iterator

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from central.accounts.permissions import Permission, requires
from central.models import Export
from central.portal.headers import with_script
from central.portal.report_forms import parse_order
from central.portal.report_labels import EXPORT_FORMATS, EXPORT_KINDS, EXPORT_PROGRESS, GROUPINGS
from central.portal.visitor import chosen_solicitud, own_aspirantes, own_solicitudes, principal
from central.reports import exports
from central.reports.exports import SEALER_PURPOSE, Taken
from central.services import services
from wire.keys import fingerprint

bp = Blueprint("exports", __name__, url_prefix="/reports/files")

# What the centre signs for an aspirante: reports, and receipts with the checkpoints of their log.
_KEYS = ("reports", "receipts")
_MIMETYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "jsonl": "application/x-ndjson",
}


@bp.get("")
@requires(Permission.MAKE_OWN_REPORTS)
def show() -> ResponseReturnValue:
    """List one's own files, those in the making with their progress."""
    with_script()
    parts = services()
    page = exports.page(
        parts.session,
        own_aspirantes(),
        now=parts.clock.now(),
        older_than=request.args.get("older_than"),
    )
    return render_template(
        "portal/exports.html",
        page=page,
        chosen=chosen_solicitud(),
        solicitudes=own_solicitudes(),
        keep_days=parts.config.reports.keep_days,
        kinds=EXPORT_KINDS,
        formats=EXPORT_FORMATS,
        progress=EXPORT_PROGRESS,
        groupings=GROUPINGS,
        keys=[(name, fingerprint(parts.secrets.public_pem(name))) for name in _KEYS],
    )


@bp.post("")
@requires(Permission.MAKE_OWN_REPORTS)
def ask() -> ResponseReturnValue:
    """Ask for a file; the worker makes it."""
    parts = services()
    exports.ask(
        parts.session,
        parts.sealer(SEALER_PURPOSE),
        parse_order(request.form),
        aspirante_id=chosen_solicitud().aspirante_id,
        user_id=principal().user_id,
        now=parts.clock.now(),
        most_waiting=parts.config.reports.waiting,
    )
    parts.session.commit()
    flash(_("Your file is being prepared. You may leave: a letter says when it is ready."))
    return redirect(url_for("exports.show"), 303)


@bp.get("/<export>/file")
@requires(Permission.MAKE_OWN_REPORTS)
def download(export: str) -> ResponseReturnValue:
    """Send a file; the download is in the audit trail before its first byte leaves."""
    taken = _take(export, Taken.FILE)
    pieces: Iterator[bytes] = services().documents.pieces(taken.token)
    answer = Response(pieces, content_type=_MIMETYPES[taken.format])
    answer.headers["Content-Length"] = str(taken.size_bytes)
    return _as_file(answer, taken, "")


@bp.get("/<export>/signature")
@requires(Permission.MAKE_OWN_REPORTS)
def signature(export: str) -> ResponseReturnValue:
    """Send the signature of a file."""
    taken = _take(export, Taken.SIGNATURE)
    return _as_file(Response(taken.jws, content_type="application/jose"), taken, ".jws")


@bp.get("/keys/<key>.pub.pem")
def public_key(key: str) -> ResponseReturnValue:
    """Send a public key of the centre: anybody who has a file may check it."""
    if key not in _KEYS:
        abort(404)
    answer = Response(services().secrets.public_pem(key), content_type="application/x-pem-file")
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}.pub.pem"'
    return answer


def _take(token: str, what: Taken) -> Export:
    parts, mine, user_id = services(), own_aspirantes(), principal().user_id
    with parts.database.write() as session:
        return exports.take(session, mine, token, what, user_id=user_id, now=parts.clock.now())


def _as_file(answer: Response, taken: Export, ending: str) -> Response:
    name = f"acopio-{taken.kind}-{taken.aspirante.folio_solicitud}-{taken.token[:8]}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{taken.format}{ending}"'
    return answer
