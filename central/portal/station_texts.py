"""The words of the stations' desk: states, acts, and what is wrong in a file."""

from flask_babel import lazy_gettext as _

from central.models import Duty, Station, StationState
from central.portal.file_texts import refusal_sentence
from central.roster.files.refusals import Cause, Refusal
from central.roster.station_file import TITLES, Fault, Remark

# Name, tone of the badge, and what it means.
STATES = {
    "claimed": (_("Not enrolled"), "info", _("It has shown no key yet, or used no voucher.")),
    "acceptance": (
        _("Enrolled, not active"),
        "warn",
        _("It captures nothing until its readiness report is accepted."),
    ),
    "capture": (_("Active"), "ok", _("It captures and delivers.")),
    "drain": (
        _("Draining"),
        "warn",
        _("It captures nothing and delivers what it has."),
    ),
    "quarantined": (
        _("In quarantine"),
        "bad",
        _("Its chain contradicts itself: what it delivers is kept aside. Find out why first."),
    ),
    "revoked": (_("Revoked"), "bad", _("It is not ours any more. What it delivers is examined.")),
    "retired": (_("Retired"), "info", _("It has gone home.")),
}

ACTS = {
    "station.registered": _("Registered the station"),
    "station.claimed": _("Made a voucher or a claim file"),
    "station.approved": _("Approved its key"),
    "station.enrolled": _("Enrolled"),
    "station.activated": _("Let it capture"),
    "station.readiness": _("Delivered its readiness report"),
    "station.drain_asked": _("Had it drained"),
    "station.moved": _("Moved it to its site"),
    "station.replaced": _("Had it replaced"),
    "station.retired": _("Retired it"),
    "station.revoked": _("Revoked it"),
    "station.released": _("Ended the quarantine"),
    "station.quarantined": _("Delivered a packet that contradicts its chain"),
    "station.rolled_back": _("Named a shorter chain than before"),
    "station.cloned": _("Said hello from a second machine"),
}

_FAULTS = {
    Fault.EMPTY: _("is empty. Fill it in."),
    Fault.ID_FORM: _("has to be 1 to 16 letters and numbers without accents, for example E01."),
    Fault.ID_RESERVED: _("is a reserved word. Choose another one."),
    Fault.ID_TWICE: _("is in row %(row)s as well. Each station has its own."),
    Fault.ID_OTHER_PROCESS: _("is a station of another process. Choose another one."),
    Fault.ID_ENDED: _("was retired or revoked, and an id is never used again. Choose another one."),
    Fault.SITE_LONG: _("has to be at most 120 characters in one line."),
    Fault.PROCESS_UNKNOWN: _("does not exist. Write one of these: %(known)s."),
    Fault.SERIAL_FORM: _("has to be at most 40 letters, numbers, points or hyphens."),
    Fault.SERIAL_TWICE: _("is in row %(row)s as well. Each board has its own."),
    Fault.SERIAL_TAKEN: _("is that of station %(station)s. Look at the board again."),
}


# In place of what is said of a file of people.
_REFUSALS = {
    Cause.BINARY: _("A workbook is not read here. Save the sheet as CSV UTF-8 and upload that."),
    Cause.NO_ROWS: _("The file has titles and no stations below them. Write one in each row."),
}


def refused(refusal: Refusal) -> str:
    """Say why a file of stations is not read, and what to do."""
    own = _REFUSALS.get(refusal.cause)
    return refusal_sentence(refusal) if own is None else str(own)


def state_of(station: Station) -> str:
    """Give the word of a station's state, a key of `STATES`."""
    if station.state is StationState.ACTIVE:
        return Duty(station.duty).value
    return station.state.value


def remark_sentence(remark: Remark) -> str:
    """Say which column is wrong, and what to do."""
    said = str(_FAULTS[remark.fault]) % dict(remark.details)
    return f"{TITLES[remark.column]}: {said}"
