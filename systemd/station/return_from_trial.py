"""A release that is being tried cannot even judge itself: start again, in the slot before it.

Runs when `acopio-confirm.service` failed, with the system's Python, for what is broken may be the
release's own. A start in the default slot is left alone: there is nothing to return to.
"""

import json
import subprocess
import sys
from pathlib import Path

# What the Raspberry Pi's firmware says of this start, and the selector of folder slots.
CHOSEN = Path("/proc/device-tree/chosen/bootloader/tryboot")
SELECTOR = Path("/var/lib/acopio-update/slots/selector.json")


def is_trial(chosen: Path = CHOSEN, selector: Path = SELECTOR) -> bool:
    """Tell whether this start is a try that nobody has kept."""
    try:
        return int.from_bytes(chosen.read_bytes()[:4], "big") == 1
    except OSError:
        pass  # no Raspberry Pi, or none that tries
    try:
        found = json.loads(selector.read_text("utf-8"))
        return found["running"] != found["default"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def main() -> int:
    """Decide and act."""
    if not is_trial():
        print("return_from_trial.nothing", flush=True)
        return 0
    print("return_from_trial.restarting", flush=True)
    return subprocess.run(["/usr/bin/systemctl", "reboot"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
