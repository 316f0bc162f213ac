"""The notice, and the person's consent."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from device.capture.errors import WrongStepError
from device.capture.session import AwaitingConsent, Step
from device.kiosk import answers, preferences
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
    kiosk().desk.agree(language=preferences.current()["language"])
    return answers.go_on()


@bp.post("/decline")
@signed_in
def decline() -> ResponseReturnValue:
    """End the visit of a person who does not agree; nothing of it is kept."""
    desk = kiosk().desk
    if not isinstance(desk.case, AwaitingConsent):
        raise WrongStepError("the visit is not at the notice")
    desk.cancel(reason="declined")
    desk.clear()
    if not answers.wants_json():
        flash(_("Nothing was kept. Thank the person for their time."), "info")
    return answers.go_on()
