"""The authority's desk: the aspirantes of all processes, and their access to the portal."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from central.accounts.permissions import Permission, requires
from central.portal import saved_search
from central.portal.admission_form import THRESHOLDS, AdmissionForm, sentences, threshold_names
from central.portal.visitor import principal, staff_home
from central.reports.thresholds import make_threshold
from central.roster import admission, admitted
from central.services import services
from domain.entidades import ENTIDADES

bp = Blueprint("staff", __name__, url_prefix="/staff")

_MOST_SEARCH = 100


@bp.get("")
@requires(Permission.USE_STAFF_PAGES)
def home() -> ResponseReturnValue:
    """Lead to the first page that the person may open."""
    return redirect(staff_home(principal()), 303)


@bp.get("/aspirantes")
@requires(Permission.ADMIT_ASPIRANTES)
def show() -> ResponseReturnValue:
    """List the aspirantes of all processes that pass the saved search."""
    parts = services()
    search = saved_search.read(parts, principal().session_id)
    page = admitted.page(
        parts.session, search=search, after=request.args.get("after"), now=parts.clock.now()
    )
    return render_template("portal/staff_aspirantes.html", page=page, search=search)


@bp.post("/aspirantes/search")
@requires(Permission.ADMIT_ASPIRANTES)
def search() -> ResponseReturnValue:
    """Keep a search and show what passes it; an empty one shows all."""
    text = request.form.get("text", "").strip()[:_MOST_SEARCH]
    saved_search.write(services(), principal().session_id, text)
    services().session.commit()
    return redirect(url_for(".show"), 303)


@bp.get("/aspirantes/new")
@requires(Permission.ADMIT_ASPIRANTES)
def new() -> ResponseReturnValue:
    """Show the empty form."""
    return _form_page(AdmissionForm.empty(), {}, None)


@bp.post("/aspirantes/new")
@requires(Permission.ADMIT_ASPIRANTES)
def add() -> ResponseReturnValue:
    """Register an aspirante, or show what is wrong."""
    return _admit(None)


@bp.get("/aspirantes/<folio>")
@requires(Permission.ADMIT_ASPIRANTES)
def detail(folio: str) -> ResponseReturnValue:
    """Show one aspirante: request, access, letter, and who did what."""
    parts = services()
    one = admitted.one(parts.session, folio, now=parts.clock.now())
    return render_template("portal/staff_aspirante.html", one=one, THRESHOLDS=THRESHOLDS)


@bp.get("/aspirantes/<folio>/change")
@requires(Permission.ADMIT_ASPIRANTES)
def edit(folio: str) -> ResponseReturnValue:
    """Show the form with what was registered."""
    parts = services()
    one = admitted.one(parts.session, folio, now=parts.clock.now())
    return _form_page(AdmissionForm.of(one), {}, folio)


@bp.post("/aspirantes/<folio>/change")
@requires(Permission.ADMIT_ASPIRANTES)
def change(folio: str) -> ResponseReturnValue:
    """Change what was registered, or show what is wrong."""
    admitted.one(services().session, folio, now=services().clock.now())
    return _admit(folio)


@bp.post("/aspirantes/<folio>/access")
@requires(Permission.ADMIT_ASPIRANTES)
def set_access(folio: str) -> ResponseReturnValue:
    """Take the access to the portal away, or give it back."""
    active = request.form.get("active") == "yes"
    parts = services()
    admission.set_access(
        parts.session, folio, active=active, now=parts.clock.now(), made_by=_actor()
    )
    parts.session.commit()
    flash(
        _("The access is active again.") if active
        else _("The access has been deactivated, and every open session has ended.")
    )  # fmt: skip
    return redirect(url_for(".detail", folio=folio), 303)


@bp.post("/aspirantes/<folio>/request")
@requires(Permission.ADMIT_ASPIRANTES)
def set_request(folio: str) -> ResponseReturnValue:
    """Stop the request, or let it go on."""
    active = request.form.get("active") == "yes"
    parts = services()
    admission.set_request(
        parts.session, folio, active=active, now=parts.clock.now(), made_by=_actor()
    )
    parts.session.commit()
    flash(
        _("The request is active again. Stations hear of it with their next policy.") if active
        else _("The request has been deactivated. Stations hear of it with their next policy.")
    )  # fmt: skip
    return redirect(url_for(".detail", folio=folio), 303)


@bp.post("/aspirantes/<folio>/letter")
@requires(Permission.ADMIT_ASPIRANTES)
def send_letter(folio: str) -> ResponseReturnValue:
    """Send the letter with the access data again."""
    parts = services()
    admission.send_letter(parts.session, folio, now=parts.clock.now(), made_by=_actor())
    parts.session.commit()
    flash(_("A new letter is on its way. Once it leaves, the link of the last one is void."))
    return redirect(url_for(".detail", folio=folio), 303)


@bp.post("/aspirantes/<folio>/account")
@requires(Permission.ADMIT_ASPIRANTES)
def release_account(folio: str) -> ResponseReturnValue:
    """Part the person from their account, so that another one can be joined."""
    parts = services()
    admission.release_account(parts.session, folio, now=parts.clock.now(), made_by=_actor())
    parts.session.commit()
    flash(_("The account has been released, and a letter with a new link is on its way."))
    return redirect(url_for(".detail", folio=folio), 303)


def _admit(folio: str | None) -> ResponseReturnValue:
    parts = services()
    form = AdmissionForm.parse(request.form, admitted.processes(parts.session), folio=folio)
    if form.mistakes:
        return _form_page(form, form.mistakes, folio)
    result = admission.admit(
        parts.session,
        form.said,
        make_threshold,
        now=parts.clock.now(),
        made_by=_actor(),
        is_new=folio is None,
        letter=form.letter,
    )
    if isinstance(result, dict):
        return _form_page(form, result, folio)
    parts.session.commit()
    flash(_("The request has been registered.") if folio is None else _("The change is saved."))
    return redirect(url_for(".detail", folio=result.folio_solicitud), 303)


def _form_page(
    form: AdmissionForm, mistakes: admission.Mistakes, folio: str | None
) -> ResponseReturnValue:
    page = render_template(
        "portal/staff_aspirante_form.html",
        form=form,
        errors=sentences(mistakes),
        folio=folio,
        processes=admitted.processes(services().session),
        thresholds=threshold_names(),
        entidades=ENTIDADES,
    )
    return page, 422 if mistakes else 200


def _actor() -> str:
    return f"user:{principal().user_id}"
