"""What the disk of the emulated station is made of; nothing here touches a file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from packaging.requirements import Requirement

SUITE = "trixie"
# The station's Python: that of the suite.
PYTHON = "3.13"
# The system; what provisioning/steps/packages.toml lists for a station without its screen, for no
# one looks at an emulator; libcamera from its own packages, and what picamera2 needs of the system.
PACKAGES = (
    "linux-image-amd64 systemd-sysv kmod initramfs-tools dbus udev ca-certificates nftables "
    "systemd-timesyncd tzdata cryptsetup-bin dosfstools fonts-dejavu-core "
    "python3-libcamera libcamera-tools libcamera-ipa python3-venv python3-numpy python3-prctl "
    "python3-av python3-jsonschema python3-piexif python3-pil python3-tqdm python3-libarchive-c "
    "iproute2 procps socat"
).split()
# Where the one source distribution becomes a wheel; this root never boots.
BUILD_PACKAGES = ("gcc libc6-dev python3-dev python3-pip python3-setuptools python3-wheel").split()
_PLATFORMS = ("2_34", "2_31", "2_28", "2_27", "2_26", "2_17")

CAMERA = """\
"Virtual0":
  supported_formats:
  - {{width: 1280, height: 960, frame_rates: [30, 60]}}
  - {{width: 640, height: 480, frame_rates: [30, 60]}}
  frames:
    path: "{folder}"
  location: "CameraLocationBack"
  model: "Virtual"
"""

STATION = """\
[camera]
driver = "picamera2"
still_width = 1280
still_height = 960
timeout_s = 30

[queue]
minimum_free_bytes = 67108864
ballast_bytes = 1048576

[server]
backoff_first_s = 0.5
backoff_most_s = 5
poll_s = 1

[kiosk]
# A person before an emulated station waits longer than before a real one.
visit_timeout_s = 3600
idle_s = 7200
automatic_shutter = false
"""

# Emulated, a start that takes a Pi seconds takes minutes; what the units do is left as it is.
PATIENCE = {
    "acopio-kiosk.service": "TimeoutStartSec=900\nWatchdogSec=240\n",
    "acopio-deliver.service": "TimeoutStartSec=900\n",
    "acopio-health.service": "TimeoutStartSec=600\n",
}


def sources_for(sources: str, codename: str) -> str:
    """Turn the system's own package sources into those of the station's suite."""
    return re.sub(rf"\b{re.escape(codename)}\b", SUITE, sources)


def cache_key(packages: Sequence[str]) -> str:
    """Name a root by what is in it."""
    return hashlib.sha256(" ".join((SUITE, *packages)).encode()).hexdigest()[:12]


def environment() -> Mapping[str, str]:
    """Give the markers of the station's Python."""
    return {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{PYTHON}.0",
        "python_version": PYTHON,
        "sys_platform": "linux",
    }


def requirements_for(lock: str) -> list[str]:
    """Give the lines of a lock that hold on the station, each with its hashes.

    pip judges markers by the Python that runs it, also when it downloads for another.
    """
    chosen = []
    for line in lock.replace("\\\n", " ").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        requirement = Requirement(line.split(" --hash")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(dict(environment())):
            hashes = " ".join(re.findall(r"--hash=\S+", line))
            chosen.append(f"{requirement.name}{requirement.specifier} {hashes}")
    return chosen


def download_options() -> list[str]:
    """Give pip's options to download wheels for the station."""
    options = ["--no-deps", "--only-binary", ":all:", "--python-version", PYTHON]
    options += ["--implementation", "cp"]
    for abi in ("cp" + PYTHON.replace(".", ""), "abi3", "none"):
        options += ["--abi", abi]
    for platform in _PLATFORMS:
        options += ["--platform", f"manylinux_{platform}_x86_64"]
    return [*options, "--platform", "manylinux2014_x86_64"]


def pinned(wheels: Mapping[str, str]) -> list[str]:
    """Give one line of requirements for each wheel, from its file name and its SHA-256."""
    lines = []
    for file, digest in sorted(wheels.items()):
        name, version, *_ = file.split("-")
        lines.append(f"{name}=={version} --hash=sha256:{digest}")
    return lines
