"""The page of a credential that the process does not accept: why, on what ground, what next."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from device.capture.session import Refused, Step
from device.kiosk.answers import at_step
from device.kiosk.services import kiosk
from device.kiosk.texts.refusals import REFUSALS

bp = Blueprint("refused", __name__, url_prefix="/capture")


@bp.get("/refused")
@at_step(Step.REFUSED)
def page() -> ResponseReturnValue:
    """Say why the visit ended without a record."""
    case = kiosk().desk.case
    if not isinstance(case, Refused):
        abort(409)
    said = REFUSALS[case.reason]
    return render_template("refused.html", said=said, ground=case.ground or said.ground)
