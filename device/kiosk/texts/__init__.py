"""Codes and names as people read them, a module for each part of the station.

What to do next comes before what went wrong.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from device.capture.witnesses import Disagreement
from device.kiosk.texts import (
    activation,
    card,
    face,
    outcomes,
    peripherals,
    sign_in,
    signature,
    station,
    typed,
    workshop,
)
from device.kiosk.texts.activation import REACH
from device.kiosk.texts.checks import CHECKS, SAYS
from device.kiosk.texts.guidance import HINTS
from device.kiosk.texts.names import COUNTS, FIELDS, MARKS, QUEUE_STATES, SOURCES, STEPS
from device.kiosk.texts.outcomes import OUTCOMES
from device.kiosk.texts.peripherals import SLIP_AGAIN
from device.kiosk.texts.preferences import CHOICES, PREFERENCES
from device.kiosk.texts.signature import UNSIGNED
from device.kiosk.texts.spoken import SPOKEN
from device.kiosk.texts.warnings import WARNINGS, warning
from device.kiosk.texts.workshop import CAMERA_STATES, PARTS, PERIPHERAL_STATES

__all__ = [
    "CAMERA_STATES",
    "CHECKS",
    "CHOICES",
    "COUNTS",
    "FIELDS",
    "MARKS",
    "MESSAGES",
    "OUTCOMES",
    "PARTS",
    "PERIPHERAL_STATES",
    "PREFERENCES",
    "QUEUE_STATES",
    "REACH",
    "SLIP_AGAIN",
    "SOURCES",
    "SPOKEN",
    "STEPS",
    "UNKNOWN",
    "UNSIGNED",
    "WARNINGS",
    "warning",
]

MESSAGES: dict[str, LazyString] = {
    **card.MESSAGES,
    **face.MESSAGES,
    **signature.MESSAGES,
    **sign_in.MESSAGES,
    **activation.MESSAGES,
    **station.MESSAGES,
    **typed.MESSAGES,
    **peripherals.MESSAGES,
}

UNKNOWN = _l("It was not saved. Try again; if it happens again, call the help desk.")


def message(code: str) -> LazyString:
    """Return the sentence for a code; an unknown one says what to do next."""
    return MESSAGES.get(code, UNKNOWN)


def outcome(outcome: str | None, state: str, code: str | None) -> LazyString | None:
    """Return what to do about an apoyo, None when there is nothing to do or to wait for."""
    if outcome == "recapture":
        return outcomes.RECAPTURE.get((code or "").split(".")[0], outcomes.RECAPTURE_ANY)
    if state == "held":
        return outcomes.HELD
    if state == "corrupt":
        return outcomes.CORRUPT
    return outcomes.LATER if state == "sealed" and code else None


def finding(code: str) -> LazyString:
    """Return the sentence for what a technician's test found."""
    return workshop.finding(code, MESSAGES, UNKNOWN)


def hint(code: str) -> LazyString:
    """Return the instruction for a code, in few words where there are few."""
    return HINTS.get(code) or face.HINTS.get(code) or message(code)


def check(code: str) -> LazyString:
    """Return the sentence for a code of the cross-checks: one for each pair of witnesses."""
    return CHECKS[code.split(".")[0]]


def explained(pairs: Iterable[Disagreement]) -> str:
    """Return one sentence that names each witness of a field and what it says."""
    said: dict[str, str] = {}
    for pair in pairs:
        said[pair.first] = pair.first_value
        said[pair.second] = pair.second_value
    sentence = "; ".join(str(SAYS[who]) % {"value": value} for who, value in said.items())
    return f"{sentence[:1].upper()}{sentence[1:]}."
