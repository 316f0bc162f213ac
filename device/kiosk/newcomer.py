"""The one page of a station that is not enrolled yet: its key, for whoever approves it."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from werkzeug.exceptions import Forbidden

from device.kiosk import headers
from device.kiosk.qr import qr_png
from device.queue.enrol import Pending

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def create_newcomer(
    identify: Callable[[], Pending], is_enrolled: Callable[[], bool], restart: Callable[[], None]
) -> Flask:
    """Build the page.

    Args:
        identify: Gives the key that waits to be enrolled.
        is_enrolled: Says whether another program has enrolled the station meanwhile.
        restart: Has the screens of an enrolled station built in place of this page.
    """
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secrets.token_bytes(32),
        TRUSTED_HOSTS=["127.0.0.1", "localhost", "[::1]"],
        BABEL_DEFAULT_LOCALE="es_MX",
    )
    Babel(app)
    headers.register(app)

    @app.before_request
    def refuse_strangers() -> None:
        if request.remote_addr not in _LOOPBACK:
            raise Forbidden

    @app.get("/")
    def page() -> ResponseReturnValue:
        if is_enrolled():
            restart()
        return render_template("newcomer.html", identity=identify().identity)

    @app.get("/identity.png")
    def code() -> ResponseReturnValue:
        return qr_png(identify().text)

    @app.get("/health")
    def health() -> ResponseReturnValue:
        return Response('{"state":"not_enrolled"}', mimetype="application/json")

    return app
