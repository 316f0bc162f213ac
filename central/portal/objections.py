"""Inconformidades: contest rejected records, follow what becomes of it, look at open images."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.portal.bodies import accepts_bytes
from central.portal.formats import DEFAULT_ZONE
from central.portal.objection_forms import ObjectionForm
from central.portal.reasons import explain_code
from central.portal.records import form_of_address
from central.portal.visitor import own_aspirantes, own_solicitudes, principal
from central.reports import records
from central.review import contest, docket, objections
from central.review.attachments import MOST_BYTES, MOST_FILES
from central.review.contest import Candidate
from central.review.pictures import PICTURES, Viewer
from central.services import services

bp = Blueprint("objections", __name__, url_prefix="/objections")

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Selection:
    """What somebody wants to contest: chosen one by one, or all that pass a filter."""

    chosen: tuple[Candidate, ...]
    refused: tuple[Candidate, ...]
    is_whole_filter: bool
    names_lost: bool
    # More than one inconformidad takes; then none of them is looked at.
    has_too_many: bool
    most: int

    @property
    def is_mixed(self) -> bool:
        """Say whether it has records of several requests."""
        return len({one.aspirante_id for one in self.chosen}) > 1

    @property
    def can_be_sent(self) -> bool:
        """Say whether an inconformidad can be made of it."""
        return bool(self.chosen) and not self.has_too_many and not self.is_mixed


@bp.get("")
@requires(Permission.OBJECT_TO_REJECTIONS)
def show() -> ResponseReturnValue:
    """List the inconformidades, newest first."""
    page = docket.page(services().session, own_aspirantes(), after=request.args.get("after"))
    return render_template("portal/objections.html", page=page)


@bp.get("/new")
@requires(Permission.OBJECT_TO_REJECTIONS)
def draft() -> ResponseReturnValue:
    """Show what is to be contested, and ask why."""
    return _draft(_selection(), ObjectionForm())


@bp.post("/new")
@requires(Permission.OBJECT_TO_REJECTIONS)
@accepts_bytes(MOST_FILES * MOST_BYTES)
def submit() -> ResponseReturnValue:
    """Contest; when the records that pass the filter are others by now, show them first."""
    selection = _selection()
    form = ObjectionForm.parse(request.form, request.files.getlist("files"))
    has_changed = request.form.get("count", "") not in ("", str(len(selection.chosen)))
    if form.errors or has_changed or not selection.can_be_sent:
        return _draft(selection, form, has_changed=has_changed), 422
    parts = services()
    made = objections.submit(
        parts.session,
        own_aspirantes(),
        [one.folio_registro for one in selection.chosen],
        form.statement,
        form.files,
        user_id=principal().user_id,
        sealer=parts.sealer(objections.PURPOSE),
        documents=parts.documents,
        now=parts.clock.now(),
    )
    parts.session.commit()
    return redirect(url_for("objections.filed", objection=made.folio), 303)


@bp.get("/<objection>/filed")
@requires(Permission.OBJECT_TO_REJECTIONS)
def filed(objection: str) -> ResponseReturnValue:
    """Confirm with the folio, to be printed or written down."""
    return render_template("portal/objection_filed.html", objection=_detail(objection))


@bp.get("/<objection>")
@requires(Permission.OBJECT_TO_REJECTIONS)
def detail(objection: str) -> ResponseReturnValue:
    """Show one inconformidad with its records, and what was decided about each."""
    return render_template(
        "portal/objection.html",
        objection=_detail(objection, after=request.args.get("after")),
        now=services().clock.now(),
        explain_code=explain_code,
    )


@bp.post("/<objection>/withdraw")
@requires(Permission.OBJECT_TO_REJECTIONS)
def withdraw(objection: str) -> ResponseReturnValue:
    """Take an inconformidad back, as long as nothing of it is decided."""
    parts = services()
    objections.withdraw(
        parts.session,
        own_aspirantes(),
        objection,
        user_id=principal().user_id,
        now=parts.clock.now(),
    )
    parts.session.commit()
    return redirect(url_for("objections.detail", objection=objection), 303)


@bp.get("/<objection>/attachments/<token>")
@requires(Permission.OBJECT_TO_REJECTIONS)
def attachment(objection: str, token: str) -> ResponseReturnValue:
    """Give a file back as a download: what somebody sent is never shown as a page of ours."""
    parts = services()
    file, content = docket.attachment(
        parts.session,
        own_aspirantes(),
        objection,
        token,
        parts.sealer(objections.PURPOSE),
        parts.documents,
    )
    answer = Response(content, mimetype=file.media_type)
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{objection}-{token[:8]}.{file.extension}"'
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@bp.get("/<objection>/records/<folio>")
@requires(Permission.OBJECT_TO_REJECTIONS)
def record(objection: str, folio: str) -> ResponseReturnValue:
    """Show one contested record and, while they are open, one of its pictures."""
    session = services().session
    row, contested = docket.contested(session, own_aspirantes(), objection, folio)
    picture = request.args.get("picture")
    return render_template(
        "portal/objection_record.html",
        row=row,
        record=contested,
        reasons=[explain_code(code) for code in contested.reasons],
        pictures=PICTURES,
        picture=picture if picture in PICTURES else None,
        views=docket.views(session, objection, folio),
        now=services().clock.now(),
    )


@bp.get("/<objection>/records/<folio>/<picture>.jpg")
@requires(Permission.OBJECT_TO_REJECTIONS)
def picture(objection: str, folio: str, picture: str) -> ResponseReturnValue:
    """Give one picture with its watermark; each time the vault is asked anew."""
    who = principal()
    viewer = Viewer(who.user_id, who.name, own_aspirantes())
    return Response(
        services().pictures.show(viewer, objection, folio, picture), mimetype="image/jpeg"
    )


def _selection() -> Selection:
    session, now, own = services().session, services().clock.now(), own_aspirantes()
    bounds = contest.terms(session, own)
    most = min((one.hearing.most_records for one in bounds.values()), default=0)
    is_whole = request.values.get("all") == "1"
    names_lost = False
    if is_whole:
        form, names_lost = form_of_address()
        folios = (
            ()
            if names_lost or form.errors
            else records.folios(
                session,
                own,
                form.wanted,
                services().citizens,
                contest.may_be_contested(bounds.values(), now=now),
                limit=most + 1,
            )
        )
    else:
        folios = tuple(dict.fromkeys(request.values.getlist("folio")))[: most + 1]
    wanted = folios if len(folios) <= most else ()
    found = contest.judge(session, own, wanted, now=now)
    return Selection(
        chosen=tuple(one for one in found if one.obstacle is None),
        refused=tuple(one for one in found if one.obstacle is not None),
        is_whole_filter=is_whole,
        names_lost=names_lost,
        has_too_many=len(folios) > most,
        most=most,
    )


def _draft(selection: Selection, form: ObjectionForm, *, has_changed: bool = False) -> str:
    return render_template(
        "portal/objection_new.html",
        selection=selection,
        shown=selection.chosen[:_SHOWN],
        form=form,
        has_changed=has_changed,
        query=_query(),
        most_files=MOST_FILES,
        most_megabytes=MOST_BYTES // 1024 // 1024,
        explain_code=explain_code,
        zone=next((one.time_zone for one in own_solicitudes()), DEFAULT_ZONE),
    )


def _query() -> Mapping[str, str]:
    """Give the filter of the address, to be carried on; chosen folios are fields of the form."""
    return {name: text for name, text in request.args.items() if name != "folio"}


def _detail(folio: str, *, after: str | None = None) -> docket.ObjectionDetail:
    parts = services()
    return docket.detail(
        parts.session, own_aspirantes(), folio, parts.sealer(objections.PURPOSE), after=after
    )
