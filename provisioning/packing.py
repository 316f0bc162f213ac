"""Makes a wheelhouse: every library of a lock for one target, and Acopio's own wheel, with hashes.

Only wheels are taken: a station has no compiler. Which files those are is the lock's decision; what
is fetched from wherever this machine's pip is configured to look must have one of its hashes.
"""

from __future__ import annotations

import hashlib
import json
import operator
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from provisioning.steps.errors import SourceError
from provisioning.steps.tree import run
from provisioning.steps.wheelhouse import MANIFEST, REQUIREMENTS, Wheelhouse, read_wheelhouse

PYTHONS = ("3.11", "3.13")
LOCKS = {"station": "station.txt", "central": "central.txt"}
# Debian's name of an architecture, and the one that wheels use.
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
# The oldest C library that is served is Bookworm's, 2.36: wheels for it and older ones fit.
_GLIBC = range(36, 16, -1)
_PACKAGES = ("domain", "wire", "device", "central", "audit", "provisioning")
# The first moment that a zip file can hold; SOURCE_DATE_EPOCH replaces it.
_EPOCH = "315532800"
_MARKER = re.compile(r"^(\w+) (==|!=|<|<=|>|>=) '([^']*)'$")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def make_wheelhouse(
    source: Path, out: Path, *, role: str, python: str, architecture: str
) -> Wheelhouse:
    """Fetch, build, list and check; `out` appears whole or not at all.

    Raises:
        SourceError: `out` exists already, or the lock cannot be understood.
        CommandError: pip could not fetch a wheel with one of the lock's hashes, or build ours.
    """
    if out.exists():
        raise SourceError(f"{out} ya existe: bórrela o elija otra carpeta")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".wheelhouse-") as scratch:
        wheels = Path(scratch) / "wheels"
        wheels.mkdir()
        lock = (source / "requirements" / LOCKS[role]).read_text("utf-8")
        asked = Path(scratch) / "asked.txt"
        asked.write_text("\n".join(for_target(lock, python=python)) + "\n", "utf-8")
        _download(asked, wheels, python=python, machine=MACHINES[architecture])
        build_wheel(source, wheels)
        _list(wheels, role=role, python=python, architecture=architecture)
        wheels.chmod(0o755)
        wheels.rename(out)
    return read_wheelhouse(out)


def for_target(lock: str, *, python: str) -> Iterator[str]:
    """Give the entries of a lock that hold for a Python of Debian, without their conditions.

    Raises:
        SourceError: A condition that is not one comparison of a known name.
    """
    for entry in re.split(r"\n(?=[A-Za-z0-9])", lock.strip()):
        head, *hashes = entry.split(" \\\n")
        name, _, marker = (part.strip() for part in head.partition(" ; "))
        if not marker or _holds(marker, python):
            yield " ".join([name, *(each.strip() for each in hashes)])


def build_wheel(source: Path, out: Path) -> Path:
    """Build Acopio's own wheel from a clean copy: the same sources give the same bytes.

    Raises:
        CommandError: The build failed.
    """
    with tempfile.TemporaryDirectory(prefix="acopio-wheel-") as scratch:
        copy = Path(scratch) / "acopio"
        copy.mkdir()
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copyfile(source / name, copy / name)
        for name in _PACKAGES:
            shutil.copytree(
                source / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
            )
        for path in copy.rglob("*"):  # the mode in the archive is not that of somebody's umask
            path.chmod(0o755 if path.is_dir() else 0o644)
        built = Path(scratch) / "built"
        environment = [f"SOURCE_DATE_EPOCH={os.environ.get('SOURCE_DATE_EPOCH', _EPOCH)}"]
        run(
            ["env", *environment, sys.executable, "-m", "pip", "wheel", "--quiet",
             "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-index",
             "--wheel-dir", str(built), str(copy)]
        )  # fmt: skip
        wheel = next(built.glob("acopio-*.whl"))
        return Path(shutil.copyfile(wheel, out / wheel.name))


def _download(asked: Path, wheels: Path, *, python: str, machine: str) -> None:
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in _GLIBC]
    run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
         "--no-deps", "--require-hashes", "--only-binary", ":all:", "--implementation", "cp",
         "--python-version", python,
         *(option for each in platforms for option in ("--platform", each)),
         "--platform", f"manylinux2014_{machine}", "--platform", f"linux_{machine}",
         "--dest", str(wheels), "--requirement", str(asked)]
    )  # fmt: skip


def _list(wheels: Path, *, role: str, python: str, architecture: str) -> None:
    digests = {path.name: _sha256(path) for path in sorted(wheels.glob("*.whl"))}
    lines = []
    for name, digest in digests.items():
        distribution, version = name.split("-")[:2]
        lines.append(f"{distribution.replace('_', '-')}=={version} --hash=sha256:{digest}\n")
    requirements = wheels / REQUIREMENTS
    requirements.write_text("".join(lines), "utf-8")
    manifest = {
        "role": role,
        "python": python,
        "architecture": architecture,
        "files": {**digests, REQUIREMENTS: _sha256(requirements)},
    }
    (wheels / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")


def _holds(marker: str, python: str) -> bool:
    match = _MARKER.match(marker)
    target: dict[str, object] = {
        "sys_platform": "linux",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "python_full_version": _version(python),
        "python_version": _version(python),
    }
    if match is None or match[1] not in target:
        raise SourceError(f"condición que no se entiende en la lista de bibliotecas: {marker}")
    value: object = _version(match[3]) if match[1].startswith("python_") else match[3]
    return _OPERATORS[match[2]](target[match[1]], value)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
