"""How a station stands, seen from the centre, and which of its troubles is said first.

A station that says nothing may be in trouble, or only be switched off for the night: that it worked
or had something to deliver when it was last heard tells the two apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Condition(StrEnum):
    """What is said of a station, the most urgent first; those after `OUTDATED` are no trouble."""

    ROLLED_BACK = "rolled_back"  # its chain got shorter: an old copy of its disk works
    FORKED = "forked"  # in quarantine: a copy of its disk works, or worked
    HELD = "held"  # packets that need a person: refused, or damaged on the disk
    SILENT = "silent"
    SUPPLY = "supply"  # the supply is too weak at this moment
    HOT = "hot"
    DISK = "disk"  # little space, errors, or worn out
    CAMERA = "camera"  # somebody works here and no pictures arrive
    BATTERY = "battery"  # mains is off and the battery is low
    CLOCK = "clock"
    WAITING = "waiting"  # what it sealed does not arrive
    OUTDATED = "outdated"  # older software than the authority asks for
    WORKING = "working"
    RESTING = "resting"  # switched off or without a network, with nothing left to deliver
    NEW = "new"  # it has never been heard
    REVOKED = "revoked"
    RETIRED = "retired"

    @property
    def rank(self) -> int:
        """Its place: the smaller, the sooner somebody should look."""
        return _RANKS[self]

    @property
    def is_trouble(self) -> bool:
        """Whether somebody should look."""
        return self.rank <= Condition.OUTDATED.rank


_RANKS = {condition: place for place, condition in enumerate(Condition)}


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is a trouble."""

    silent_s: int = 30 * 60
    # A station that rests is missed after so long: a weekend and a day.
    resting_s: int = 72 * 3600
    waiting_s: int = 4 * 3600
    disk_free_bytes: int = 1 << 30
    disk_used_percent: int = 90
    disk_wear_percent: int = 90
    hot_mc: int = 80_000
    battery_percent: int = 20
    clock_offset_ms: int = 60_000


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known of a station. None: nothing is known of it, and nothing is said."""

    silent_s: int | None = None  # since it was last heard; None: never
    waiting: int = 0
    oldest_waiting_s: int = 0
    held: int = 0
    is_worked_at: bool | None = None
    is_clock_sure: bool = True
    clock_offset_ms: int = 0
    disk_free_bytes: int | None = None
    disk_used_percent: int | None = None
    disk_wear_percent: int | None = None
    disk_pre_eol: int | None = None
    disk_errors: int | None = None
    temperature_mc: int | None = None
    is_undervoltage: bool = False
    is_throttled: bool = False
    battery_percent: int | None = None
    is_on_battery: bool = False
    is_camera_running: bool | None = None
    is_forked: bool = False
    is_rolled_back: bool = False
    is_outdated: bool = False
    is_revoked: bool = False
    is_retired: bool = False


def judge(seen: Observed, limits: Limits = Limits()) -> tuple[Condition, ...]:
    """Say how a station stands: all its troubles in their order, or the one word for none."""
    if seen.is_retired:
        return (Condition.RETIRED,)
    if seen.is_revoked:
        return (Condition.REVOKED,)
    if seen.silent_s is None:
        return (Condition.NEW,)
    troubles = sorted(_troubles(seen, limits), key=lambda condition: condition.rank)
    if troubles:
        return tuple(troubles)
    return (Condition.RESTING if seen.silent_s > limits.silent_s else Condition.WORKING,)


def _troubles(seen: Observed, limits: Limits) -> Iterator[Condition]:
    if seen.is_forked:
        yield Condition.FORKED
    if seen.is_rolled_back:
        yield Condition.ROLLED_BACK
    if seen.held:
        yield Condition.HELD
    if seen.is_outdated:
        yield Condition.OUTDATED
    silent_s = seen.silent_s or 0
    if silent_s > limits.silent_s:
        # What it measured is old: neither its heat nor its supply is known any more.
        if seen.is_worked_at is not False or seen.waiting or silent_s > limits.resting_s:
            yield Condition.SILENT
        return
    if seen.oldest_waiting_s > limits.waiting_s and seen.waiting:
        yield Condition.WAITING
    yield from _of_the_machine(seen, limits)


def _of_the_machine(seen: Observed, limits: Limits) -> Iterator[Condition]:
    if seen.is_undervoltage:
        yield Condition.SUPPLY
    if seen.is_throttled or _reaches(seen.temperature_mc, limits.hot_mc):
        yield Condition.HOT
    is_full = seen.disk_free_bytes is not None and seen.disk_free_bytes < limits.disk_free_bytes
    if (
        is_full
        or _reaches(seen.disk_used_percent, limits.disk_used_percent)
        or _reaches(seen.disk_wear_percent, limits.disk_wear_percent)
        or _reaches(seen.disk_pre_eol, 2)
        or seen.disk_errors
    ):
        yield Condition.DISK
    if seen.is_worked_at and seen.is_camera_running is False:
        yield Condition.CAMERA
    is_low = seen.battery_percent is not None and seen.battery_percent <= limits.battery_percent
    if seen.is_on_battery and is_low:
        yield Condition.BATTERY
    if not seen.is_clock_sure or abs(seen.clock_offset_ms) > limits.clock_offset_ms:
        yield Condition.CLOCK


def _reaches(value: int | None, limit: int) -> bool:
    return value is not None and value >= limit
