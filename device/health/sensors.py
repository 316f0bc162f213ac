"""Temperature, supply, disks, memory: what the kernel says in `/sys` and `/proc`.

Only files that anybody may read, under a root that is an argument. `vcgencmd` would say the same
of supply and heat, but through the firmware's mailbox, and whoever may open that may also use the
key of the board. A file that is not there is a sensor that this board has not: it is left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from wire.gauges import Gauge

# Bits of the firmware's `get_throttled`: now, and 16 higher the same since the start.
_UNDERVOLTAGE, _SINCE_START = 1 << 0, 16
# The frequency capped, slowed down, the soft limit of the temperature.
_THROTTLED = 1 << 1 | 1 << 2 | 1 << 3
# eMMC 5.1, EXT_CSD 268 and 269: 1 means up to 10 % of the life, 11 means more than all of it.
_MOST_LIFE_STEPS = 11
_MEMORY = re.compile(r"^(\w+):\s+([0-9]+) kB$", re.MULTILINE)
# Of a processor, as the kernels of these boards and of ordinary machines name its zone.
_PROCESSOR_ZONES = ("cpu", "soc", "x86_pkg_temp", "acpitz")


def read_gauges(root: Path, data: Path) -> dict[Gauge, int]:
    """Return what the sensors under `root` and the partition of `data` say."""
    found: dict[Gauge, int] = {}
    for part in (_temperature, _supply, _wear, _errors, _battery, _activity):
        found |= part(root)
    return found | _space(data)


def _temperature(root: Path) -> dict[Gauge, int]:
    zones = [
        number
        for zone in root.glob("sys/class/thermal/thermal_zone*")
        if _text(zone / "type").startswith(_PROCESSOR_ZONES)
        and (number := _number(zone / "temp")) is not None
    ]
    return {Gauge.TEMPERATURE_MC: max(zones)} if zones else {}


def _supply(root: Path) -> dict[Gauge, int]:
    for file in root.glob("sys/devices/platform/*/*firmware/get_throttled"):
        bits = _number(file, base=16)
        if bits is not None:
            seen = bits >> _SINCE_START
            return {
                Gauge.UNDERVOLTAGE: int(bool(bits & _UNDERVOLTAGE)),
                Gauge.UNDERVOLTAGE_SEEN: int(bool(seen & _UNDERVOLTAGE)),
                Gauge.THROTTLED: int(bool(bits & _THROTTLED)),
                Gauge.THROTTLED_SEEN: int(bool(seen & _THROTTLED)),
            }
    # A kernel without that file has at least the alarm of the supply.
    for sensor in root.glob("sys/class/hwmon/hwmon*"):
        if _text(sensor / "name") == "rpi_volt":
            alarm = _number(sensor / "in0_lcrit_alarm")
            return {} if alarm is None else {Gauge.UNDERVOLTAGE: int(bool(alarm))}
    return {}


def _wear(root: Path) -> dict[Gauge, int]:
    """Read what an eMMC says of its life; cards of this kind mostly, and NVMe always, say nothing.

    NVMe has the same in a log that only root may ask for.
    """
    steps: list[int] = []
    stages: list[int] = []
    for device in root.glob("sys/block/mmcblk*/device"):
        steps += _hexadecimals(device / "life_time")
        stages += _hexadecimals(device / "pre_eol_info")
    found: dict[Gauge, int] = {}
    # 0 means that the maker does not say.
    if known := [min(step, _MOST_LIFE_STEPS) for step in steps if step]:
        found[Gauge.DISK_WEAR_PERCENT] = 10 * max(known)
    if known := [stage for stage in stages if stage]:
        found[Gauge.DISK_PRE_EOL] = max(known)
    return found


def _errors(root: Path) -> dict[Gauge, int]:
    counts = list(_numbers(root.glob("sys/fs/ext4/*/errors_count")))
    return {Gauge.DISK_ERRORS: sum(counts)} if counts else {}


def _battery(root: Path) -> dict[Gauge, int]:
    charges: list[int] = []
    is_off = None
    for supply in root.glob("sys/class/power_supply/*"):
        if _text(supply / "scope").lower() == "device":
            continue  # the battery of a mouse
        match _text(supply / "type"):
            case "Battery" | "UPS":
                charges += _numbers([supply / "capacity"])
                is_off = is_off or _text(supply / "status") == "Discharging"
            case "Mains" | "USB":
                is_off = is_off or _number(supply / "online") == 0
    if not charges:
        return {}  # a supply without a battery is always on
    return {Gauge.BATTERY_PERCENT: min(charges), Gauge.ON_BATTERY: int(bool(is_off))}


def _activity(root: Path) -> dict[Gauge, int]:
    found: dict[Gauge, int] = {}
    if uptime := _decimal(root / "proc/uptime"):
        found[Gauge.UPTIME_S] = int(uptime)
    processors = _text(root / "proc/cpuinfo").count("processor\t") or 1
    load = _decimal(root / "proc/loadavg")
    if load is not None:
        found[Gauge.LOAD_PERCENT] = round(100 * load / processors)
    memory = dict(_MEMORY.findall(_text(root / "proc/meminfo")))
    if {"MemTotal", "MemAvailable"} <= memory.keys():
        total, available = int(memory["MemTotal"]), int(memory["MemAvailable"])
        found[Gauge.MEMORY_AVAILABLE_PERCENT] = 100 * available // max(total, 1)
    return found


def _space(data: Path) -> dict[Gauge, int]:
    try:
        found = os.statvfs(data)
    except OSError:
        return {}
    # What ordinary programs may use, as `df` counts it.
    usable = found.f_blocks - found.f_bfree + found.f_bavail
    used = found.f_blocks - found.f_bfree
    return {Gauge.DISK_USED_PERCENT: -(-100 * used // usable)} if usable else {}


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii", "replace").strip()
    except OSError:
        return ""  # absent, or a driver that does not answer now


def _words(file: Path) -> list[str]:
    return _text(file).split()


def _number(file: Path, *, base: int = 10) -> int | None:
    try:
        return int(_text(file), base)
    except ValueError:
        return None


def _numbers(files: Iterable[Path]) -> list[int]:
    return [number for file in files if (number := _number(file)) is not None]


def _decimal(file: Path) -> float | None:
    try:
        return float(_words(file)[0])
    except (IndexError, ValueError):
        return None


def _hexadecimals(file: Path) -> list[int]:
    try:
        return [int(word, 16) for word in _words(file)]
    except ValueError:
        return []
