"""The words of the authority's desk: how far an access is, what was done, kinds of account."""

from flask_babel import lazy_gettext as _

from central.models import AccountKind
from central.roster.admitted import AccessState

# Name, tone of the badge, and what to do next.
ACCESS_STATES = {
    AccessState.REGISTERED: (
        _("Registered"),
        "info",
        _("No letter has left yet. Send the letter with the access data."),
    ),
    AccessState.INVITED: (
        _("Invited"),
        "info",
        _("The letter has left. The person has not signed in yet."),
    ),
    AccessState.LINK_EXPIRED: (
        _("Link expired"),
        "warn",
        _("The person did not follow the link in time. Send the letter again."),
    ),
    AccessState.JOINED: (_("Has signed in"), "ok", _("An account is joined to this access.")),
    AccessState.EXPIRED: (
        _("Access expired"),
        "warn",
        _("The last day of the access has passed. Change the day to open it again."),
    ),
    AccessState.DEACTIVATED: (
        _("Access deactivated"),
        "bad",
        _("The person cannot enter the portal. Stations go on capturing."),
    ),
    AccessState.REQUEST_DEACTIVATED: (
        _("Request deactivated"),
        "bad",
        _("Nothing is captured for this request, and nobody sees it in the portal."),
    ),
}

ACCOUNT_KINDS = {AccountKind.GOOGLE: "Google", AccountKind.FACEBOOK: "Facebook"}

ACTS = {
    "aspirante.added": _("Registered the request"),
    "aspirante.changed": _("Changed the request"),
    "letter.requested": _("Had the letter with the access data sent"),
    "access.deactivated": _("Deactivated the access"),
    "access.reactivated": _("Reactivated the access"),
    "request.deactivated": _("Deactivated the request"),
    "request.reactivated": _("Reactivated the request"),
    "account.released": _("Released the account"),
}
