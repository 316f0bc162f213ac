"""The live photo: preview, photo with its advice, and the auxiliar's decision."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from device.capture.session import AwaitingLivePhoto, Step
from device.kiosk import answers
from device.kiosk.answers import at_step, signed_in
from device.kiosk.services import kiosk

bp = Blueprint("live_photo", __name__, url_prefix="/capture/live-photo")


@bp.get("")
@at_step(Step.LIVE_PHOTO)
def page() -> ResponseReturnValue:
    """Show the preview, and the photo once there is one."""
    case = kiosk().desk.case
    if not isinstance(case, AwaitingLivePhoto):
        abort(409)
    return render_template("live_photo.html", waiting=case)


@bp.post("/shoot")
@signed_in
def shoot() -> ResponseReturnValue:
    """Take a photo."""
    photo = kiosk().desk.shoot_face()
    return answers.go_on(codes=list(photo.codes))


@bp.post("/accept")
@signed_in
def accept() -> ResponseReturnValue:
    """Go on with the photo shown."""
    kiosk().desk.accept_face()
    return answers.go_on()
