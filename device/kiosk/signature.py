"""The signature pad, and the way on for a person who cannot sign."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from device.capture.session import AwaitingSignature, Step
from device.capture.signature import MIN_EXTENT, MIN_INK, UNSIGNED_REASONS
from device.kiosk import answers
from device.kiosk.answers import at_step, signed_in
from device.kiosk.services import kiosk

bp = Blueprint("signature", __name__, url_prefix="/capture/signature")


@bp.get("")
@at_step(Step.SIGNATURE)
def page() -> ResponseReturnValue:
    """Show the pad."""
    return render_template("signature.html", min_ink=MIN_INK, min_extent=MIN_EXTENT)


@bp.post("")
@signed_in
def sign() -> ResponseReturnValue:
    """Take the strokes."""
    kiosk().desk.sign(request.form.get("strokes", ""))
    return answers.go_on()


@bp.get("/unable")
@at_step(Step.SIGNATURE)
def unable() -> ResponseReturnValue:
    """Ask why the person cannot sign, and say what happens instead."""
    case = kiosk().desk.case
    if not isinstance(case, AwaitingSignature):
        abort(409)
    return render_template(
        "unsigned.html", allowed=case.process.unsigned_allowed, reasons=UNSIGNED_REASONS
    )


@bp.post("/unable")
@signed_in
def decline() -> ResponseReturnValue:
    """Go on without a signature, for a reason."""
    kiosk().desk.go_on_unsigned(request.form.get("reason", ""))
    return answers.go_on()


@bp.post("/again")
@signed_in
def again() -> ResponseReturnValue:
    """Go back to the pad."""
    kiosk().desk.sign_again()
    return answers.go_on()
