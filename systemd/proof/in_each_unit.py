"""Runs `forbidden_acts.py` inside every unit that is installed, and judges what it says.

As root, where systemd is process 1 and the units are installed (a station, the emulated station,
or `private_systemd.py`): `python3 in_each_unit.py [UNIT…]`. Each unit is stopped, started once with
the script in the place of its program, and started again if it ran. Prints JSON; status 1 when a
unit could do what is not its duty, or could not do what is.
"""

import json
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = Path("/usr/lib/acopio/forbidden_acts.py")
ANSWERS = Path("/run/acopio-proof")
DROP_INS = Path("/run/systemd/system")
PEER = ("192.0.2.7", 8443)  # as in `forbidden_acts.py`

LISTEN = {"listen_for_the_network"}
STATION, CENTRAL = "/var/lib/acopio-station", "/var/lib/acopio-central"
# What is a unit's duty, though it is forbidden to the others. A port that kiosk, browser or portal
# opens is reached from nowhere else: the packet filter by addresses and the firewall see to that.
DUTY = {
    "acopio-kiosk": {"read_secret_of_the_kiosk", "read_signing_key", *LISTEN},
    "acopio-deliver": {"read_signing_key", "call_the_network"},
    # Chromium locks its pages up in namespaces, and compiles their scripts.
    "acopio-display": {"make_a_user_namespace", "write_code_into_memory", *LISTEN},
    "acopio-web": {"call_the_network"},
    "acopio-worker": {"call_the_network"},
    # root, like process 1; a signal 0 is all that the acts send.
    "acopio-last-resort": {"signal_a_process"},
    "acopio-return": {"signal_a_process"},
    "acopio-grant-kiosk": {"signal_a_process"},
    "acopio-grant-reboot": {"signal_a_process"},
    "acopio-grant-tryboot": {"signal_a_process"},
}  # fmt: skip
MAY_WRITE = {
    "acopio-kiosk": {f"{STATION}/spool", f"{STATION}/keys", "/run/acopio"},
    "acopio-deliver": {
        f"{STATION}/spool", "/var/lib/acopio-update/fetching", "/var/lib/acopio-update/inbox",
    },
    "acopio-health": {"/run/acopio"},
    "acopio-update": {
        "/var/lib/acopio-update", "/var/lib/acopio-update/fetching",
        "/var/lib/acopio-update/inbox", f"{STATION}/spool", "/run/acopio-update",
    },
    "acopio-confirm": {
        "/var/lib/acopio-update", "/var/lib/acopio-update/fetching",
        "/var/lib/acopio-update/inbox", f"{STATION}/spool", "/run/acopio-update",
    },
    "acopio-slot": {
        "/var/lib/acopio-update", "/var/lib/acopio-update/fetching",
        "/var/lib/acopio-update/inbox",
    },
    "acopio-grant-kiosk": {"/run/acopio-update"},
    "acopio-grant-reboot": {"/run/acopio-update"},
    "acopio-grant-tryboot": {"/run/acopio-update"},
    "acopio-web": {f"{CENTRAL}/packets", f"{CENTRAL}/documents", f"{CENTRAL}/database"},
    "acopio-worker": {f"{CENTRAL}/packets", f"{CENTRAL}/documents", f"{CENTRAL}/database"},
    "acopio-vault": {f"{CENTRAL}/database"},
}  # fmt: skip


def installed_units() -> list[str]:
    """Give the services of Acopio that are installed here, by name."""
    listed = systemctl("list-unit-files", "--no-legend", "--type=service", "acopio-*").stdout
    return [line.split()[0].removesuffix(".service") for line in listed.splitlines()]


