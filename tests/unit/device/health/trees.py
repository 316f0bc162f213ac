"""Trees of files as the kernels of some boards show them."""

from pathlib import Path

RASPBERRY_PI_4 = {
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
    "sys/class/thermal/thermal_zone0/temp": "61342\n",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "50005\n",
    "sys/fs/ext4/mmcblk0p2/errors_count": "0\n",
    "sys/fs/ext4/mmcblk0p3/errors_count": "2\n",
    "proc/uptime": "86400.51 301234.22\n",
    "proc/loadavg": "2.00 1.10 0.80 1/234 4321\n",
    "proc/cpuinfo": "".join(f"processor\t: {n}\nmodel name\t: ARMv8\n\n" for n in range(4)),
    "proc/meminfo": "MemTotal:        4000000 kB\nMemFree: 1 kB\nMemAvailable:    1000000 kB\n",
}
# A card of flash that tells its wear, and a battery below.
COMPUTE_MODULE = {
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
    "sys/class/thermal/thermal_zone0/temp": "45000\n",
    "sys/class/hwmon/hwmon1/name": "rpi_volt\n",
    "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1\n",
    "sys/block/mmcblk0/device/life_time": "0x02 0x04\n",
    "sys/block/mmcblk0/device/pre_eol_info": "0x01\n",
    "sys/class/power_supply/battery/type": "Battery\n",
    "sys/class/power_supply/battery/capacity": "37\n",
    "sys/class/power_supply/battery/status": "Discharging\n",
    "sys/class/power_supply/mouse/type": "Battery\n",
    "sys/class/power_supply/mouse/scope": "Device\n",
    "sys/class/power_supply/mouse/capacity": "3\n",
    "sys/class/power_supply/mains/type": "Mains\n",
    "sys/class/power_supply/mains/online": "0\n",
}
DAMAGED = {
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
    "sys/class/thermal/thermal_zone0/temp": "hot\n",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "",
    "sys/block/mmcblk0/device/life_time": "nonsense\n",
    "sys/block/mmcblk0/device/pre_eol_info": "0x00\n",
    "proc/uptime": "",
    "proc/loadavg": "?",
    "proc/meminfo": "MemTotal: much\n",
}


def plant(root: Path, tree: dict[str, str]) -> Path:
    """Write a tree under a folder."""
    for name, text in tree.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "ascii")
    return root
