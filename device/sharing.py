"""Folders that the station's users share, told by the setgid bit that an administrator set.

On a station each duty has a user of its own, and some folders belong to several of them
(`systemd/station/tmpfiles.d`): what is made in a folder with the setgid bit belongs to the folder's
group and is open to it. In any other folder, everything is its owner's alone.
"""

import os
import stat
from pathlib import Path


def is_shared(folder: Path) -> bool:
    """Tell whether a folder is shared with its group; one that is not there is not."""
    try:
        return bool(folder.stat().st_mode & stat.S_ISGID)
    except FileNotFoundError:
        return False


def open_file(path: Path, flags: int) -> int:
    """Open a file; one that is made is its owner's, and in a shared folder its group's as well."""
    return os.open(path, flags | os.O_CLOEXEC, 0o660 if is_shared(path.parent) else 0o600)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, unless it is there."""
    if not path.parent.exists():
        make_folder(path.parent)
    # The kernel hands the setgid bit down by itself.
    path.mkdir(mode=0o770 if is_shared(path.parent) else 0o700, exist_ok=True)