def try_in(units: list[str]) -> list[dict[str, object]]:
    """Start units with the acts in the place of their programs; give what each answered."""
    were_active = [unit for unit in units if systemctl("is-active", unit).returncode == 0]
    drop_ins = [DROP_INS / f"{unit}.service.d" / "zz-proof.conf" for unit in units]
    for unit, drop_in in zip(units, drop_ins, strict=True):
        (ANSWERS / f"{unit}.json").unlink(missing_ok=True)
        drop_in.parent.mkdir(parents=True, exist_ok=True)
        drop_in.write_text(
            "[Unit]\nOnFailure=\nConditionPathExists=\n"
            "[Service]\nType=oneshot\nRemainAfterExit=no\nRestart=no\nWatchdogSec=0\n"
            f"ExecStartPre=\nExecStart=\nExecStart=/usr/bin/python3 -I {PROGRAM}\n"
            f"StandardOutput=file:{ANSWERS}/{unit}.json\n"
        )
    try:
        systemctl("stop", *units)
        systemctl("daemon-reload")
        systemctl("start", *units)
    finally:
        for drop_in in drop_ins:
            drop_in.unlink()
        systemctl("daemon-reload")
        systemctl("reset-failed", *units)
        if were_active:
            systemctl("start", "--no-block", *were_active)
    return [_answer_of(unit) for unit in units]


def _answer_of(unit: str) -> dict[str, object]:
    try:
        return {"unit": unit, **json.loads((ANSWERS / f"{unit}.json").read_text())}
    except (OSError, ValueError):
        log = subprocess.run(
            ["journalctl", "--no-pager", "--output=cat", "--lines=5", f"--unit={unit}"],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        return {"unit": unit, "error": log.stdout.strip() or "it did not start"}


def judge(found: dict[str, object]) -> list[str]:
    """Say what is wrong with a unit's answer."""
    if "error" in found:
        return [f"it could not be tried: {found['error']}"]
    unit, acts, writable = str(found["unit"]), found["acts"], found["writable"]
    assert isinstance(acts, dict)
    assert isinstance(writable, list)
    done = {name for name, result in acts.items() if result == "done"}
    if "+BPF_FRAMEWORK" not in systemctl("--version").stdout:
        # SocketBindDeny= asks for it, and systemd on Debian 12 is built without it.
        done -= LISTEN
    duty, may_write = DUTY.get(unit, set()), MAY_WRITE.get(unit, set())
    present = {folder for folder in may_write if Path(folder).is_dir()}
    return [
        *(f"it can {name}" for name in sorted(done - duty)),
        *(f"it cannot {name}, which is its duty" for name in sorted(duty - done - LISTEN)),
        *(f"it can write {folder}" for folder in sorted(set(writable) - may_write)),
        *(f"it cannot write {folder}" for folder in sorted(present - set(writable))),
    ]


def systemctl(*words: str) -> subprocess.CompletedProcess[str]:
    """Give systemd an order."""
    return subprocess.run(
        ["systemctl", "--no-pager", *words], check=False, capture_output=True, text=True
    )


def main() -> int:
    """Try every unit."""
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    if PROGRAM.parent != HERE:
        shutil.copy(HERE / PROGRAM.name, PROGRAM)
    ANSWERS.mkdir(exist_ok=True)
    # A peer that is not on loopback's addresses, so that refusing it is the unit's doing.
    subprocess.run(["ip", "address", "add", f"{PEER[0]}/32", "dev", "lo"], check=False)
    report, wrong = [], 0
    with socket.create_server(PEER) as peer:
        threading.Thread(target=_accept, args=(peer,), daemon=True).start()
        for found in try_in(sys.argv[1:] or installed_units()):
            findings = judge(found)
            acts = found.get("acts", {})
            assert isinstance(acts, dict)
            refused = sum(result != "done" for result in acts.values())
            report.append({**found, "wrong": findings})
            wrong += len(findings)
            said = "; ".join(findings) or "as it should"
            print(f"{found['unit']}: {refused} of {len(acts)} refused; {said}", file=sys.stderr)
    subprocess.run(["ip", "address", "del", f"{PEER[0]}/32", "dev", "lo"], check=False)
    print(json.dumps(report, indent=1))
    return 1 if wrong else 0


def _accept(peer: socket.socket) -> None:
    while True:
        try:
            peer.accept()[0].close()
        except OSError:
            return


if __name__ == "__main__":
    sys.exit(main())
