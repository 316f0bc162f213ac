"""Front and back of the credential: preview, burst, and another attempt."""

from __future__ import annotations

import logging

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from device.capture.session import Shooting, Step
from device.kiosk import answers
from device.kiosk.answers import at_step, signed_in
from device.kiosk.services import kiosk
from domain.credential.fields import Side

log = logging.getLogger(__name__)

bp = Blueprint("sides", __name__, url_prefix="/capture")


@bp.get("/front")
@at_step(Step.FRONT)
def front() -> ResponseReturnValue:
    """Show the preview for the front."""
    return _page(Side.FRONT)


@bp.get("/back")
@at_step(Step.BACK)
def back() -> ResponseReturnValue:
    """Show the preview for the back."""
    return _page(Side.BACK)


@bp.post("/<any(front, back):side>/shoot")
@signed_in
def shoot(side: str) -> ResponseReturnValue:
    """Take a burst and read it."""
    shot = kiosk().desk.shoot(Side(side))
    log.info(
        "side.shot side=%s automatic=%d accepted=%d attempt=%d",
        side,
        request.form.get("auto") == "1",
        shot.is_accepted,
        shot.attempt,
    )
    case = kiosk().desk.case
    return answers.go_on(
        accepted=shot.is_accepted,
        reasons=list(shot.reasons),
        attempts=shot.attempt,
        may_keep=isinstance(case, Shooting) and case.may_keep,
    )


@bp.post("/<any(front, back):side>/keep")
@signed_in
def keep(side: str) -> ResponseReturnValue:
    """Go on with the last photo."""
    kiosk().desk.keep(Side(side))
    return answers.go_on()


def _page(side: Side) -> ResponseReturnValue:
    case = kiosk().desk.case
    if not isinstance(case, Shooting):
        abort(409)
    return render_template(
        "side.html", side=side.value, shooting=case, automatic=kiosk().guide.automatic
    )
