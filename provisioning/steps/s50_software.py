"""50: Acopio and its libraries in /opt/acopio, from a hash-locked wheelhouse, without a network.

The environment sees the system's packages: libcamera and picamera2 come from there and from
nowhere else. What the lock names is installed in the environment all the same, whatever the
system has.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Act, Change
from provisioning.steps.errors import RefusedError, SourceError
from provisioning.steps.tree import Tree
from provisioning.steps.wheelhouse import (
    MANIFEST,
    REQUIREMENTS,
    Wheelhouse,
    read_wheelhouse,
)

VENV = "/opt/acopio"
# Written last: what was cut off before is made anew.
MARK = f"{VENV}/acopio-wheelhouse.json"
_BROUGHT = "/var/cache/acopio-wheelhouse"


def plan(site: Site) -> Sequence[Change]:
    """Make the environment anew whenever the wheelhouse is another one than last time."""
    if site.options.wheelhouse is None:
        return [Act("/opt/acopio", "instala Acopio en /opt/acopio", _is_installed, _refuse)]
    wheelhouse = read_wheelhouse(site.options.wheelhouse)
    _require_fit(site, wheelhouse)
    return [
        Act(
            subject=MARK,
            what=f"instala Acopio y {len(wheelhouse.files) - 2} bibliotecas en {VENV}",
            done=lambda tree: _identity(tree) == wheelhouse.identity,
            act=lambda tree: _install(tree, wheelhouse),
        )
    ]


def _refuse(_: Tree) -> None:
    raise RefusedError("falta --wheelhouse con la carpeta de paquetes de esta versión")


def _is_installed(tree: Tree) -> bool:
    return _identity(tree) is not None


def _identity(tree: Tree) -> str | None:
    try:
        mark = json.loads(tree.path(MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return str(mark["wheelhouse"]) if "wheelhouse" in mark else None


def _require_fit(site: Site, wheelhouse: Wheelhouse) -> None:
    if wheelhouse.role != site.role:
        raise SourceError(f"{wheelhouse.folder} es de {wheelhouse.role}, no de {site.role}")
    if wheelhouse.architecture != site.tree.architecture():
        raise SourceError(
            f"{wheelhouse.folder} es para {wheelhouse.architecture}; "
            f"este sistema es {site.tree.architecture()}"
        )
    has = sorted(path.name for path in site.tree.path("/usr/bin").glob("python3.*[0-9]"))
    if has and f"python{wheelhouse.python}" not in has:
        raise SourceError(
            f"{wheelhouse.folder} es para Python {wheelhouse.python}; este sistema tiene "
            f"{', '.join(has)}"
        )


def _install(tree: Tree, wheelhouse: Wheelhouse) -> None:
    tree.path(MARK).unlink(missing_ok=True)
    brought = tree.path(_BROUGHT)
    shutil.rmtree(brought, ignore_errors=True)
    brought.mkdir(parents=True)
    for name in wheelhouse.files:
        shutil.copyfile(wheelhouse.folder / name, brought / name)
    python = f"/usr/bin/python{wheelhouse.python}"
    tree.run([python, "-m", "venv", "--clear", "--system-site-packages", VENV])
    inside = f"{VENV}/bin/python"
    tree.run(
        [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir",
         "--no-index", "--no-deps", "--require-hashes", "--ignore-installed", "--no-compile",
         "--find-links", _BROUGHT, "--requirement", f"{_BROUGHT}/{REQUIREMENTS}"]
    )  # fmt: skip
    # Byte code by the sources' hashes: nobody but root may write there, and images stay the same.
    tree.run(
        [inside, "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash",
         f"{VENV}/lib"]
    )  # fmt: skip
    shutil.rmtree(brought)
    _mark(tree.path(MARK), wheelhouse)


def _mark(path: Path, wheelhouse: Wheelhouse) -> None:
    text = json.dumps(
        {"wheelhouse": wheelhouse.identity, "manifest": MANIFEST, "files": wheelhouse.files},
        indent=1,
        sort_keys=True,
    )
    fresh = path.with_suffix(".new")
    fresh.write_text(text + "\n", "utf-8")
    fresh.replace(path)


STEP = Step(50, "software", "Programas de Acopio", plan)
