"""One answer to everything that goes wrong: a sentence for people, a code for programs."""

from __future__ import annotations

import logging

from flask import Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Forbidden, HTTPException, SecurityError

from device.camera.base import CameraError
from device.capture.errors import (
    CaptureError,
    SignatureError,
    SignInError,
    TypingRefusedError,
    WrongStepError,
)
from device.errors import CaptureRefusedError, StationError
from device.inference.base import InferenceError
from device.kiosk import answers, texts
from device.kiosk.services import kiosk
from device.kiosk.texts import sign_in
from wire.errors import WireError

log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (SignInError, 401),
    (SignatureError, 422),
    (TypingRefusedError, 422),
    (WrongStepError, 409),
    (CaptureError, 409),
    (CaptureRefusedError, 409),
    (CameraError, 503),
)


def register(app: Flask) -> None:
    """Answer for all views."""

    @app.errorhandler(StationError)
    @app.errorhandler(InferenceError)
    @app.errorhandler(WireError)
    def not_done(error: StationError | InferenceError | WireError) -> ResponseReturnValue:
        status = next((s for kind, s in _STATUS if isinstance(error, kind)), 503)
        log.log(
            logging.INFO if status < 500 else logging.ERROR,
            "kiosk.refused code=%s status=%d reason=%s",
            error.code,
            status,
            error,
        )
        sentence = _sentence(error)
        if answers.wants_json():
            return answers.problem(error.code, status, sentence)
        if not isinstance(error, WrongStepError):
            flash(sentence, "error")
        return redirect(_page_after(error), 303)

    @app.errorhandler(CSRFError)
    def stale_page(_error: CSRFError) -> ResponseReturnValue:
        if answers.wants_json():
            return answers.problem("kiosk.csrf", 400)
        flash(_("This page was too old. Please try again."), "error")
        return redirect(url_for("start.page"), 303)

    @app.errorhandler(SecurityError)
    @app.errorhandler(Forbidden)
    def not_from_here(error: SecurityError | Forbidden) -> ResponseReturnValue:
        # Nothing of the station for whoever does not sit before it.
        return Response(status=error.code)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if answers.wants_json():
            return answers.problem(f"kiosk.http_{status}", status)
        return render_template("problem.html", status=status), status

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        log.error("kiosk.failed kind=%s", type(error).__name__, exc_info=error)
        if answers.wants_json():
            return answers.problem("kiosk.failed", 500)
        return render_template("problem.html", status=500), 500


def _sentence(error: StationError | InferenceError | WireError) -> str:
    if isinstance(error, SignInError) and error.wait_s:
        return sign_in.locked(error.wait_s)
    return str(texts.message(error.code))


def _page_after(error: StationError | InferenceError | WireError) -> str:
    if request.blueprint == "activate":
        return url_for("activate.page")
    if isinstance(error, SignInError):
        return url_for("start.sign_in_form")
    return answers.page_of(kiosk().desk.case)
