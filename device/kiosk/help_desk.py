"""Help for everybody, signed in or not: whom to call, and what usually helps."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime

from device.kiosk.services import kiosk, policy_texts
from device.kiosk.texts.troubles import TROUBLES

bp = Blueprint("help", __name__)

# INETEL, the first level of help in the official process; a policy may name another.
HELP_PHONE = "800 433 2000"


@bp.get("/help")
def page() -> ResponseReturnValue:
    """Show contacts and answers."""
    parts = kiosk()
    said = policy_texts()
    return render_template(
        "help.html",
        phone=said.get("help_phone", HELP_PHONE),
        mail=said.get("help_mail", ""),
        troubles=TROUBLES,
        software=parts.software,
        now=format_datetime(parts.clock.now(), "short"),
    )
