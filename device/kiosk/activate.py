"""Activation of an account: code, data, password; whoever does it is signed in afterwards."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from device.capture.activation import Activation, Opened
from device.capture.passwords import LEAST_CHARACTERS, STRONG_CHARACTERS
from device.kiosk import answers, preferences
from device.kiosk.services import whole_station
from device.network import Reach, read_reach

bp = Blueprint("activate", __name__, url_prefix="/activate")

_COOKIE = "activation"


@bp.get("")
def page() -> ResponseReturnValue:
    """Show the step at which the activation of this browser stands."""
    opened = _opened()
    if opened is None:
        reach = read_reach()
        return render_template("activate.html", reach=None if reach is Reach.PRESENT else reach)
    if not opened.is_confirmed:
        return render_template("activate_data.html", opened=opened)
    return render_template(
        "activate_password.html", opened=opened, least=LEAST_CHARACTERS, strong=STRONG_CHARACTERS
    )


@bp.post("")
def begin() -> ResponseReturnValue:
    """Take the code from the e-mail."""
    form = request.form
    opened = _activation().begin(form.get("auxiliar", ""), form.get("code", ""))
    session[_COOKIE] = opened.key
    return _go_on()


@bp.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Take that the data shown are right."""
    _activation().confirm(session.get(_COOKIE))
    return _go_on()


@bp.post("/cancel")
def cancel() -> ResponseReturnValue:
    """Forget the activation; nothing was changed, and the code stays good."""
    _activation().drop(session.pop(_COOKIE, None))
    return answers.go_on()


@bp.post("/not-mine")
def not_mine() -> ResponseReturnValue:
    """Forget the activation, and say who puts wrong data right."""
    _activation().drop(session.pop(_COOKIE, None))
    if answers.wants_json():
        return _go_on()
    return redirect(url_for(".wrong_data"), 303)


@bp.get("/wrong-data")
def wrong_data() -> ResponseReturnValue:
    """Say whom to call."""
    return render_template("activate_wrong_data.html")


@bp.post("/password")
def finish() -> ResponseReturnValue:
    """Set the password at the centre, and sign in with it."""
    password = request.form.get("password", "")
    name = _activation().finish(session.get(_COOKIE), password, request.form.get("again", ""))
    here = whole_station().desk.sign_in(name, password)
    preferences.keep_through_sign_in()
    session["auxiliar_session"] = here.session
    return answers.go_on()


def _activation() -> Activation:
    return whole_station().activation


def _opened() -> Opened | None:
    return _activation().opened(session.get(_COOKIE))


def _go_on() -> ResponseReturnValue:
    address = url_for(".page")
    if not answers.wants_json():
        return redirect(address, 303)
    opened = _opened()
    at = "code" if opened is None else "password" if opened.is_confirmed else "data"
    return jsonify({"next": address, "at": at})
