"""What a step is made of: changes that know whether they are done.

Each one says what it will do, does it whole or not at all, and can be asked afterwards. So a step
that was killed is simply applied again, and one that is done changes nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provisioning.steps.tree import Tree

_FRESH = ".acopio-new"


class Change(Protocol):
    """One thing that a step brings about."""

    @property
    def subject(self) -> str:
        """What it is about: a path of the tree, a package, a unit."""

    def describe(self) -> str:
        """Say what will be done, for a technician."""

    def is_done(self, tree: Tree) -> bool:
        """Look whether there is nothing to do; changes nothing."""

    def do(self, tree: Tree) -> None:
        """Do it; `ProvisionError` or `OSError` if it cannot be done."""


@dataclass(frozen=True)
class File:
    """A file with exactly this content, owner and mode, written whole or not at all."""

    subject: str
    content: bytes
    mode: int = 0o644
    user: str = "root"
    group: str = "root"
    # A file that somebody edits by hand: made where missing, then left alone.
    only_if_missing: bool = False

    def describe(self) -> str:
        """Say what will be written."""
        return f"escribe {self.subject} ({self.mode:04o} {self.user}:{self.group})"

    def is_done(self, tree: Tree) -> bool:
        """Compare content, owner and mode."""
        path = tree.path(self.subject)
        if self.only_if_missing and path.exists():
            return True
        if path.is_symlink() or not path.is_file():
            return False
        return path.read_bytes() == self.content and _has(
            path, tree, self.mode, self.user, self.group
        )

    def do(self, tree: Tree) -> None:
        """Write beside it, then put it in place."""
        path = tree.path(self.subject)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + _FRESH)
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self.content)
            file.flush()
            os.fchown(file.fileno(), tree.user_id(self.user), tree.group_id(self.group))
            os.fchmod(file.fileno(), self.mode)
            os.fsync(file.fileno())
        fresh.replace(path)


@dataclass(frozen=True)
class Folder:
    """A folder with this owner and mode; what is in it is left alone."""

    subject: str
    mode: int = 0o755
    user: str = "root"
    group: str = "root"

    def describe(self) -> str:
        """Say what will be made."""
        return f"carpeta {self.subject} ({self.mode:04o} {self.user}:{self.group})"

    def is_done(self, tree: Tree) -> bool:
        """Compare owner and mode."""
        path = tree.path(self.subject)
        is_folder = path.is_dir() and not path.is_symlink()
        return is_folder and _has(path, tree, self.mode, self.user, self.group)

    def do(self, tree: Tree) -> None:
        """Make it, or give it the owner and mode it should have."""
        path = tree.path(self.subject)
        path.mkdir(parents=True, exist_ok=True)
        os.chown(path, tree.user_id(self.user), tree.group_id(self.group), follow_symlinks=False)
        path.chmod(self.mode)  # after chown, which clears the setgid bit


@dataclass(frozen=True)
class Link:
    """A symbolic link to this target; a file in its place is replaced."""

    subject: str
    target: str

    def describe(self) -> str:
        """Say where it will lead."""
        return f"enlace {self.subject} → {self.target}"

    def is_done(self, tree: Tree) -> bool:
        """Read the link."""
        path = tree.path(self.subject)
        return path.is_symlink() and str(path.readlink()) == self.target

    def do(self, tree: Tree) -> None:
        """Make it beside, then put it in place."""
        path = tree.path(self.subject)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + _FRESH)
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.target)
        fresh.replace(path)


@dataclass(frozen=True)
class Missing:
    """A file that must not be there."""

    subject: str

    def describe(self) -> str:
        """Say what will go."""
        return f"quita {self.subject}"

    def is_done(self, tree: Tree) -> bool:
        """Look whether it is gone."""
        return not os.path.lexists(tree.path(self.subject))

    def do(self, tree: Tree) -> None:
        """Remove it, whatever it is."""
        path = tree.path(self.subject)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Rewritten:
    """A file of the system of which only some lines change."""

    subject: str
    what: str
    rewrite: Callable[[str], str]

    def describe(self) -> str:
        """Say what will change in it."""
        return f"{self.subject}: {self.what}"

    def is_done(self, tree: Tree) -> bool:
        """Look whether rewriting it would leave it as it is."""
        before = self._text(tree)
        return self.rewrite(before) == before

    def do(self, tree: Tree) -> None:
        """Rewrite it whole or not at all, with the owner and mode it had."""
        path = tree.path(self.subject)
        before = path.stat() if path.is_file() else None
        text = self.rewrite(self._text(tree))
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + _FRESH)
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            if before is not None:
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode) if before else 0o644)
            os.fsync(file.fileno())
        fresh.replace(path)

    def _text(self, tree: Tree) -> str:
        path = tree.path(self.subject)
        return path.read_text("utf-8") if path.is_file() else ""


@dataclass(frozen=True)
class Act:
    """Something done by a program of the system, with the question that says whether it is done."""

    subject: str
    what: str
    done: Callable[[Tree], bool]
    act: Callable[[Tree], None]

    def describe(self) -> str:
        """Say what will be done."""
        return self.what

    def is_done(self, tree: Tree) -> bool:
        """Ask."""
        return self.done(tree)

    def do(self, tree: Tree) -> None:
        """Do it."""
        self.act(tree)


def digest(change: Change, tree: Tree) -> str | None:
    """Give SHA-256 of the file a change is about, for the record; None where there is no file.

    Secrets are not hashed: the hash of a short one would give it away.
    """
    if not change.subject.startswith("/") or isinstance(change, Folder):
        return None
    path = tree.path(change.subject)
    if path.is_symlink():
        return hashlib.sha256(str(path.readlink()).encode()).hexdigest()
    if not path.is_file() or path.stat().st_mode & 0o077 == 0:
        return None
    return _sha256(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _has(path: Path, tree: Tree, mode: int, user: str, group: str) -> bool:
    if not (tree.has_user(user) and tree.has_group(group)):
        return False
    is_owned = (path.stat().st_uid, path.stat().st_gid) == (
        tree.user_id(user),
        tree.group_id(group),
    )
    return is_owned and stat.S_IMODE(path.stat().st_mode) == mode
