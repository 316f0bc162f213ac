"""What a technician reads: parts of the station and how they are."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

PARTS: dict[str, LazyString] = {
    "camera": _l("Camera"),
    "capture": _l("Captures"),
    "queue": _l("Queue"),
    "key": _l("Key and enrolment"),
    "clock": _l("Clock"),
    "station": _l("Station"),
    "printer": _l("Printer"),
    "scanner": _l("Scanner"),
    "lamps": _l("Lamps"),
}

CAMERA_STATES: dict[str, LazyString] = {
    "starting": _l("starting"),
    "running": _l("running"),
    "stalled": _l("does not answer"),
    "failed": _l("failed, tried again by itself"),
    "stopped": _l("stopped"),
}

PERIPHERAL_STATES: dict[str, LazyString] = {
    "unused": _l("not set up: a capture does not need it"),
    "absent": _l("not connected"),
    "ready": _l("ready"),
    "failed": _l("failed"),
}

# By the beginning of the code; what fits first is said.
_FINDINGS: tuple[tuple[str, LazyString], ...] = (
    ("clock", _l("The time is not confirmed by the authority: records are marked.")),
    ("spool.corrupt", _l("There are damaged files: keep the disk and call the help desk.")),
    ("not_enrolled", _l("The station is not enrolled.")),
    ("keys", _l("The station's key cannot be used: look at the owner and mode of its folder.")),
    ("server.tls", _l("This server is not the one that enrolled the station.")),
    ("server.unreachable", _l("No answer: look at cable, network and address.")),
    ("server", _l("The server cannot serve now; it is tried again.")),
    ("policy", _l("What came is not the authority's policy.")),
)


def finding(code: str, messages: dict[str, LazyString], unknown: LazyString) -> LazyString:
    """Return the sentence for what a test found."""
    if code in messages:
        return messages[code]
    return next((text for start, text in _FINDINGS if code.startswith(start)), unknown)
