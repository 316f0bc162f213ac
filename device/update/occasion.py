"""When a station may be restarted: nobody is served, nothing is on its way, the power will last."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_POWER = Path("/sys/class/power_supply")
_ANSWER_S = 5.0
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Occasion:
    """What was found; `None` where there is nothing to ask."""

    is_visited: bool
    unsettled: int  # packets reserved or sending
    battery_percent: int | None
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


def is_visited(port: int) -> bool:
    """Ask the kiosk whether somebody works at it; one that does not run serves nobody.

    A session that is locked is no visit: its auxiliar signs in again after the restart.
    """
    try:
        # The address is a constant but for the port: loopback, where the kiosk alone answers.
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=_ANSWER_S) as answer:
            found = json.load(answer)
    except urllib.error.URLError as error:
        return not isinstance(error.reason, ConnectionRefusedError)
    except (OSError, ValueError):
        return True  # somebody answers there, and not as agreed: better wait
    return not isinstance(found, dict) or bool(found.get("signed_in") or found.get("step"))


def battery_percent(folder: Path = _POWER) -> int | None:
    """Return the charge of the emptiest battery; None where there is none."""
    charges = list(_charges(folder))
    return min(charges) if charges else None


def _charges(folder: Path) -> Iterable[int]:
    if not folder.is_dir():
        return
    for supply in sorted(folder.iterdir()):
        try:
            # The battery of a mouse or scanner powers itself alone.
            scope = supply / "scope"
            is_own = not scope.exists() or scope.read_text("ascii").strip() != "Device"
            if is_own and (supply / "type").read_text("ascii").strip() == "Battery":
                yield int((supply / "capacity").read_text("ascii"))
        except (OSError, ValueError):
            continue
