"""The last look, the seal, and *guardado*."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from device.capture.gathered import shown_value
from device.capture.session import Reviewing, Sealed, Step
from device.capture.signature import Unsigned
from device.kiosk import answers, slip
from device.kiosk.answers import at_step, signed_in
from device.kiosk.services import kiosk
from domain.citizen_code import grouped

bp = Blueprint("summary", __name__, url_prefix="/capture")

SHOWN = ("nombres", "apellido_paterno", "apellido_materno", "clave_elector", "seccion")


@bp.get("/summary")
@at_step(Step.SUMMARY)
def page() -> ResponseReturnValue:
    """Show everything that will be sealed."""
    case = kiosk().desk.case
    if not isinstance(case, Reviewing):
        abort(409)
    shown = {name: shown_value(case.fields[name].value) for name in SHOWN if name in case.fields}
    unsigned = case.signature.reason if isinstance(case.signature, Unsigned) else None
    return render_template("summary.html", shown=shown, reviewing=case, unsigned=unsigned)


@bp.post("/seal")
@signed_in
def seal() -> ResponseReturnValue:
    """Seal; the answer is sent after the seal's last commit returned, and not before."""
    sealed = kiosk().desk.seal()
    slip.begin_once(sealed)
    return answers.go_on(folio=sealed.folio, link=sealed.link)


@bp.get("/done")
@at_step(Step.SEALED)
def done() -> ResponseReturnValue:
    """Say *guardado*, with the folio."""
    case = kiosk().desk.case
    if not isinstance(case, Sealed):
        abort(409)
    return render_template(
        "done.html", folio=case.folio, code=grouped(case.code), slip=slip.described(case)
    )
