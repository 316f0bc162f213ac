"""Users of a station that exist for one test alone: numbers, and what `systemd/` gives them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.guards.tree import ROOT

_FIRST_ID = 61_200


@dataclass(frozen=True)
class User:
    """A user without a name on this machine."""

    uid: int
    groups: tuple[int, ...]


class Users:
    """The users and groups of a sysusers.d file, as numbers that nobody else has here."""

    def __init__(self, sysusers: Path) -> None:
        self.groups: dict[str, int] = {}
        members: dict[str, list[int]] = {}
        for kind, name, *rest in _lines(sysusers):
            # A group of Debian's own, such as `video`, is only named as somebody's.
            group = rest[0] if kind == "m" else name
            number = self.groups.setdefault(group, _FIRST_ID + len(self.groups))
            if kind == "m":
                members.setdefault(name, []).append(number)
        self._members = members

    def __getitem__(self, name: str) -> User:
        return User(self.groups[name], tuple(self._members.get(name, [])))

    def make_folders(self, tmpfiles: Path, below: Path) -> None:
        """Make the folders of a tmpfiles.d file under another root."""
        for kind, path, mode, user, group, *_ in _lines(tmpfiles):
            assert kind == "d"
            folder = below / path.removeprefix("/")
            folder.mkdir(parents=True, exist_ok=True)
            os.chown(folder, self.groups.get(user, 0), self.groups.get(group, 0))
            folder.chmod(int(mode, 8))

    def start(self, user: User, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start Python as a user, with a login's umask, as `sudo -u` would."""
        return subprocess.Popen(
            [interpreter(), *map(str, arguments)],
            user=user.uid, group=user.uid, extra_groups=user.groups, umask=0o022,
            cwd=ROOT, env={"PYTHONPATH": f"{ROOT}:{_libraries()}", "HOME": "/nonexistent"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def run(self, user: User, *arguments: str | Path) -> tuple[int, str]:
        """Run Python as a user; give its status and what it said."""
        process = self.start(user, *arguments)
        said, _ = process.communicate(timeout=60)
        return process.returncode, said


def why_not() -> str:
    """Say why other users cannot be had here; nothing where they can."""
    if os.geteuid() != 0:
        return "only root may run programs as other users"
    if not interpreter():
        return "no Python of this version that other users may run"
    if not (_is_open(ROOT) and _is_open(_libraries())):
        return "other users cannot read this tree or its libraries"
    return ""


def interpreter() -> str:
    """Give a Python of this very version that every user may run."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for program in (sys.executable, shutil.which(name, path="/usr/bin:/usr/local/bin")):
        if program and _is_open(Path(program).resolve()):
            return program
    return ""


def _libraries() -> Path:
    import pyrage

    return Path(pyrage.__file__).resolve().parents[1]


def _is_open(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))


def _lines(path: Path) -> list[list[str]]:
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line[0].startswith("#")]
