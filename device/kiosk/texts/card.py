"""What the camera sees of the credential, and what to do about it."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "card.not_found": _l("Lay the credential flat inside the frame."),
    "card.not_a_credential": _l("This is no credencial para votar. Place the original credential."),
    "card.covered": _l("Something covers the print: hold the credential by its edges."),
    "card.cut": _l("Move the credential so that all four corners are in the picture."),
    "card.tilted": _l("Lay the credential flat, facing the camera."),
    "card.too_small": _l("Bring the credential closer."),
    "quality.blurred": _l(
        "It is out of focus: move the credential a little away and wait a moment."
    ),
    "quality.bright": _l("There is too much light: shade the credential or turn it away."),
    "quality.dark": _l("There is too little light: move closer to a lamp or a window."),
    "quality.glare": _l("Tilt the credential a little: a reflection covers it."),
    "quality.motion": _l("Hold still: the picture is blurred."),
    "read.no_clave_elector": _l(
        "The clave de elector could not be read. Avoid shadows and try again."
    ),
    "read.no_mrz": _l("The three code lines could not be read. Show the whole back."),
    "read.no_numero_ocr": _l("The number on the back could not be read. Try again."),
    "side.other": _l("This is the other side. Turn the credential over."),
    "model.not_accepted": _l("This process does not accept this model of credential."),
    "reader.unavailable": _l("Automatic reading is off: frame the credential by hand."),
}
