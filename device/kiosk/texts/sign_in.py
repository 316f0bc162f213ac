"""Who may work here."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

# Whoever waits longer is told minutes, two at the least.
_MINUTE_S = 90

MESSAGES: dict[str, LazyString] = {
    "sign_in.required": _l("Sign in first."),
    "sign_in.technician": _l("Only a technician may do this."),
    "sign_in.no_technician": _l("No technician's password is set: acopio-station says how."),
    "sign_in.unlock": _l("The station is locked. Unlock it with your password."),
    "sign_in.wrong": _l("Name or password is not right. Try again."),
    "sign_in.locked": _l("Too many tries. Wait a moment and try again."),
    "sign_in.inactive": _l("This account was withdrawn. Ask your aspirante."),
    "sign_in.expired": _l("This account has expired. Ask your aspirante."),
    "sign_in.not_activated": _l("This account has no password yet. Activate it with your e-mail."),
    "sign_in.no_policy": _l("This station is not set up yet. Connect it and call the help desk."),
}


def locked(wait_s: int) -> str:
    """Return the sentence for a name that was tried too often, with the time left."""
    if wait_s < _MINUTE_S:
        return str(_("Too many tries. Try again in %(number)s seconds.", number=wait_s))
    return str(_("Too many tries. Try again in %(number)s minutes.", number=-(-wait_s // 60)))
