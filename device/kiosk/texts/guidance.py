"""What the viewfinder asks for, one thing at a time: short enough to be read at arm's length."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

HINTS: dict[str, LazyString] = {
    "camera.busy": _l("One moment…"),
    "card.covered": _l("Hold it by its edges"),
    "card.cut": _l("Show all four corners"),
    "card.not_a_credential": _l("Place the original credential"),
    "card.not_found": _l("Lay the credential inside the frame"),
    "card.tilted": _l("Lay it flat"),
    "card.too_small": _l("Bring the credential closer"),
    "quality.blurred": _l("Out of focus: move it a little away"),
    "quality.bright": _l("Too much light"),
    "quality.dark": _l("More light"),
    "quality.glare": _l("There is a reflection: tilt the credential"),
    "quality.motion": _l("Hold still: it is blurred"),
    "shutter.change_something": _l("Move the credential, or press the button"),
    "shutter.hold_still": _l("Do not move"),
    "shutter.holding": _l("Good. Do not move"),
    "shutter.nothing_found": _l("Lay the credential inside the frame"),
    "shutter.press": _l("Good. Press the button"),
    "shutter.taking": _l("Done"),
    "side.other": _l("Turn the credential over"),
}
