"""The notice, and the person's consent."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from device.capture.errors import WrongStepError
from device.capture.session import AwaitingConsent, Step
from device.kiosk import answers
from device.kiosk.answers import at_step, signed_in
from device.kiosk.services import kiosk

bp = Blueprint("consent", __name__, url_prefix="/capture/consent")


@bp.get("")
@at_step(Step.CONSENT)
def page() -> ResponseReturnValue:
    """Show the notice of the process."""
    case = kiosk().desk.case
    assert isinstance(case, AwaitingConsent)
    return render_template("consent.html", process=case.process)


@bp.post("")
@signed_in
def agree() -> ResponseReturnValue:
    """Note that the person agreed."""
    if request.form.get("agree") != "1":
        raise WrongStepError("the person has not agreed")
    kiosk().desk.agree()
    return answers.go_on()
