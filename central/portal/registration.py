"""Auxiliares/Gestores → Registro: one auxiliar by the form, and the correction of one."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from central.accounts.permissions import Permission, requires
from central.models import Auxiliar
from central.portal.auxiliar_texts import step_sentence
from central.portal.registration_form import RegistrationForm
from central.portal.visitor import chosen_solicitud, own_aspirantes, own_solicitudes, principal
from central.reports.advance import Solicitud
from central.reports.solicitud import solicitud_detail
from central.roster.aspirantes import find_aspirante
from central.roster.life import Step, find_own, steps
from central.roster.life import correct as correct_auxiliar
from central.roster.registration import CLAVE_PURPOSE, lock_places, register_all, settings_of
from central.services import services

bp = Blueprint("registration", __name__, url_prefix="/auxiliares")


@bp.get("/new")
@requires(Permission.EDIT_OWN_AUXILIARES)
def show() -> ResponseReturnValue:
    """Show the empty form."""
    return _page(RegistrationForm.empty(), chosen_solicitud())


@bp.post("/new")
@requires(Permission.EDIT_OWN_AUXILIARES)
def register() -> ResponseReturnValue:
    """Register one auxiliar; with a mistake or a doubt, show the form again as it was typed."""
    parts, chosen = services(), chosen_solicitud()
    aspirante = find_aspirante(parts.session, chosen.folio)
    form = RegistrationForm.parse(
        request.form,
        today=_today(chosen.time_zone),
        needs_clave=settings_of(aspirante).register_check,
    )
    if form.codes or form.is_to_be_confirmed:
        return _page(form, chosen), 422
    done = register_all(
        parts.session,
        aspirante,
        [form.candidate],
        batch_id=None,
        now=parts.clock.now(),
        made_by=f"user:{principal().user_id}",
        sealer=parts.sealer(CLAVE_PURPOSE),
        register_secret=parts.secrets.random("register"),
    )
    if done.refused:
        return _page(form.with_codes(done.refused[0]), chosen), 422
    parts.session.commit()
    flash(_("The auxiliar is registered."))
    return redirect(url_for("auxiliares.detail", id_auxiliar=done.added[0]), 303)


@bp.get("/<id_auxiliar>/correct")
@requires(Permission.EDIT_OWN_AUXILIARES)
def show_correction(id_auxiliar: str) -> ResponseReturnValue:
    """Show the form with what was entered of one auxiliar."""
    person = find_own(services().session, own_aspirantes(), id_auxiliar)
    if Step.CORRECT not in steps(person):
        return _too_late(id_auxiliar)
    return _correction(RegistrationForm.of(person), person)


@bp.post("/<id_auxiliar>/correct")
@requires(Permission.EDIT_OWN_AUXILIARES)
def correct(id_auxiliar: str) -> ResponseReturnValue:
    """Correct one auxiliar who has not activated."""
    parts = services()
    seen = find_own(parts.session, own_aspirantes(), id_auxiliar)
    # The places before the row, as everybody takes them.
    lock_places(parts.session, seen.aspirante.process_id)
    person = find_own(parts.session, own_aspirantes(), id_auxiliar, locked=True)
    if Step.CORRECT not in steps(person):
        return _too_late(id_auxiliar)
    today = _today(person.aspirante.process.time_zone)
    form = RegistrationForm.parse(request.form, today=today, needs_clave=False)
    if form.codes or form.is_to_be_confirmed:
        return _correction(form, person), 422
    refused = correct_auxiliar(
        parts.session,
        person,
        form.candidate,
        now=parts.clock.now(),
        made_by=f"user:{principal().user_id}",
        sealer=parts.sealer(CLAVE_PURPOSE),
        register_secret=parts.secrets.random("register"),
    )
    if refused:
        return _correction(form.with_codes(refused), person), 422
    parts.session.commit()
    flash(_("The correction is saved."))
    return redirect(url_for("auxiliares.detail", id_auxiliar=id_auxiliar), 303)


def _too_late(id_auxiliar: str) -> ResponseReturnValue:
    flash(step_sentence("auxiliar.no_correct"), "warn")
    return redirect(url_for("auxiliares.detail", id_auxiliar=id_auxiliar), 303)


def _page(form: RegistrationForm, chosen: Solicitud) -> str:
    session = services().session
    return render_template(
        "portal/registration.html",
        form=form,
        chosen=chosen,
        person=None,
        solicitudes=own_solicitudes(),
        detail=solicitud_detail(session, own_aspirantes(), chosen.folio),
        asks_register=settings_of(find_aspirante(session, chosen.folio)).register_check,
    )


def _correction(form: RegistrationForm, person: Auxiliar) -> str:
    folio = person.aspirante.folio_solicitud
    return render_template(
        "portal/registration.html",
        form=form,
        chosen=None,
        person=person,
        solicitudes=(),
        detail=solicitud_detail(services().session, own_aspirantes(), folio),
        asks_register=settings_of(person.aspirante).register_check,
    )


def _today(time_zone: str) -> date:
    return services().clock.now().astimezone(ZoneInfo(time_zone)).date()
