"""Auxiliares/Gestores → Consulta, the page of one auxiliar, and what is done with one.

Auxiliares are people, too: what somebody searches for is sent by POST and stands sealed in the
address, for this session alone; no history, bookmark or log of a proxy holds a name.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.portal.auxiliar_filter import AuxiliarFilterForm
from central.portal.auxiliar_texts import ACTORS, EVENTS, STEP_DONE, STEPS, step_sentence
from central.portal.charts import Box, partition_bar
from central.portal.visitor import chosen_solicitud, own_aspirantes, own_solicitudes, principal
from central.reports.auxiliar_detail import AuxiliarDetail, auxiliar_detail
from central.reports.auxiliar_figures import Figures
from central.reports.auxiliares import imported_files, search
from central.reports.medians import Measure, measure_of
from central.roster import life
from central.roster.life import Step
from central.services import services
from domain.apoyo import Partition, State

bp = Blueprint("auxiliares", __name__, url_prefix="/auxiliares")


@bp.get("")
@requires(Permission.SEE_OWN_AUXILIARES)
def show() -> ResponseReturnValue:
    """Show one page of the auxiliares that pass the filter in the address."""
    parts, chosen = services(), chosen_solicitud()
    form = AuxiliarFilterForm.of(request.args, parts.secrets, principal().session_id)
    page = search(
        parts.session,
        chosen.aspirante_id,
        form.wanted,
        order=form.order,
        is_reversed=form.is_reversed,
        before=request.args.get("before"),
        after=request.args.get("after"),
    )
    return render_template(
        "portal/auxiliares.html",
        chosen=chosen,
        solicitudes=own_solicitudes(),
        form=form,
        page=page,
        files=imported_files(parts.session, chosen.aspirante_id),
    )


@bp.post("")
@requires(Permission.SEE_OWN_AUXILIARES)
def look_up() -> ResponseReturnValue:
    """Turn a filter into an address that names nobody."""
    session_id = principal().session_id
    arguments: Any = AuxiliarFilterForm.address(request.form, services().secrets, session_id)
    folio = chosen_solicitud().folio
    return redirect(url_for("auxiliares.show", solicitud=folio, **arguments), 303)


@bp.get("/<id_auxiliar>")
@requires(Permission.SEE_OWN_AUXILIARES)
def detail(id_auxiliar: str) -> ResponseReturnValue:
    """Show one auxiliar; one of somebody else is not found, as one that does not exist."""
    session = services().session
    shown = auxiliar_detail(session, own_aspirantes(), id_auxiliar)
    person = life.find_own(session, own_aspirantes(), id_auxiliar)
    return render_template(
        "portal/auxiliar.html",
        shown=shown,
        steps=life.steps(person),
        parts=_parts(shown.figures),
        mix=[(state, shown.figures.counts.get(state, 0), _usual(shown, state)) for state in State],
        Measure=Measure,
        EVENTS=EVENTS,
        ACTORS=ACTORS,
    )


@bp.get("/<id_auxiliar>/<any(invite, deactivate, reactivate):step>")
@requires(Permission.EDIT_OWN_AUXILIARES)
def confirm(id_auxiliar: str, step: str) -> ResponseReturnValue:
    """Say what a step means and ask for it."""
    person = life.find_own(services().session, own_aspirantes(), id_auxiliar)
    return render_template(
        "portal/auxiliar_step.html",
        person=person,
        step=step,
        labels=STEPS[Step(step)],
        is_possible=Step(step) in life.steps(person),
    )


@bp.post("/<id_auxiliar>/<any(invite, deactivate, reactivate):step>")
@requires(Permission.EDIT_OWN_AUXILIARES)
def take(id_auxiliar: str, step: str) -> ResponseReturnValue:
    """Take a step, and say what became of it on the page of the auxiliar."""
    parts = services()
    person = life.find_own(parts.session, own_aspirantes(), id_auxiliar, locked=True)
    refusal = life.take(
        parts.session,
        person,
        Step(step),
        now=parts.clock.now(),
        made_by=f"user:{principal().user_id}",
    )
    parts.session.commit()
    if refusal is None:
        flash(str(STEP_DONE[Step(step)]))
    else:
        flash(step_sentence(refusal), "warn")
    return redirect(url_for("auxiliares.detail", id_auxiliar=id_auxiliar), 303)


def _usual(shown: AuxiliarDetail, state: State) -> int | None:
    measure = measure_of(state)
    return None if measure is None else shown.medians.get(measure)


def _parts(figures: Figures) -> tuple[Box, ...]:
    return partition_bar(Partition(figures.counts, figures.sent))
