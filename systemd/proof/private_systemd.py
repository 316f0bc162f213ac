"""Starts a systemd of its own on this machine, installs the units there, and runs the proof.

As root: `python3 systemd/proof/private_systemd.py [UNIT…]`. It needs Linux with overlay file
systems and a Debian with `systemd`, `util-linux` and `iproute2`. The systemd is process 1 of
namespaces of its own; its root is this machine's, read through an overlay that lives in memory, so
that nothing here is changed. Prints what `in_each_unit.py` prints, and gives its status; 3 where a
systemd cannot be started.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
UNITS = HERE.parent
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
PATIENCE_S = 60
CANNOT_START = 3


def main() -> int:
    """Start the systemd, run the proof in it, and end it."""
    if "--inside" in sys.argv:
        become_systemd(Path(sys.argv[-1]))
    if os.geteuid() != 0:
        print("only root can start a systemd", file=sys.stderr)
        return CANNOT_START
    known_groups = control_groups()
    with tempfile.TemporaryDirectory(prefix="acopio-proof-") as folder:
        outer = subprocess.Popen(
            ["unshare", "--fork", "--pid", "--kill-child", "--mount", "--cgroup", "--uts", "--ipc",
             "--net", sys.executable, __file__, "--inside", folder],
            stdout=sys.stderr,
        )  # fmt: skip
        try:
            inside = wait_until_it_runs(outer)
            proof = [*inside, "/usr/bin/python3", "/usr/lib/acopio/in_each_unit.py", *sys.argv[1:]]
            return subprocess.run(proof, check=False).returncode
        finally:
            outer.kill()
            outer.wait()
            for group in sorted(control_groups() - known_groups, reverse=True):
                with contextlib.suppress(OSError):
                    group.rmdir()


def control_groups() -> set[Path]:
    """Give the control groups below our own: systemd makes some, and is killed before it tidies."""
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    places = [line.split()[4] for line in mounts if " - cgroup2 " in line]
    own = [line[3:] for line in Path("/proc/self/cgroup").read_text().split() if line[:3] == "0::"]
    if not places or not own:
        return set()
    return set((Path(places[0]) / own[0].lstrip("/")).glob("**/"))


def wait_until_it_runs(outer: subprocess.Popen[bytes]) -> list[str]:
    """Wait for the systemd; give the words that run a command beside it."""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s and outer.poll() is None:
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text().split()
        for child in children:
            if Path(f"/proc/{child}/comm").read_text().strip() != "systemd":
                continue
            inside = ["nsenter", "--target", child, "--mount", "--pid", "--uts", "--ipc", "--net",
                      "--cgroup", "--root", "--wd"]  # fmt: skip
            asked = [*inside, "systemctl", "is-system-running"]
            said = subprocess.run(asked, check=False, capture_output=True, text=True).stdout
            if said.strip() in ("running", "degraded"):
                return inside
        time.sleep(0.5)
    print("systemd did not come up", file=sys.stderr)
    raise SystemExit(CANNOT_START)


def become_systemd(folder: Path) -> None:
    """Make the root, install the units into it, and turn into its process 1."""
    os.umask(0o022)  # the root is everybody's, whoever started this
    root = make_root(folder)
    install(root)
    (root / "before").mkdir()
    os.chdir(root)
    run("pivot_root", ".", "before")
    os.chdir("/")
    run("umount", "--lazy", "/before")
    # As on a machine of its own: systemd hands credentials over by mounts that spread.
    run("mount", "--make-rshared", "/")
    os.execve(  # noqa: S606  # no shell is wanted
        "/lib/systemd/systemd",
        ["systemd", "--system", "--unit=proof.target", "--show-status=no"],
        {"PATH": os.environ["PATH"], "container": "other"},
    )


def make_root(folder: Path) -> Path:
    """Lay memory over this machine's root, with its own devices, processes and run-time folder."""
    run("mount", "--make-rprivate", "/")
    run("mount", "-t", "tmpfs", "tmpfs", folder)
    root, upper, work = (folder / name for name in ("root", "upper", "work"))
    for path in (root, upper, work):
        path.mkdir()
    layers = f"lowerdir=/,upperdir={upper},workdir={work}"
    run("mount", "-t", "overlay", "overlay", "-o", layers, root)
    run("mount", "-t", "proc", "proc", root / "proc")
    run("mount", "-t", "sysfs", "sysfs", root / "sys")
    run("mount", "-t", "cgroup2", "cgroup2", root / "sys" / "fs" / "cgroup")
    for name, mode in (("run", "755"), ("tmp", "1777"), ("dev", "755")):
        run("mount", "-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", root / name)
    device_folder = root / "dev"
    for name in DEVICES:
        (device_folder / name).touch()
        run("mount", "--bind", f"/dev/{name}", device_folder / name)
    for name, kind in (("pts", "devpts"), ("shm", "tmpfs")):
        (device_folder / name).mkdir()
        run("mount", "-t", kind, kind, device_folder / name)
    (device_folder / "ptmx").symlink_to("pts/ptmx")
    (device_folder / "fd").symlink_to("/proc/self/fd")
    run("ip", "link", "set", "lo", "up")
    return root


def install(root: Path) -> None:
    """Install units, users and folders, with empty keys and stand-ins for what is not here."""
    system = root / "usr" / "lib" / "systemd" / "system"
    own = root / "etc" / "systemd" / "system"
    programs = root / "usr" / "lib" / "acopio"
    for path in (programs, root / "opt" / "acopio" / "bin", root / "etc" / "acopio" / "keys"):
        path.mkdir(parents=True, exist_ok=True)
    for side in ("station", "central"):
        for unit in (UNITS / side).glob("acopio-*"):
            shutil.copy(unit, system)
            for line in unit.read_text().splitlines():
                source = line.partition(":")[2]
                if line.startswith("LoadCredential=") and source.startswith("/etc/acopio/keys/"):
                    (root / source[1:]).touch(mode=0o600)
        for kind in ("sysusers.d", "tmpfiles.d"):
            for path in (UNITS / side / kind).iterdir():
                shutil.copy(path, root / "usr" / "lib" / kind)
    for path in (HERE / "forbidden_acts.py", HERE / "in_each_unit.py"):
        shutil.copy(path, programs)
    (system / "seatd.service").write_text("[Service]\nType=oneshot\nExecStart=/usr/bin/true\n")
    # Keys such as an enrolled station has, for those who may read them and those who may not.
    (root / "usr" / "lib" / "tmpfiles.d" / "proof.conf").write_text(
        "f /var/lib/acopio-station/keys/hint.key 0600 acopio-kiosk acopio-keys -\n"
        "f /var/lib/acopio-station/keys/proof.pem 0640 acopio-kiosk acopio-keys -\n"
    )
    # Nothing of this machine's own services is started.
    (own / "proof.target").write_text("[Unit]\nRequires=sysinit.target\nAfter=sysinit.target\n")
    for name in ("systemd-udevd.service", "systemd-timesyncd.service", "systemd-resolved.service"):
        with contextlib.suppress(FileNotFoundError):
            (own / name).unlink()
        (own / name).symlink_to("/dev/null")
    with contextlib.suppress(FileNotFoundError):
        (root / "etc" / "machine-id").unlink()
    (root / "etc" / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")


def run(*words: str | Path) -> None:
    """Run a program of the system; it must succeed."""
    subprocess.run([str(word) for word in words], check=True)


if __name__ == "__main__":
    sys.exit(main())
