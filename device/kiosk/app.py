"""The kiosk as a Flask application, and its routes.

Every page is reached and every step is taken by these routes, by the screen and by whoever drives
it. A POST carries the field `csrf_token` or the header `X-CSRFToken`; the token of the session is
in `<meta name="csrf-token">` of every page. The session is a cookie.

A POST answers 303 to the next page. With `Accept: application/json` it answers JSON instead:
`{"step": …, "next": "/capture/…", …}` with status 200, or an error with its status,
`{"error": {"code": …, "message": …}, "step": …, "next": …}`.

    GET  /                          start: sign in, or begin a visit
    GET  /sign-in                   the form
    POST /sign-in                   auxiliar (id or alias), password
    GET  /activate                  the step of the activation of this browser
    POST /activate                  auxiliar, code from the e-mail; JSON at: code|data|password
    POST /activate/confirm          the data shown are right; JSON at
    POST /activate/not-mine         they are not: nothing is changed  → /activate/wrong-data
    POST /activate/password         password, again: told to the centre, then signed in    → /
    POST /activate/cancel           nothing is changed, the code stays good                → /
    POST /sign-out
    POST /preferences               language=es_MX|en, speech=off|on, text=normal|large,
                                    contrast=normal|white|black; without sign-in. In a visit the
                                    language ends with it                  → the page `back`
    POST /capture/start             begin a visit                          → /capture/consent
    GET  /capture                   redirects to the page of the current step
    POST /capture/consent           agree=1                                → /capture/front
    POST /capture/consent/decline   ends the visit, keeps nothing          → /
    POST /capture/front/shoot       a burst, read         → /capture/front or /capture/back;
                                    auto=1 says that nobody pressed the button;
                                    JSON adds accepted, reasons [code], attempts, may_keep
    POST /capture/front/keep        take the last photo all the same, once may_keep is true
    POST /capture/back/shoot        as the front                           → /capture/confirm
    POST /capture/back/keep
    POST /capture/confirm           fields as `field.<name>`: another reading, or a text when typing
                                    is allowed; sure=1 after a slip        → /capture/live-photo
    POST /capture/retake            side=front|back, from the fields
    POST /capture/live-photo/shoot  JSON adds codes [code], good, may_accept
                                                                           → /capture/live-photo
    POST /capture/live-photo/accept                                        → /capture/signature
    POST /capture/signature         strokes: JSON [[[x, y], …], …], 0…1 of the pad
                                                                           → /capture/summary
    POST /capture/signature/unable  reason=does_not_write|injury|other     → /capture/summary
    POST /capture/signature/again   from the summary back to the pad
    POST /capture/seal              JSON adds folio, link                  → /capture/done
    GET  /capture/slip              JSON: state (`slip.printing`, `slip.printed`, `slip.none`, or
                                    the code of why it is not printed), text, again
    POST /capture/slip              print the citizen's slip once more; JSON adds slip as above
    POST /capture/cancel            ends the visit from anywhere           → /
    POST /capture/clear             leaves the last page                   → /
    GET  /capture/consent …         one page per step: consent front back confirm live-photo
                                    signature signature/unable summary done refused
    GET  /capture/photo/<name>      front back face signature, as the screen shows them
    GET  /capture/crop/<field>      a field as printed
    GET  /stream/<subject>          front back face: pictures and guidance while the page is
                                    open (device/kiosk/stream.py)
    GET  /scan?after=N              JSON: scans [number, kind: badge|field, name of a badge]; badges
                                    alone without sign-in
    POST /capture/scan              number: that code goes with the visit, while the back or the
                                    fields are shown; JSON adds fields {name: value it gave}
    GET  /technician …              settings and tests behind a sign-in of their own
                                    (device/kiosk/workshop.py)
    GET  /help                      whom to call and what usually helps, without sign-in
    GET  /queue                     what became of what this auxiliar captured:
                                    ?which=pending|again|sent&number=N
    GET  /speech/<step>.<language>.wav   the instruction of a step, 404 without a voice
    POST /lock                      locks; an open visit is wiped          → /locked
    GET  /locked                    asks the auxiliar back
    POST /unlock                    password, of the same auxiliar         → /
    GET  /presence                  JSON left_s until visit or lock end untouched; POST: somebody
                                    is there
    GET  /close                     what was captured in this session
    POST /close                     closes it and signs out; JSON adds close_out (JWS)
                                                                           → /close/slip
    GET  /close/slip                the slip, for whoever closed; /close/slip/qr.png
    POST /close/slip/print          prints it again
    POST /practice/begin            a desk behind which nothing is kept; asks for no sign-in → /
    POST /practice/end              back to the real one                   → /
    GET  /health                    JSON, without sign-in and without personal data; warnings [code]
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Flask, request
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden

from device.kiosk import (
    activate,
    answers,
    closing,
    confirm,
    consent,
    errors,
    headers,
    help_desk,
    lights,
    live_photo,
    lock,
    practice,
    preferences,
    queue,
    refused,
    scan,
    sides,
    signature,
    slip,
    speech,
    start,
    status,
    stream,
    summary,
    workshop,
)
from device.kiosk.services import Kiosk

PARTS = (
    start,
    activate,
    consent,
    sides,
    confirm,
    live_photo,
    signature,
    summary,
    refused,
    status,
    stream,
    practice,
    preferences,
    speech,
    closing,
    slip,
    scan,
    lock,
    queue,
    help_desk,
    workshop,
)

# One burst of strokes is the largest body; photos come from the camera, never from a form.
MAX_BODY_BYTES = 1 << 20
LOOPBACK = frozenset({"127.0.0.1", "::1"})


def create_app(kiosk: Kiosk) -> Flask:
    """Build the application around the parts of one station."""
    app = Flask(__name__)
    app.config.update(
        # A new key at every start: a restart signs everybody out.
        SECRET_KEY=secrets.token_bytes(32),
        SESSION_COOKIE_NAME="acopio_kiosk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=24),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        # A name that leads here from outside is no way in (DNS rebinding).
        TRUSTED_HOSTS=["127.0.0.1", "localhost", "[::1]"],
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE=kiosk.language,
        BABEL_DEFAULT_TIMEZONE="America/Mexico_City",
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.extensions["kiosk"] = kiosk
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app, locale_selector=lambda: preferences.current()["language"])

    @app.before_request
    def refuse_strangers() -> None:
        if request.remote_addr not in LOOPBACK:
            raise Forbidden

    CSRFProtect(app)
    for part in PARTS:
        app.register_blueprint(part.bp)
    answers.register(app)
    preferences.register(app)
    errors.register(app)
    headers.register(app)
    lights.register(app)
    return app
