"""The kiosk failed again and again: start it once more after a pause, or restart the machine.

Runs as a unit of its own (`acopio-last-resort.service`) with the system's Python, for what is
broken may be Acopio's own environment. A restart helps against a camera or a USB bus that hangs,
and against nothing else; so it is bounded, and what a person has to mend (no enrolment, a wrong
setting) never leads to one. It is started when the kiosk has stopped: no capture is going on.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

UNIT = "acopio-kiosk.service"
RESTARTS = Path("/var/lib/acopio-station/last-resort/restarts")
# So many restarts in a day; then pauses alone.
MOST_RESTARTS = 2
DAY_S = 24 * 3600
# A machine that has just come up is not restarted: the last restart did not help.
SHORTEST_UPTIME_S = 15 * 60
# The pause before the next try, when the machine is not restarted.
PAUSE_S = 300
# Its own word that the station cannot be built as it is set up: see `device/commands/run.py`.
CANNOT_BE_BUILT = 4


@dataclass(frozen=True)
class Situation:
    """What is known when the kiosk has given up; times in seconds since 1970."""

    now_s: float
    uptime_s: float
    exit_status: int
    restarts_s: tuple[float, ...]


def should_restart(situation: Situation) -> bool:
    """Tell whether the machine is to be restarted."""
    recent = [at for at in situation.restarts_s if abs(situation.now_s - at) < DAY_S]
    return (
        situation.exit_status != CANNOT_BE_BUILT
        and situation.uptime_s >= SHORTEST_UPTIME_S
        and len(recent) < MOST_RESTARTS
    )


def read_restarts(path: Path) -> tuple[float, ...]:
    """Read when this unit restarted the machine; a damaged line counts as a restart of now."""
    try:
        lines = path.read_text("ascii", errors="replace").split()
    except FileNotFoundError:
        return ()
    except OSError:
        lines = ["?"] * MOST_RESTARTS
    return tuple(float(line) if line.isdigit() else time.time() for line in lines)


def write_restarts(path: Path, restarts_s: tuple[float, ...]) -> None:
    """Write the last ones down, durably: before a restart, or it would not be bounded."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="ascii") as file:
        file.writelines(f"{int(at)}\n" for at in restarts_s[-MOST_RESTARTS:])
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def main() -> int:
    """Decide and act."""
    situation = Situation(
        now_s=time.time(),
        uptime_s=float(Path("/proc/uptime").read_text("ascii").split()[0]),
        exit_status=_exit_status(),
        restarts_s=read_restarts(RESTARTS),
    )
    if should_restart(situation) and _is_noted(situation):
        print("last_resort.restarting", flush=True)
        return _systemctl("reboot")
    print(f"last_resort.waiting seconds={PAUSE_S} status={situation.exit_status}", flush=True)
    time.sleep(PAUSE_S)
    _systemctl("reset-failed", UNIT)
    return _systemctl("start", "--no-block", UNIT)


def _is_noted(situation: Situation) -> bool:
    """Write this restart down; one that cannot be is not made, or nothing would bound them."""
    try:
        write_restarts(RESTARTS, (*situation.restarts_s, situation.now_s))
    except OSError as error:
        print(f"last_resort.not_noted reason={error.strerror}", flush=True)
        return False
    return True


def _exit_status() -> int:
    shown = subprocess.run(
        ["/usr/bin/systemctl", "show", "--value", "--property=ExecMainStatus", UNIT],
        check=False,
        capture_output=True,
        text=True,
    ).stdout.strip()
    return int(shown) if shown.isdigit() else 0


def _systemctl(*words: str) -> int:
    return subprocess.run(["/usr/bin/systemctl", *words], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
