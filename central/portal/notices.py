"""Avisos: whether the daily letter comes, and what became of the last letters."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from central.accounts.permissions import Permission, requires
from central.models import MailKind
from central.notices.sent import (
    Fate,
    choose_digest,
    letters_to,
    undelivered_invitations,
    wants_digest,
)
from central.portal.visitor import own_aspirantes, own_solicitudes, principal
from central.services import services

bp = Blueprint("notices", __name__, url_prefix="/notices")

_KINDS = {
    MailKind.ACCESS: _l("Access to the portal"),
    MailKind.ACTIVATION: _l("Activation of an auxiliar"),
    MailKind.DIGEST: _l("Daily summary"),
    MailKind.THRESHOLD: _l("Threshold"),
    MailKind.REJECTION: _l("Unusual rejection"),
    MailKind.DEADLINE: _l("End of a period"),
    MailKind.OBJECTION: _l("Inconformidad"),
    MailKind.EXPORT: _l("Report ready"),
}
_FATES = {
    Fate.SENT: (_l("Delivered to the mail server"), "ok"),
    Fate.WAITING: (_l("Waiting to be sent"), "info"),
    Fate.POSTPONED: (_l("Postponed by the other server; tried again"), "warn"),
    Fate.NOT_NEEDED: (_l("Not sent: no longer needed"), "info"),
    Fate.FAILED: (_l("Could not be delivered"), "bad"),
}
# By the class of RFC 3463 in the code of the other server.
_CAUSES = (
    (" 5.1.", _l("There is no such address: it may be misspelt.")),
    (" 5.2.", _l("The mailbox is full or closed.")),
    ("mail.address", _l("The address cannot be used for letters.")),
)


@bp.get("")
@requires(Permission.USE_PORTAL)
def show() -> ResponseReturnValue:
    """Show the choice and the last letters, without their contents."""
    session = services().session
    mine = own_solicitudes()
    user_id = principal().user_id
    return render_template(
        "portal/notices.html",
        wanted=wants_digest(session, user_id),
        hour=services().config.mail.digest_hour,
        letters=letters_to(session, user_id),
        undelivered=[
            (one, _cause(one.code)) for one in undelivered_invitations(session, own_aspirantes())
        ],
        zone=mine[0].time_zone if mine else "America/Mexico_City",
        kinds=_KINDS,
        fates=_FATES,
    )


@bp.post("")
@requires(Permission.USE_PORTAL)
def choose() -> ResponseReturnValue:
    """Keep the choice about the daily letter."""
    parts = services()
    wanted = request.form.get("digest") == "yes"
    choose_digest(parts.session, principal().user_id, wanted=wanted, now=parts.clock.now())
    parts.session.commit()
    flash(_("Your choice was saved."))
    return redirect(url_for(".show"), 303)


def _cause(code: str) -> str:
    found = (str(sentence) for part, sentence in _CAUSES if part in code)
    return next(found, _("The other server did not take it (%(code)s).", code=code))
