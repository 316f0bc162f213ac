"""What the auxiliar should know before a visit, and before the person has left."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from device.capture.warnings import Caution

WARNINGS: dict[str, LazyString] = {
    "clock.unsure": _l(
        "The time of this station is not sure. Connect it to the network; records are marked."
    ),
    "period.unsure": _l(
        "By the clock of this station the process takes no captures today, but the clock is not "
        "sure. Connect it to the network before you go on."
    ),
    "disk.room": _l("There is room for about %(number)s more apoyos. Connect it so that they go."),
    "queue.old": _l(
        "Records have been waiting for %(number)s hours. Take the station to where there is signal."
    ),
    "centre.silent": _l(
        "This station has heard nothing from the authority for %(number)s days. Connect it today: "
        "its list of auxiliares and its notice may be old."
    ),
    "supply.weak": _l(
        "The power supply is too weak. Use the station's own supply and cable, and unplug what "
        "does not belong to it."
    ),
    "station.hot": _l(
        "The station is hot (%(number)s °C). Take it out of the sun and leave its openings free."
    ),
    "warned.duplicate_here": _l(
        "This credential was captured at this station before, for the same aspirante; that record "
        "waits to be sent. Ask the person; the authority counts one."
    ),
    "warned.duplicate_sent": _l(
        "This credential was captured at this station before, for the same aspirante, and was "
        "sent. Ask the person; the authority counts one."
    ),
    "warned.outside_scope": _l(
        "The sección on the credential seems to lie outside the aspirante's district or state. "
        "Tell the person; the register decides."
    ),
}


def warning(found: Caution) -> str:
    """Return the sentence of a warning, with its number."""
    return str(WARNINGS[found.code]) % {"number": found.number}
