"""Builds the disk of the emulated station: Debian, the product's wheels, its units, a camera.

It needs root, for the root file systems are entered with chroot; nothing is mounted.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.station_vm import recipe
from bench.station_vm.guest import virtual_camera
from bench.station_vm.host import CENTRE_PORT, HOST
from bench.station_vm.machine import Files
from provisioning.steps.wheelhouse import MANIFEST, REQUIREMENTS

ROOT = Path(__file__).resolve().parents[2]
_GUEST = Path(__file__).parent / "guest"
_DISK_BYTES = 4 << 30
_BUILD_ONLY = "pidng"

_UNITS = {
    "station-vm-control": """\
[Unit]
Description=Station in an emulator: orders from the host
DefaultDependencies=no
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/python3 /usr/local/lib/station-vm/control.py
Restart=always
RestartSec=1

[Install]
WantedBy=sysinit.target
""",
    "station-vm-screen": """\
[Unit]
Description=Station in an emulator: the kiosk's page for a browser on the host
After=network.target nftables.service

[Service]
# Nobody speaks to a station: its firewall is opened for this port alone.
ExecStartPre=-/usr/sbin/nft insert rule inet acopio input tcp dport 8081 accept
ExecStart=/usr/bin/socat TCP-LISTEN:8081,fork,reuseaddr TCP:127.0.0.1:8080
Restart=always

