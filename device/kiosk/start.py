"""Where everything begins and ends: sign-in, the start page, sign-out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from device.kiosk import answers, preferences
from device.kiosk.answers import signed_in
from device.kiosk.services import kiosk

bp = Blueprint("start", __name__)


@bp.get("/")
def page() -> ResponseReturnValue:
    """Show what this station can do now."""
    if not answers.is_signed_in():
        return redirect(url_for("lock.page" if answers.is_locked() else ".sign_in_form"), 303)
    parts = kiosk()
    here = parts.desk.signed_in
    auxiliar = here.auxiliar.id if here is not None else ""
    return render_template(
        "start.html",
        refusal=parts.desk.refusal(),
        warnings=parts.desk.warnings(),
        message=parts.message(),
        lists=parts.queue.auxiliar(auxiliar),
        # A folio names its auxiliar: those of others are not theirs to see.
        recovered=[folio for folio in parts.recovered if f"-{auxiliar}-" in folio],
    )


@bp.get("/sign-in")
def sign_in_form() -> ResponseReturnValue:
    """Show the form."""
    if answers.is_signed_in():
        return redirect(url_for(".page"), 303)
    if answers.is_locked() and not request.args.get("other"):
        return redirect(url_for("lock.page"), 303)
    desk = kiosk().desk
    return render_template("sign_in.html", other=desk.signed_in or desk.locked_out)


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Sign an auxiliar in at this browser."""
    here = kiosk().desk.sign_in(request.form.get("auxiliar", ""), request.form.get("password", ""))
    # A cookie from before the sign-in must not be one after it.
    preferences.keep_through_sign_in()
    session["auxiliar_session"] = here.session
    return answers.go_on()


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """Sign out; an open visit is dropped."""
    kiosk().desk.sign_out()
    session.clear()
    return answers.go_on()


@bp.post("/capture/start")
@signed_in
def start() -> ResponseReturnValue:
    """Begin a visit."""
    kiosk().desk.start()
    return answers.go_on()


@bp.get("/capture")
@signed_in
def current() -> ResponseReturnValue:
    """Lead to where the visit stands."""
    return answers.go_on()


@bp.post("/capture/cancel")
@signed_in
def cancel() -> ResponseReturnValue:
    """Drop the visit."""
    kiosk().desk.cancel()
    kiosk().desk.clear()
    return answers.go_on()


@bp.post("/capture/clear")
@signed_in
def clear() -> ResponseReturnValue:
    """Leave the last page of a visit."""
    kiosk().desk.clear()
    return answers.go_on()
