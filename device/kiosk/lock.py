"""The lock of a station that is left alone, and the word that somebody is still there."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from device.kiosk import answers, preferences
from device.kiosk.answers import signed_in
from device.kiosk.services import kiosk

bp = Blueprint("lock", __name__)


@bp.get("/locked")
def page() -> ResponseReturnValue:
    """Ask the auxiliar back."""
    waiting = kiosk().desk.locked_out
    if waiting is None or not answers.is_locked():
        return redirect(url_for("start.page"), 303)
    return render_template("locked.html", waiting=waiting)


@bp.post("/lock")
@signed_in
def lock() -> ResponseReturnValue:
    """Lock the station; an open visit is wiped."""
    kiosk().desk.lock()
    if answers.wants_json():
        return answers.go_on()
    return redirect(url_for(".page"), 303)


@bp.post("/unlock")
def unlock() -> ResponseReturnValue:
    """Let the auxiliar of the locked session in again, at the start page."""
    here = kiosk().desk.unlock(request.form.get("password", ""))
    # A cookie from before must not be one after.
    preferences.keep_through_sign_in()
    session["auxiliar_session"] = here.session
    return answers.go_on()


@bp.route("/presence", methods=["GET", "POST"])
@signed_in
def presence() -> ResponseReturnValue:
    """Say how long an untouched station keeps its screen; a POST says that somebody is there."""
    desk = kiosk().desk
    if request.method == "POST":
        desk.stay()
    return jsonify({"left_s": desk.left_s()})
