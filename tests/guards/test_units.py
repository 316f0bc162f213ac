"""Every unit is verified, scored, and compared with the exact list of what it may do.

A new capability, writable folder, device, address family, group or credential breaks the build
until somebody writes it down here as well, and why in the unit itself.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.guards.tree import ROOT

SYSTEMD = ROOT / "systemd"
FILES = sorted(
    path
    for path in SYSTEMD.glob("*/*")
    if path.suffix in (".service", ".timer", ".path", ".socket", ".target", ".mount")
)
SERVICES = [path for path in FILES if path.suffix == ".service"]

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)

# `systemd-analyze security`, 0 (shut) to 10 (open); the design asks for 2.0, the browser's 2.5.
MOST_EXPOSURE = {
    "acopio-kiosk": 1.5,
    "acopio-display": 2.5,
    "acopio-deliver": 1.5,
    "acopio-health": 0.5,
    "acopio-update": 0.5,
    "acopio-confirm": 0.6,
    "acopio-grant-kiosk": 0.7,
    "acopio-grant-reboot": 0.7,
    "acopio-grant-tryboot": 0.7,
    "acopio-last-resort": 1.0,
    "acopio-return": 0.9,
    "acopio-slot": 0.5,
    "acopio-web": 1.5,
    "acopio-worker": 1.5,
    "acopio-vault": 0.5,
}

DATA, CENTRE = "/var/lib/acopio-station", "/var/lib/acopio-central"
CAMERA = ["char-media rw", "char-video4linux rw", "char-dma_heap rw"]
CALLS = {"SystemCallFilter": ["@system-service", "~@privileged @resources @keyring"]}
CLOSED = {"MemoryDenyWriteExecute": ["yes"], "RestrictNamespaces": ["yes"], **CALLS}
NO_NETWORK = {"PrivateNetwork": ["yes"], "IPAddressDeny": ["any"]}
NO_DEVICES = {"PrivateDevices": ["yes"], "DevicePolicy": ["closed"]}
UPDATER = {
    "ReadWritePaths": [
        "/var/lib/acopio-update", "/run/acopio-update", "-/boot/selector", f"{DATA}/spool",
    ],
    "InaccessiblePaths": [f"{DATA}/keys"],
    "DevicePolicy": ["closed"],
    **NO_NETWORK, **CLOSED,
}  # fmt: skip
GRANTER = {
    "User": ["root"],
    "SupplementaryGroups": ["acopio-update"],
    "ReadWritePaths": ["/run/acopio-update"],
    "InaccessiblePaths": [f"-{DATA}", "-/var/lib/acopio-update", "-/etc/acopio", "/etc/shadow"],
    "RestrictAddressFamilies": ["AF_UNIX"],
    "ProcSubset": ["pid"],
    **NO_DEVICES, **NO_NETWORK, **CLOSED,
}  # fmt: skip
CENTRAL_STORES = [f"{CENTRE}/packets", f"{CENTRE}/documents", f"{CENTRE}/database"]
OUTWARDS = {
    "RestrictAddressFamilies": ["AF_INET", "AF_INET6", "AF_UNIX"],
    "IPAddressDeny": ["multicast"],
    "SocketBindDeny": ["any"],
}


def keys(*names: str) -> list[str]:
    return [f"{name}:/etc/acopio/keys/{name}" for name in names]


# Everything in which a unit differs from the refusals that all share.
MAY = {
    "acopio-kiosk": {
        "User": ["acopio-kiosk"],
        "NotifyAccess": ["all"],
        "ReadWritePaths": [f"{DATA}/spool", f"{DATA}/keys", "/run/acopio"],
        "DevicePolicy": ["closed"],
        "DeviceAllow": [*CAMERA, "char-ttyUSB rw", "char-ttyACM rw", "char-ttyAMA rw"],
        "RestrictAddressFamilies": ["AF_INET", "AF_UNIX", "AF_NETLINK"],
        "IPAddressDeny": ["any"],
        "IPAddressAllow": ["localhost"],
        **CLOSED,
    },
    "acopio-display": {
        "User": ["acopio-display"],
        "RuntimeDirectory": ["acopio-display"],
        "InaccessiblePaths": [
            f"-{DATA}", "-/var/lib/acopio-update", "-/etc/acopio", "-/run/acopio",
        ],
        "DevicePolicy": ["closed"],
        "DeviceAllow": ["char-drm rw", "char-alsa rw"],
        "RestrictAddressFamilies": ["AF_INET", "AF_UNIX", "AF_NETLINK"],
        "IPAddressDeny": ["any"],
        "IPAddressAllow": ["localhost"],
        "RestrictNamespaces": ["user pid net"],
        "MemoryDenyWriteExecute": ["no"],
        "SystemCallFilter": [
            "@system-service chroot",
            "~@chown @clock @module @raw-io @reboot @swap @cpu-emulation @debug @obsolete @keyring",
        ],
    },
    "acopio-deliver": {
        "User": ["acopio-deliver"],
        "NotifyAccess": ["main"],
        "ReadWritePaths": [
            f"{DATA}/spool", "/var/lib/acopio-update/fetching", "/var/lib/acopio-update/inbox",
        ],
        **NO_DEVICES, **OUTWARDS, **CLOSED,
        "ReadOnlyPaths": [f"{DATA}/keys"],
    },
    "acopio-health": {
        "User": ["acopio-health"],
        "ReadWritePaths": ["/run/acopio"],
        "InaccessiblePaths": [f"{DATA}/keys", f"{DATA}/spool"],
        "RestrictAddressFamilies": ["AF_UNIX"],
        **NO_DEVICES, **NO_NETWORK, **CLOSED,
    },
    "acopio-update": {
        "User": ["acopio-update"],
        "DeviceAllow": [
            "block-mmc rw", "block-sd rw", "block-blkext rw", "block-device-mapper rw",
        ],
        "RestrictAddressFamilies": ["AF_UNIX"],
        **UPDATER,
    },
    "acopio-confirm": {
        "User": ["acopio-update"],
        "SupplementaryGroups": ["video"],
        "DeviceAllow": CAMERA,
        "RestrictAddressFamilies": ["AF_UNIX", "AF_NETLINK"],
        **UPDATER,
    },
    "acopio-grant-kiosk": GRANTER,
    "acopio-grant-reboot": GRANTER,
    "acopio-grant-tryboot": GRANTER,
    "acopio-last-resort": {
        "User": ["root"],
        "SupplementaryGroups": ["acopio"],
        "ReadWritePaths": [f"-{DATA}/last-resort"],
        "InaccessiblePaths": [f"-{DATA}/spool", f"-{DATA}/keys", "-/etc/acopio", "/etc/shadow"],
        "RestrictAddressFamilies": ["AF_UNIX"],
        "PrivateNetwork": ["yes"],
        **NO_DEVICES, **CLOSED,
    },
    "acopio-return": {
        "User": ["root"],
        "SupplementaryGroups": ["acopio"],
        "InaccessiblePaths": [f"-{DATA}", "-/etc/acopio", "/etc/shadow"],
        "RestrictAddressFamilies": ["AF_UNIX"],
        **NO_DEVICES, **NO_NETWORK, **CLOSED,
    },
    "acopio-slot": {
        "User": ["acopio-update"],
        "ReadWritePaths": ["/var/lib/acopio-update"],
        "InaccessiblePaths": [f"-{DATA}", "-/etc/acopio"],
        "RestrictAddressFamilies": ["AF_UNIX"],
        "ProcSubset": ["pid"],
        **NO_DEVICES, **NO_NETWORK, **CLOSED,
    },
    "acopio-web": {
        "User": ["acopio-web"],
        "NotifyAccess": ["main"],
        "LoadCredential": [
            *keys("nonce.secret", "register.secret", "citizens.secret", "web.secret",
                  "receipts.pem", "receipts.pub.pem", "policy.pem", "policy.pub.pem",
                  "reports.pub.pem", "stations-authority.pem", "stations-authority.crt"),
            "provider-google.secret:acopio.provider-google.secret",
            "provider-facebook.secret:acopio.provider-facebook.secret",
        ],
        "ReadWritePaths": CENTRAL_STORES,
        "SocketBindAllow": ["tcp:8080"],
        **NO_DEVICES, **OUTWARDS, **CLOSED,
    },
    "acopio-worker": {
        "User": ["acopio-worker"],
        "NotifyAccess": ["main"],
        "LoadCredential": [
            *keys("register.secret", "citizens.secret", "receipts.pem", "reports.pem"),
            "smtp.secret:acopio.smtp.secret",
        ],
        "ReadWritePaths": CENTRAL_STORES,
        **NO_DEVICES, **OUTWARDS, **CLOSED,
    },
    "acopio-vault": {
        "User": ["acopio-vault"],
        "NotifyAccess": ["main"],
        "LoadCredential": keys("opening.age"),
        "RuntimeDirectory": ["acopio-vault"],
        "ReadWritePaths": [f"{CENTRE}/database"],
        "InaccessiblePaths": [f"{CENTRE}/documents"],
        "RestrictAddressFamilies": ["AF_UNIX"],
        "SocketBindDeny": ["any"],
        "ProcSubset": ["pid"],
        **NO_DEVICES, **NO_NETWORK, **CLOSED,
        "ReadOnlyPaths": [f"{CENTRE}/packets"],
    },
}  # fmt: skip

REFUSED_TO_ALL = [
    "CapabilityBoundingSet=", "AmbientCapabilities=", "NoNewPrivileges=yes", "KeyringMode=private",
    "LimitCORE=0", "LockPersonality=yes", "PrivateMounts=yes", "PrivateTmp=yes",
    "ProtectClock=yes", "ProtectControlGroups=yes", "ProtectHome=yes", "ProtectHostname=yes",
    "ProtectKernelLogs=yes", "ProtectKernelModules=yes", "ProtectKernelTunables=yes",
    "ProtectProc=invisible", "ProtectSystem=strict", "ReadOnlyPaths=/run",
    "NoExecPaths=/run /tmp /var/tmp /dev/shm", "RemoveIPC=yes", "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes", "SystemCallArchitectures=native", "SystemCallErrorNumber=EPERM",
    "UMask=0007",
]  # fmt: skip
# How a service runs, not what it may do.
MANNERS = frozenset({
    "Type", "ExecStart", "ExecStartPre", "Group", "Restart", "RestartSec", "RemainAfterExit",
    "TimeoutStartSec", "TimeoutStopSec", "WatchdogSec", "OOMScoreAdjust", "Nice",
    "IOSchedulingClass", "Environment", "RuntimeDirectoryMode", "StateDirectoryMode",
})  # fmt: skip
# Values that are lists of words; each word is a grant of its own.
LISTS = frozenset({
    "ReadWritePaths", "ReadOnlyPaths", "InaccessiblePaths", "NoExecPaths",
    "RestrictAddressFamilies", "SupplementaryGroups",
})  # fmt: skip
GRANTS = frozenset({
    "ReadWritePaths", "DeviceAllow", "RestrictAddressFamilies", "IPAddressAllow", "SocketBindAllow",
    "SupplementaryGroups", "LoadCredential", "StateDirectory", "RuntimeDirectory",
})  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One setting of a unit, and whether a comment stands above its group of the same key."""

    key: str
    value: str
    is_explained: bool


