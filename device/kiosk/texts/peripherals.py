"""Scanner, printer and lamps, and the citizen's slip."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

_COPY = _l("Write folio and code down, or photograph them.")

MESSAGES: dict[str, LazyString] = {
    "slip.none": _COPY,
    "slip.printing": _l("The slip is being printed."),
    "slip.printed": _l("The slip is printed. Give it to the person."),
    "printer.absent": _l("The printer is not connected. Write folio and code down instead."),
    "printer.denied": _l("The station may not use the printer. Call the help desk."),
    "printer.busy": _l("Another program uses the printer. Restart the station."),
    "printer.silent": _l("Switch the printer on; it does not answer. Then print again."),
    "printer.paper_out": _l("Put in a new roll of paper, then print again."),
    "printer.paper_low": _l("The roll of paper is almost used up."),
    "printer.cover_open": _l("Close the printer's cover, then print again."),
    "printer.failed": _l("Switch the printer off and on, then print again."),
    "scanner.absent": _l("The scanner is not connected. Type instead."),
    "scanner.denied": _l("The station may not use the scanner. Call the help desk."),
    "scanner.busy": _l("Another program uses the scanner. Restart the station."),
    "scanner.failed": _l("Unplug the scanner and plug it in again."),
    "lamps.absent": _l("The lamps are not connected."),
    "lamps.denied": _l("The station may not use the lamps. Call the help desk."),
    "lamps.busy": _l("Another program uses the lamps. Restart the station."),
    "lamps.silent": _l("The lamps do not answer. Unplug them and plug them in again."),
    "lamps.version": _l("The lamps have another version. Call the help desk."),
    "lamps.failed": _l("Unplug the lamps and plug them in again."),
}

# After these the person may have the slip printed once more.
SLIP_AGAIN = frozenset(code for code in MESSAGES if code.startswith("printer.")) | {"slip.printed"}
