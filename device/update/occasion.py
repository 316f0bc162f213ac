"""When a station may be restarted: nobody is served, nothing is on its way, the power will last."""

from dataclasses import dataclass

_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Occasion:
    """What was found. A locked session is no visit: its auxiliar signs in again afterwards."""

    is_visited: bool
    unsettled: int  # packets reserved or sending
    battery_percent: int | None  # None where there is no battery
    deadlines_ms: tuple[int, ...]
    now_ms: int


def reason_to_wait(
    occasion: Occasion, *, battery_percent: int, blackout_h: int, is_critical: bool
) -> str:
    """Give the code of what has to pass before the station restarts, or nothing.

    Before the end of a process nothing changes that need not: `blackout_h` hours, unless the
    release mends something critical.
    """
    if occasion.is_visited:
        return "wait.visit"
    if occasion.unsettled:
        return "wait.queue"
    if occasion.battery_percent is not None and occasion.battery_percent < battery_percent:
        return "wait.power"
    left_ms = [end - occasion.now_ms for end in occasion.deadlines_ms]
    if not is_critical and any(0 <= left < blackout_h * _HOUR_MS for left in left_ms):
        return "wait.blackout"
    return ""
