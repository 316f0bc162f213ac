"""What the station says aloud at each step, to the person before it: never anything of theirs."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

SPOKEN: dict[str, LazyString] = {
    "consent": _l("This is the privacy notice. Read it to its end and say whether you agree."),
    "front": _l("Lay your credential flat before the camera, with the portrait up."),
    "back": _l("Turn your credential over."),
    "confirm": _l("Compare the data on the screen with your credential."),
    "live_photo": _l("Look into the camera, with your face uncovered."),
    "signature": _l("Please sign on the screen. If you cannot sign, say so."),
    "summary": _l("Everything is ready. Your support is about to be saved."),
    "sealed": _l("It is saved. Keep your folio and your code."),
}
