"""The signature pad."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from device.capture.session import Step
from device.kiosk import answers
from device.kiosk.answers import at_step, signed_in
from device.kiosk.services import kiosk

bp = Blueprint("signature", __name__, url_prefix="/capture/signature")


@bp.get("")
@at_step(Step.SIGNATURE)
def page() -> ResponseReturnValue:
    """Show the pad."""
    return render_template("signature.html")


@bp.post("")
@signed_in
def sign() -> ResponseReturnValue:
    """Take the strokes."""
    kiosk().desk.sign(request.form.get("strokes", ""))
    return answers.go_on()


@bp.post("/again")
@signed_in
def again() -> ResponseReturnValue:
    """Go back to the pad."""
    kiosk().desk.sign_again()
    return answers.go_on()
