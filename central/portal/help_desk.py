"""Mesa de ayuda: whom to call, what to have at hand, and what people ask most; open to anybody."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from central.portal.questions import QUESTIONS
from central.portal.visitor import own_aspirantes
from central.roster.help_desks import help_desks_now, help_desks_of
from central.services import services

bp = Blueprint("help_desk", __name__, url_prefix="/help")

# INETEL, the first level of help in the official process.
INETEL = "800 433 2000"


@bp.get("")
def show() -> ResponseReturnValue:
    """Show contacts and answers; who has signed in sees the help desk of their own processes."""
    parts = services()
    if current_user.is_authenticated and current_user.aspirante_ids:
        desks = help_desks_of(parts.session, own_aspirantes())
    else:
        desks = help_desks_now(parts.session, now=parts.clock.now())
    return render_template("portal/help_desk.html", inetel=INETEL, desks=desks, questions=QUESTIONS)
