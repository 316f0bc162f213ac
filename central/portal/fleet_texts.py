"""The words of the fleet: how a station stands, what to do, what is measured and ordered."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from central.fleet.history import Measure, Period
from central.models import OrderState
from domain.station_condition import Condition
from wire.gauges import Gauge
from wire.orders import OrderKind


@dataclass(frozen=True, slots=True)
class ConditionLabel:
    """A word, its mark (so that a colour never says it alone), its tone, and what to do."""

    name: LazyString
    mark: str
    tone: str
    advice: LazyString


CONDITIONS: dict[Condition, ConditionLabel] = {
    Condition.FORKED: ConditionLabel(
        _("Copied"),
        "≠",
        "bad",
        _(
            "Two packets have the same number: a copy of its disk works somewhere. Have "
            "it switched off, keep both disks, call the authority."
        ),
    ),
    Condition.ROLLED_BACK: ConditionLabel(
        _("Went back"),
        "←",
        "bad",
        _(
            "Its chain got shorter: an old copy of its disk works. Have it switched off "
            "and keep the disk."
        ),
    ),
    Condition.HELD: ConditionLabel(
        _("Held packets"),
        "‖",
        "bad",
        _(
            "Packets were refused or are damaged. Nothing is lost; ask for its report and"
            " call the help desk."
        ),
    ),
    Condition.SILENT: ConditionLabel(
        _("Silent"),
        "✕",
        "bad",
        _(
            "It worked, or had something to deliver, and is not heard. Call the site: is "
            "it switched on, is there a network?"
        ),
    ),
    Condition.SUPPLY: ConditionLabel(
        _("Weak supply"),
        "⚡",
        "warn",
        _("The voltage is too low. Its own supply and cable, and nothing else plugged in."),
    ),
    Condition.HOT: ConditionLabel(
        _("Hot"),
        "▲",
        "warn",
        _("Out of the sun, openings free. It slows down by itself and loses nothing."),
    ),
    Condition.DISK: ConditionLabel(
        _("Disk"),
        "▤",
        "warn",
        _(
            "Little space, errors, or worn out. Connect it so that it delivers; with "
            "errors or wear, replace it."
        ),
    ),
    Condition.CAMERA: ConditionLabel(
        _("No picture"),
        "◉",
        "warn",
        _(
            "Somebody works there and the camera gives no picture. Check its cable, then "
            "switch the station off and on."
        ),
    ),
    Condition.BATTERY: ConditionLabel(
        _("Battery low"),
        "▽",
        "warn",
        _("Mains is off. Connect it, or close the day."),
    ),
    Condition.CLOCK: ConditionLabel(
        _("Clock"),
        "◷",
        "warn",
        _("Its time is not sure; records are marked. It sets itself at the next contact."),
    ),
    Condition.WAITING: ConditionLabel(
        _("Waiting to deliver"),
        "…",
        "warn",
        _("What it sealed does not arrive. Look for a better network, or deliver by USB."),
    ),
    Condition.OUTDATED: ConditionLabel(
        _("Old software"),
        "↻",
        "warn",
        _(
            "It runs older software than the authority asks for. It updates when it is "
            "idle and delivered."
        ),
    ),
    Condition.WORKING: ConditionLabel(_("Working"), "✓", "ok", _("Nothing to do.")),
    Condition.RESTING: ConditionLabel(
        _("Resting"),
        "–",
        "",
        _("Switched off or without a network, with nothing left to deliver."),
    ),
    Condition.NEW: ConditionLabel(_("New"), "○", "info", _("It has not been heard yet.")),
    Condition.REVOKED: ConditionLabel(
        _("Revoked"),
        "⊘",
        "",
        _("No longer a station of ours. What it still delivers is kept aside."),
    ),
    Condition.RETIRED: ConditionLabel(_("Retired"), "⊘", "", _("Taken out of service.")),
}

PERIODS = {
    Period.DAY: _("24 hours"),
    Period.WEEK: _("7 days"),
    Period.MONTH: _("30 days"),
    Period.YEAR: _("A year"),
}


@dataclass(frozen=True, slots=True)
class MeasureLabel:
    """What is drawn: its name with its unit, what its numbers are divided by, and its limit."""

    name: LazyString
    scale: int = 1
    limit: float | None = None


MEASURES = {
    Measure.WAITING: MeasureLabel(_("Packets waiting to be delivered")),
    Measure.TEMPERATURE: MeasureLabel(_("Temperature of the processor, °C"), 1000, 80),
    Measure.DISK: MeasureLabel(_("Free space, GiB"), 1024),
    Measure.BATTERY: MeasureLabel(_("Battery, %")),
    Measure.PREVIEWS: MeasureLabel(_("Pictures of the camera per second"), 10),
    Measure.RESTARTS: MeasureLabel(_("Restarts of the camera")),
    Measure.LOAD: MeasureLabel(_("Load of the processor, %")),
    Measure.MEMORY: MeasureLabel(_("Free memory, %")),
}

GAUGES: dict[str, LazyString] = {
    Gauge.TEMPERATURE_MC: _("Temperature of the processor (m°C)"),
    Gauge.UNDERVOLTAGE: _("Voltage too low now"),
    Gauge.UNDERVOLTAGE_SEEN: _("Voltage too low since it was switched on"),
    Gauge.THROTTLED: _("Slowed down now"),
    Gauge.THROTTLED_SEEN: _("Slowed down since it was switched on"),
    Gauge.DISK_USED_PERCENT: _("Disk in use (%)"),
    Gauge.DISK_WEAR_PERCENT: _("Wear of the disk (%)"),
    Gauge.DISK_PRE_EOL: _("Spare blocks of the disk (1 normal, 3 none)"),
    Gauge.DISK_ERRORS: _("Errors of the disk"),
    Gauge.BATTERY_PERCENT: _("Battery (%)"),
    Gauge.ON_BATTERY: _("Runs on its battery"),
    Gauge.UPTIME_S: _("Switched on since (s)"),
    Gauge.LOAD_PERCENT: _("Load of the processor (%)"),
    Gauge.MEMORY_AVAILABLE_PERCENT: _("Free memory (%)"),
    Gauge.KIOSK_AGE_S: _("Last word of the screens (s)"),
    Gauge.SIGNED_IN: _("An auxiliar works here"),
    Gauge.CAMERA_RUNNING: _("The camera gives pictures"),
    Gauge.CAMERA_RESTARTS: _("Restarts of the camera"),
    Gauge.PREVIEWS_PER_10S: _("Pictures in 10 s"),
}

ACTS = {
    "station.claimed": _("A file to enrol it was made"),
    "station.enrolled": _("It enrolled"),
    "station.rolled_back": _("It named a shorter chain than before"),
    "station.quarantined": _("It was put in quarantine"),
    "station.released": _("Its quarantine was lifted"),
    "station.revoked": _("It was revoked"),
    "station.ordered": _("It was given an order"),
    "station.order_cancelled": _("An order was taken back"),
}

# Classes of a clock, as stations name them.
CLOCKS = {
    "anchored": _("sure, by the centre's signed time"),
    "rtc": _("sure, by its own hardware clock"),
    "unverified": _("not sure"),
    "unknown": _("not sure"),
}

ORDER_KINDS = {
    OrderKind.MESSAGE: _("Show a message"),
    OrderKind.INCIDENT: _("Report how chain and queue are"),
}
ORDER_STATES = {
    OrderState.OPEN: (_("waits"), "info"),
    OrderState.DONE: (_("done"), "ok"),
    OrderState.REFUSED: (_("refused"), "bad"),
    OrderState.CANCELLED: (_("taken back"), ""),
    OrderState.EXPIRED: (_("not heard in time"), "warn"),
}
