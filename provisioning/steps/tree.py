"""The tree that is provisioned: `/` of the running machine, or a folder with another system's."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

from provisioning.steps.errors import CommandError, TreeError

_SAID_AT_MOST = 2000


class Tree:
    """Paths, users and programs of the system under `root`."""

    def __init__(self, root: Path) -> None:
        """Take the folder that is, or will be, `/`."""
        if not root.is_dir():
            raise TreeError(f"{root} no es una carpeta")
        self.root = root.resolve()

    @property
    def is_running(self) -> bool:
        """Whether this is the machine we run on, with its devices and its kernel."""
        return self.root == Path("/")

    @property
    def is_live(self) -> bool:
        """Whether its systemd runs: a chroot sees `/` too, and nothing runs there."""
        return self.is_running and Path("/run/systemd/system").is_dir()

    def path(self, inside: str) -> Path:
        """Give where a path of the system lies from here.

        A link on the way that is absolute within the tree would lead out of it, into the machine
        we run on: it is followed by hand.

        Raises:
            TreeError: Too many links.
        """
        parts = [part for part in inside.split("/") if part]
        here: list[str] = []
        followed = 0
        while parts:
            part = parts.pop(0)
            if part == "..":
                del here[-1:]
                continue
            candidate = self.root.joinpath(*here, part)
            # The last part stays what it is: a step may want to replace the link itself.
            if parts and candidate.is_symlink():
                followed += 1
                if followed > 40:
                    raise TreeError(f"{inside}: demasiados enlaces")
                target = str(candidate.readlink())
                if target.startswith("/"):
                    here = []
                parts = [each for each in target.split("/") if each not in ("", ".")] + parts
                continue
            here.append(part)
        return self.root.joinpath(*here)

    def user_id(self, name: str) -> int:
        """Give the number of a user of the tree; `TreeError` if there is none."""
        return self._number("/etc/passwd", name)

    def group_id(self, name: str) -> int:
        """Give the number of a group of the tree; `TreeError` if there is none."""
        return self._number("/etc/group", name)

    def members(self, group: str) -> frozenset[str]:
        """Give the users that `/etc/group` lists for a group."""
        for fields in self._rows("/etc/group"):
            if fields[0] == group and len(fields) > 3:
                return frozenset(name for name in fields[3].split(",") if name)
        return frozenset()

    def has_user(self, name: str) -> bool:
        """Whether the tree knows a user."""
        return any(fields[0] == name for fields in self._rows("/etc/passwd"))

    def has_group(self, name: str) -> bool:
        """Whether the tree knows a group."""
        return any(fields[0] == name for fields in self._rows("/etc/group"))

    def has_program(self, name: str) -> bool:
        """Whether the tree has a program in the usual folders."""
        folders = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
        return any(self.path(f"{folder}/{name}").exists() for folder in folders)

    def os_release(self) -> dict[str, str]:
        """Give what the system says of itself (os-release(5)); empty if it says nothing."""
        for inside in ("/usr/lib/os-release", "/etc/os-release"):
            path = self.path(inside)
            if path.is_file():
                pairs = (line.split("=", 1) for line in path.read_text("utf-8").splitlines())
                return {pair[0]: pair[1].strip().strip("\"'") for pair in pairs if len(pair) == 2}
        return {}

    def architecture(self) -> str:
        """Give Debian's name of the tree's architecture, by its own C library."""
        for triplet, name in (("aarch64-linux-gnu", "arm64"), ("x86_64-linux-gnu", "amd64")):
            if self.path(f"/usr/lib/{triplet}").is_dir():
                return name
        return {"aarch64": "arm64", "x86_64": "amd64"}.get(platform.machine(), platform.machine())

    def run(self, command: Sequence[str], *, timeout_s: float = 1800.0) -> str:
        """Run a program of the tree, in it, and give what it wrote.

        Raises:
            CommandError: It is not there, failed or took too long.
        """
        inside = [] if self.is_running else ["chroot", str(self.root)]
        return run([*inside, *command], timeout_s=timeout_s)

    def _number(self, inside: str, name: str) -> int:
        for fields in self._rows(inside):
            if fields[0] == name and len(fields) > 2:
                return int(fields[2])
        raise TreeError(f"{inside} no tiene {name}: aplique antes el paso 30")

    def _rows(self, inside: str) -> list[list[str]]:
        path = self.path(inside)
        if not path.is_file():
            return []
        return [line.split(":") for line in path.read_text("utf-8").splitlines() if line]


def run(command: Sequence[str], *, timeout_s: float = 1800.0, text: str | None = None) -> str:
    """Run a program of this machine and give what it wrote.

    Raises:
        CommandError: It is not there, failed or took too long.
    """
    environment = dict(os.environ, LC_ALL="C.UTF-8", DEBIAN_FRONTEND="noninteractive")
    environment.pop("PYTHONPATH", None)  # ours, not the target's
    environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    try:
        done = subprocess.run(
            list(command),
            capture_output=True,
            text=True,
            input=text if text is not None else "",
            timeout=timeout_s,
            check=False,
            env=environment,
        )
    except FileNotFoundError as error:
        raise CommandError(f"falta el programa {command[0]}") from error
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"{command[0]} no terminó en {timeout_s:.0f} s") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-_SAID_AT_MOST:]
        raise CommandError(f"{' '.join(command)} terminó con {done.returncode}: {said}")
    return done.stdout
