"""What became of an apoyo, why, and what to do; the centre's codes in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

OUTCOMES: dict[str, LazyString] = {
    "stored": _l("received by the authority"),
    "resend": _l("is sent again"),
    "recapture": _l("to be taken again"),
}

# Of a recapture, by the beginning of the centre's reason.
RECAPTURE: dict[str, LazyString] = {
    "card": _l("The credential cannot be read: photograph it again, flat and without reflections."),
    "face": _l("The live photo does not serve: take it again, alone, lit from the front."),
    "signature": _l("The signature does not serve: ask the person to sign again."),
    "record": _l("The record arrived damaged: capture the person again."),
}
RECAPTURE_ANY = _l("Ask the person to come back and capture the apoyo again.")
HELD = _l("The authority did not take it. Nothing is lost: call the help desk with this code.")
CORRUPT = _l("Its file is damaged. Do not switch the station off; call the help desk.")
LATER = _l("It will be sent again by itself.")
