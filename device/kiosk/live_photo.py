"""The live photo: preview, photo with its advice, and the auxiliar's decision."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from device.capture.session import AwaitingLivePhoto, Step
from device.kiosk import answers
from device.kiosk.answers import at_step, signed_in
from device.kiosk.services import kiosk

bp = Blueprint("live_photo", __name__, url_prefix="/capture/live-photo")


@bp.get("")
@at_step(Step.LIVE_PHOTO)
def page() -> ResponseReturnValue:
    """Show the latest photo; the preview while there is none, or when another one is wanted."""
    case = kiosk().desk.case
    if not isinstance(case, AwaitingLivePhoto):
        abort(409)
    return render_template(
        "live_photo.html",
        waiting=case,
        looks=case.photo is None or "again" in request.args,
        takes_itself=kiosk().guide.automatic and kiosk().desk.finds_faces,
    )


@bp.post("/shoot")
@signed_in
def shoot() -> ResponseReturnValue:
    """Take a photo."""
    photo = kiosk().desk.shoot_face()
    case = kiosk().desk.case
    return answers.go_on(
        codes=list(photo.codes),
        good=photo.is_good,
        may_accept=isinstance(case, AwaitingLivePhoto) and case.may_go_on,
    )


@bp.post("/accept")
@signed_in
def accept() -> ResponseReturnValue:
    """Go on with the photo shown; a bad one only after the attempts that the process asks for."""
    kiosk().desk.accept_face()
    return answers.go_on()