def settings(path: Path, section: str = "Service") -> list[Line]:
    """Read one section; lines that end in a backslash go on."""
    found: list[Line] = []
    inside, last, is_explained = False, "", False
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.startswith("["):
            inside, last, is_explained = line == f"[{section}]", "", False
        elif line.startswith("#"):
            last, is_explained = "#", True
        elif not line:
            last, is_explained = "", False
        elif inside:
            key, _, value = line.partition("=")
            # What stands between reason and grant must speak of the same thing.
            goes_on = last in ("#", key, "DevicePolicy", "IPAddressDeny", "SocketBindDeny")
            is_explained = is_explained and goes_on
            found.append(Line(key, value, is_explained))
            last = key
    return found


def named(path: Path) -> str:
    return path.stem


def analyse(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *map(str, arguments)],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@needs_systemd
def test_systemd_understands_every_unit_and_has_nothing_to_say(tmp_path: Path) -> None:
    units = tmp_path / "usr" / "lib" / "systemd" / "system"
    units.mkdir(parents=True)
    for path in [*Path("/usr/lib/systemd/system").glob("*.target"), *FILES]:
        shutil.copy(path, units)
    # What the units need from the machine: programs, and Debian's own unit of the seat.
    (units / "seatd.service").write_text("[Service]\nExecStart=/usr/bin/true\n")
    programs = {"/usr/bin/true"}
    for path in SERVICES:
        for line in settings(path):
            if line.key.startswith("Exec"):
                programs.add(line.value.split()[0])
    for program in programs:
        made = tmp_path / program.removeprefix("/")
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text("#!/bin/sh\n")
        made.chmod(0o755)
    done = analyse(
        "verify", f"--root={tmp_path}", "--man=no", "--recursive-errors=yes",
        *[path.name for path in FILES],
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("path", SERVICES, ids=named)
def test_a_unit_is_shut_as_far_as_it_should(path: Path) -> None:
    threshold = round(MOST_EXPOSURE[path.stem] * 10)
    done = analyse("security", "--offline=true", f"--threshold={threshold}", path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SERVICES, ids=named)
def test_a_unit_may_what_is_listed_and_nothing_else(path: Path) -> None:
    lines = [f"{line.key}={line.value}" for line in settings(path)]
    assert [line for line in REFUSED_TO_ALL if lines.count(line) != 1] == []
    may: dict[str, list[str]] = {}
    for line in settings(path):
        if line.key in MANNERS or f"{line.key}={line.value}" in REFUSED_TO_ALL:
            continue
        words = line.value.split() if line.key in LISTS else [line.value]
        may.setdefault(line.key, []).extend(words)
    writable = [
        *may.get("ReadWritePaths", []),
        *(f"/run/{name}" for name in may.get("RuntimeDirectory", [])),
        *(f"/var/lib/{name}" for name in may.get("StateDirectory", [])),
    ]
    # No program starts from where it could have been put.
    assert may.pop("NoExecPaths", []) == writable
    assert may == MAY[path.stem]


def test_every_list_is_of_a_unit() -> None:
    units = {path.stem for path in SERVICES}
    assert set(MAY) == units
    assert set(MOST_EXPOSURE) == units


@pytest.mark.parametrize("path", SERVICES, ids=named)
def test_every_grant_has_its_reason_above_it(path: Path) -> None:
    silent = [
        f"{line.key}={line.value}"
        for line in settings(path)
        if not line.is_explained
        and (
            line.key in GRANTS
            or (line.key, line.value) in {("MemoryDenyWriteExecute", "no"), ("User", "root")}
            or (line.key == "RestrictNamespaces" and line.value != "yes")
        )
    ]
    assert not silent


def test_one_duty_has_one_user_of_its_own() -> None:
    users: dict[str, list[str]] = {}
    for path in SERVICES:
        values = {line.key: line.value for line in settings(path)}
        assert values["Group"] == values["User"]
        users.setdefault(values["User"], []).append(path.stem)
    orders = users.pop("root")  # they give one order to systemd each, without any capability
    assert all(
        name.startswith(("acopio-grant-", "acopio-last-resort", "acopio-return")) for name in orders
    )
    assert {user: names for user, names in users.items() if len(names) > 1} == {
        # one duty in three moments
        "acopio-update": ["acopio-confirm", "acopio-slot", "acopio-update"],
    }
    for side in ("station", "central"):
        text = (SYSTEMD / side / "sysusers.d" / f"acopio-{side}.conf").read_text("utf-8")
        made = {line.split()[1] for line in text.splitlines() if line.startswith("u ")}
        wanted = {
            line.value
            for path in SERVICES
            if path.parent.name == side
            for line in settings(path)
            if line.key == "User" and line.value != "root"
        }
        assert made == wanted


def test_every_writable_folder_is_made_by_tmpfiles() -> None:
    made = {
        line.split()[1]
        for path in SYSTEMD.glob("*/tmpfiles.d/*.conf")
        for line in path.read_text("utf-8").splitlines()
        if line.startswith("d ")
    }
    wanted = {
        word
        for path in SERVICES
        for line in settings(path)
        if line.key == "ReadWritePaths"
        for word in line.value.split()
        if not word.startswith("-")
    }
    assert wanted <= made


@pytest.mark.parametrize("side", ["station", "central"])
def test_the_target_brings_up_every_unit_of_its_side(side: str) -> None:
    target = SYSTEMD / side / f"acopio-{side}.target"
    wanted = {
        word
        for line in settings(target, "Unit")
        if line.key == "Wants"
        for word in line.value.split()
    }
    installed = {
        path.name
        for path in FILES
        if path.parent.name == side and path != target and settings(path, "Install")
    }
    assert wanted == installed
    for name in installed:
        parts = [line.value for line in settings(SYSTEMD / side / name, "Unit")]
        assert target.name in parts, f"{name}: PartOf="


def test_every_unit_is_in_the_manual() -> None:
    text = (ROOT / "docs" / "units.md").read_text(encoding="utf-8")
    assert [path.name for path in FILES if f"`{path.name}`" not in text] == []
