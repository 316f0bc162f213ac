"""Into practice and out of it."""

from __future__ import annotations

from flask import Blueprint, redirect, session, url_for
from flask.typing import ResponseReturnValue

from device.capture.errors import WrongStepError
from device.capture.session import Open
from device.kiosk import answers
from device.kiosk.services import PRACTICE_COOKIE, whole_station

bp = Blueprint("practice", __name__, url_prefix="/practice")


@bp.post("/begin")
def begin() -> ResponseReturnValue:
    """Begin to practise at this browser; a real visit is finished or cancelled first."""
    station = whole_station()
    if answers.is_signed_in() and isinstance(station.desk.case, Open):
        raise WrongStepError("a visit goes on")
    session[PRACTICE_COOKIE] = station.practice.begin().session
    return answers.go_on()


@bp.post("/end")
def end() -> ResponseReturnValue:
    """Leave practice; nothing of it stays."""
    whole_station().practice.end()
    session.pop(PRACTICE_COOKIE, None)
    return redirect(url_for("start.page"), 303) if not answers.wants_json() else answers.go_on()
