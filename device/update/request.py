"""Asks for a restart: a file appears, and a unit of the system that may restart does it.

The updater itself may neither restart nor stop anything. The folder lies in memory, so a request is
gone once it was granted.
"""

from collections.abc import Callable
from pathlib import Path

from device.update.base import translated

# Into the default slot, and once into the other one (the Pi's firmware alone tells them apart).
REBOOT = "reboot"
TRYBOOT = "tryboot"
# The screens alone, to load other networks; granted when nobody is served.
RESTART_KIOSK = "kiosk"


def requests_in(folder: Path) -> Callable[[str], None]:
    """Give what asks for a restart by leaving a file of that name in a folder."""

    def ask(name: str) -> None:
        with translated("ask for a restart"):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()

    return ask
