"""What is in the tree: the files git tracks, and those it would."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Give every file that is committed or would be, without those that git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    paths = (ROOT / name for name in listed.decode().split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


@cache
def text_files() -> tuple[Path, ...]:
    """Give the files that people read: those without a zero byte, which no text has."""
    return tuple(path for path in files() if b"\0" not in path.read_bytes())


def python_files(*packages: str) -> tuple[Path, ...]:
    """Give the Python files of some top-level packages."""
    return tuple(
        path
        for path in files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in packages
    )