[Install]
WantedBy=multi-user.target
""",
}
# Debian's chores, and consoles that nobody sits at.
_MASKED = (
    "apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer "
    "serial-getty@ttyS0.service getty@tty1.service systemd-networkd-wait-online.service"
).split()


class BuildError(Exception):
    """The disk could not be built; the message says at what."""


def build(work: Path, say: Callable[[str], None]) -> Files:
    """Build the disk, or take what is there of it: the Debian roots are kept by their packages.

    Raises:
        BuildError: Not root, or a program failed; its output is in `build.log`.
    """
    if os.geteuid() != 0:
        raise BuildError("se necesita root para entrar con chroot en el sistema que se construye")
    work.mkdir(parents=True, exist_ok=True)
    # What is written into the station is for all of its users, whatever is usual on this machine.
    os.umask(0o022)
    build = _Build(work)
    say(f"Debian {recipe.SUITE} (se guarda para la próxima vez)")
    root = build.debian(recipe.PACKAGES)
    tools = build.debian(recipe.BUILD_PACKAGES)
    say("Ruedas de Python, con sus resúmenes del candado")
    wheels = build.wheels(tools)
    say("La estación: programa, usuarios, unidades, cámara virtual")
    stage = work / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    build.run("cp", "-a", str(root), str(stage))
    # Before the steps, which assert the options of what is mounted.
    _write(stage / "etc/fstab", "/dev/vda / ext4 rw,data=ordered 0 1\n")
    build.provision(stage, wheels)
    build.install_emulation(stage)
    disk = work / "station.img"
    disk.unlink(missing_ok=True)
    with disk.open("wb") as file:
        file.truncate(_DISK_BYTES)
    build.run("mkfs.ext4", "-q", "-F", "-d", str(stage), str(disk))
    kernel = next((stage / "boot").glob("vmlinuz-*"))
    initrd = next((stage / "boot").glob("initrd.img-*"))
    for source, name in ((kernel, "vmlinuz"), (initrd, "initrd.img")):
        shutil.copyfile(source, work / name)
    shutil.rmtree(stage)
    return Files(disk, work / "vmlinuz", work / "initrd.img")


class _Build:
    def __init__(self, work: Path) -> None:
        self._work = work
        self._log = work / "build.log"
        self._log.unlink(missing_ok=True)

    def run(self, *command: str, where: Path | None = None) -> None:
        """Run a program, inside a root if one is named."""
        inside = ["chroot", str(where)] if where is not None else []
        with self._log.open("ab") as log:
            log.write(f"$ {' '.join((*inside, *command))}\n".encode())
            log.flush()
            done = subprocess.run(
                [*inside, *command], stdout=log, stderr=subprocess.STDOUT, check=False, cwd=ROOT
            )
        if done.returncode != 0:
            raise BuildError(f"{command[0]} terminó con {done.returncode}: véase {self._log}")

    def debian(self, packages: Sequence[str]) -> Path:
        """Make a Debian root once; give its folder."""
        root = self._work / f"root-{recipe.cache_key(packages)}"
        if root.exists():
            return root
        codename = platform.freedesktop_os_release()["VERSION_CODENAME"]
        folder = Path("/etc/apt")
        files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("debian.*"))]
        listed = []
        for path in (path for path in files if path.exists()):
            if "debian" not in (text := path.read_text("utf-8")):
                continue
            ours = self._work / f"{recipe.SUITE}{path.suffix}"
            ours.write_text(recipe.sources_for(text, codename), encoding="utf-8")
            listed.append(str(ours))
        aside = root.with_suffix(".new")
        shutil.rmtree(aside, ignore_errors=True)
        self.run(
            "mmdebstrap", "--variant=minbase", f"--include={','.join(packages)}",
            recipe.SUITE, str(aside), *listed,
        )  # fmt: skip
        aside.rename(root)
        return root

    def wheels(self, tools: Path) -> Path:
        """Download what the locks name for the station's Python, and make the product's wheel."""
        wheels = self._work / "wheels"
        shutil.rmtree(wheels, ignore_errors=True)
        wheels.mkdir()
        lock = (ROOT / "requirements" / "station.txt").read_text("utf-8")
        camera = (Path(__file__).parent / "picamera2.txt").read_text("utf-8")
        lines = recipe.requirements_for(lock + "\n" + camera)
        binary = [line for line in lines if not line.startswith(_BUILD_ONLY)]
        source = [line for line in lines if line.startswith(_BUILD_ONLY)]
        self._download(binary, wheels, recipe.download_options())
        into = tools / "srv"
        self._download(source, into, ["--no-deps", "--no-binary", ":all:", "--no-build-isolation"])
        self.run(
            "python3", "-m", "pip", "wheel", "--no-index", "--no-deps", "--no-build-isolation",
            "--wheel-dir", "/srv", *(f"/srv/{path.name}" for path in into.glob("*.tar.gz")),
            where=tools,
        )  # fmt: skip
        for path in into.glob("*.whl"):
            shutil.copy(path, wheels)
        self.run(
            sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
            "--wheel-dir", str(wheels), str(ROOT),
        )  # fmt: skip
        return wheels

    def _download(self, lines: Sequence[str], into: Path, options: Sequence[str]) -> None:
        asked = self._work / "requirements.txt"
        asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.run(
            sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes",
            "--dest", str(into), "--requirement", str(asked), *options,
        )  # fmt: skip

    def provision(self, stage: Path, wheels: Path) -> None:
        """Run the numbered steps on the tree, twice: the second finds nothing to do.

        The wheels get the list of hashes by which the steps know a wheelhouse.
        """
        files = sorted(path.name for path in wheels.iterdir())
        digests = {name: _digest(wheels / name) for name in files}
        lines = recipe.pinned(digests)
        (wheels / REQUIREMENTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
        digests[REQUIREMENTS] = _digest(wheels / REQUIREMENTS)
        manifest = {
            "python": recipe.PYTHON, "architecture": "amd64", "role": "station", "files": digests,
        }  # fmt: skip
        (wheels / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        for _ in range(2):
            self.run(
                sys.executable, "-m", "provisioning", "apply", "--root", str(stage),
                "--board", "virtual", "--role", "station", "--wheelhouse", str(wheels),
                "--centre", HOST, "--centre-address", HOST, "--centre-port", str(CENTRE_PORT),
            )  # fmt: skip
        _write(stage / "etc/acopio/station.toml", recipe.STATION)

    def install_emulation(self, stage: Path) -> None:
        """Install what the emulator needs and no station has."""
        packages = next((stage / "opt" / "acopio" / "lib").glob("python*")) / "site-packages"
        # Copied without the modes of the checkout: the station's users must be able to read it.
        shutil.copyfile(_GUEST / "virtual_camera.py", packages / "acopio_virtual_camera.py")
        shutil.copyfile(_GUEST / "pykms.py", packages / "pykms.py")
        (packages / "acopio_virtual_camera.pth").write_text("import acopio_virtual_camera\n")
        ours = stage / "usr" / "local" / "lib" / "station-vm"
        ours.mkdir(parents=True)
        for name in ("control.py", "seals.py"):
            shutil.copyfile(_GUEST / name, ours / name)
        system = stage / "etc" / "systemd" / "system"
        for name, text in _UNITS.items():
            (system / f"{name}.service").write_text(text, encoding="utf-8")
        self.run(
            "systemctl", "enable", "systemd-networkd.service", *(f"{n}.service" for n in _UNITS),
            where=stage,
        )  # fmt: skip
        self.run("systemctl", "mask", *_MASKED, where=stage)
        # The initial system with what this machine has alone: emulated, each module takes its time.
        tools = stage / "etc" / "initramfs-tools"
        _write(tools / "conf.d" / "station-vm", "MODULES=list\n")
        _write(tools / "modules", "virtio_pci\nvirtio_blk\next4\n")
        self.run("update-initramfs", "-u", where=stage)
        _write(stage / "etc/systemd/network/10-ether.network",
               "[Match]\nType=ether\n\n[Network]\nDHCP=yes\n")  # fmt: skip
        _write(stage / "etc/udev/rules.d/60-station-vm.rules",
               'SUBSYSTEM=="dma_heap", GROUP="video", MODE="0660"\n'
               'KERNEL=="udmabuf", GROUP="video", MODE="0660"\n'
               'ATTR{name}=="acopio.guardado", GROUP="acopio-kiosk", MODE="0660"\n')  # fmt: skip
        for unit, lines in recipe.PATIENCE.items():
            _write(stage / f"etc/systemd/system/{unit}.d/station-vm-patience.conf",
                   f"[Service]\n{lines}")  # fmt: skip
        _write(stage / "etc/hostname", "estacion\n")
        _write(stage / "usr/share/libcamera/pipeline/virtual/virtual.yaml",
               recipe.CAMERA.format(folder=virtual_camera.FOLDER))  # fmt: skip
        (stage / str(virtual_camera.FOLDER).lstrip("/")).mkdir(parents=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
