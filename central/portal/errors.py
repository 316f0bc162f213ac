"""Answers for every view of the portal when something is refused or fails.

One page for all of them: what happened, in a sentence that says what to do next. Stations get
their own answers from `central.api`; nothing under `/api/` is touched here.
"""

import logging

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from central.errors import CentralError
from central.portal.bodies import most_bytes

_log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Answer for all views of an application."""

    @app.errorhandler(CSRFError)
    def forged_form(_error: CSRFError) -> ResponseReturnValue:
        _log.warning("form.refused endpoint=%s", request.endpoint)
        return _page(400, "form")

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        if request.path.startswith("/api/"):
            return error.get_response()
        return _page(error.code or 500)

    @app.errorhandler(CentralError)
    def not_done(error: CentralError) -> ResponseReturnValue:
        if request.path.startswith("/api/"):
            raise error
        if error.status >= 500:
            _log.error("page.failed endpoint=%s code=%s", request.endpoint, error.code)
        return _page(error.status, error.code)

    @app.errorhandler(InternalServerError)
    def failed(error: InternalServerError) -> ResponseReturnValue:
        if request.path.startswith("/api/"):
            return error.get_response()
        return _page(500)


def _page(status: int, kind: str = "http") -> ResponseReturnValue:
    if status >= 500:
        # Who signed in is asked of the database, which may be what failed.
        g.asks_nobody = True
    page = render_template(
        "portal/error.html", status=status, kind=kind, most_bytes=most_bytes(), back=_form_page()
    )
    return page, status


def _form_page() -> str | None:
    """Give the address of the form that was sent, where it is also a page."""
    adapter = current_app.create_url_adapter(request)
    is_page = adapter is not None and adapter.test(request.path, method="GET")
    return request.full_path.rstrip("?") if request.method == "POST" and is_page else None
