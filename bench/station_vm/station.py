"""What is done inside the emulated station: enrol it, look at its units, use its screens."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from bench.station_vm import scenes
from bench.station_vm.host import Host, wait_for
from bench.station_vm.machine import Machine, MachineError
from demo import centre
from demo import scenes as pictures
from demo.cast import Visit
from demo.kiosk import Guarded, Hooks, Kiosk, bring
from demo.score import printed_fields

UNITS = ("acopio-kiosk.service", "acopio-deliver.service", "acopio-health.timer")
# The port of the kiosk's page inside, as the unit station-vm-screen forwards it.
SCREEN_PORT = 8081
_START_S = 1800.0
_READ_S = 900.0
_EXPOSURE = re.compile(r"^(\S+\.service)\s+([0-9.]+)\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Watchdog:
    """What systemd did to a kiosk that hung."""

    seconds: float
    result: str


def enrol(machine: Machine, host: Host) -> None:
    """Enrol the station with its claim, as the user who will seal; then start its units.

    Raises:
        MachineError: It was not enrolled.
    """
    machine.put("/run/alta.claim", host.claim())
    machine.run("chown", "acopio-kiosk", "/run/alta.claim")
    machine.run("systemctl", "stop", *UNITS, may_fail=True)
    machine.run(
        "systemd-run", "--pipe", "--wait", "--quiet", "--uid=acopio-kiosk", "--gid=acopio-kiosk",
        "-p", "UMask=0007", "/opt/acopio/bin/acopio-station", "enrol", "/run/alta.claim",
        timeout_s=_START_S,
    )  # fmt: skip
    machine.run("systemctl", "reset-failed")
    machine.run("systemctl", "start", "--no-block", *UNITS, "acopio-station.target")


def wait_until_active(machine: Machine) -> None:
    """Wait until every unit runs.

    Raises:
        MachineError: One does not.
    """

    def is_active() -> bool:
        states = machine.run("systemctl", "is-active", *UNITS, may_fail=True).split()
        return states == ["active"] * len(UNITS)

    try:
        wait_for("las unidades", is_active, timeout_s=_START_S)
    except MachineError as error:
        said = machine.run("journalctl", "-b", "-n", "60", "--no-pager", "-u", "acopio-*")
        raise MachineError(f"{error}\n{said}") from error


def exposures(machine: Machine) -> dict[str, float]:
    """Ask systemd how exposed each unit of ours is: 0 is closed, 10 open."""
    found = _EXPOSURE.findall(
        machine.run("systemd-analyze", "security", "--no-pager", timeout_s=300)
    )
    return {name: float(value) for name, value in found if name.startswith("acopio-")}


def health(machine: Machine) -> dict[str, object]:
    """Ask the kiosk how it is; an empty answer is a kiosk that does not answer."""
    said = machine.run(
        "/opt/acopio/bin/python", "-c",
        "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8080/health').read().decode())",
        may_fail=True,
    )  # fmt: skip
    try:
        answer: dict[str, object] = json.loads(said)
    except ValueError:
        return {}
    return answer


def hang_kiosk(machine: Machine) -> Watchdog:
    """Stop the kiosk's processes without ending them, and wait for systemd to notice.

    Raises:
        MachineError: It did not, or the kiosk did not come back.
    """
    unit = "acopio-kiosk.service"

    def shown(name: str) -> str:
        return machine.run("systemctl", "show", "-P", name, unit).strip()

    restarts = int(shown("NRestarts"))
    began = float(machine.run("cut", "-d ", "-f1", "/proc/uptime"))
    machine.run("systemctl", "kill", "--signal=SIGSTOP", unit)
    wait_for("el perro guardián", lambda: int(shown("NRestarts")) > restarts, timeout_s=_START_S)
    seconds = float(machine.run("cut", "-d ", "-f1", "/proc/uptime")) - began
    said = machine.run("journalctl", "-b", "-u", unit, "--no-pager", "-g", "atchdog")
    wait_until_active(machine)
    return Watchdog(seconds, "watchdog" if "atchdog" in said else "unknown")


def kill_delivery(machine: Machine) -> None:
    """Kill the delivery, and wait until systemd has started it again.

    Raises:
        MachineError: It did not come back.
    """
    machine.run("systemctl", "kill", "--signal=SIGKILL", "acopio-deliver.service")
    wait_until_active(machine)


def bring_visit(machine: Machine, port: int, frames: Path, visit: Visit) -> Guarded:
    """Bring one citizen through the screens, with the camera before the invented credential.

    Raises:
        MachineError: The kiosk cannot take a visit.
        KioskGoneError, KioskRefusedError: As `demo.kiosk.bring`.
    """
    kiosk = Kiosk(
        f"http://127.0.0.1:{port}", centre.AUXILIAR, centre.AUXILIAR_PASSWORD, timeout_s=_READ_S
    )
    wait_for("el quiosco", kiosk.is_up, timeout_s=_START_S)
    kiosk.sign_in()
    hooks = Hooks(
        show=lambda one, shot, attempt: scenes.show(machine, scenes.name(one, shot, attempt))
    )
    return bring(kiosk, visit, hooks, printed_fields(pictures.truth(frames, visit)))
