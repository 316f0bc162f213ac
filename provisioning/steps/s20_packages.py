"""20: packages of the system, from its own configured sources."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Act, Change
from provisioning.steps.errors import CommandError
from provisioning.steps.tree import Tree

_FILE = Path(__file__).with_name("packages.toml")
_STATUS = "/var/lib/dpkg/status"


def groups() -> dict[str, dict[str, list[str]]]:
    """Give what packages.toml lists, by group and role."""
    return tomllib.loads(_FILE.read_text("utf-8"))


def wanted(site: Site) -> list[str]:
    """Give the packages of the site's groups and role, each once, in order of their names."""
    listed = groups()
    names: set[str] = set()
    for group in site.groups:
        for role in ("both", site.role):
            names.update(listed[group].get(role, ()))
    return sorted(names)


def installed(tree: Tree) -> frozenset[str]:
    """Give the packages that dpkg has wholly installed."""
    path = tree.path(_STATUS)
    if not path.is_file():
        return frozenset()
    found = set()
    for entry in path.read_text("utf-8").split("\n\n"):
        lines = entry.splitlines()
        if "Status: install ok installed" in lines and lines[0].startswith("Package: "):
            found.add(lines[0].removeprefix("Package: "))
    return frozenset(found)


def plan(site: Site) -> Sequence[Change]:
    """Install what is missing, without what is only recommended."""
    missing = [name for name in wanted(site) if name not in installed(site.tree)]
    return [
        Act(
            subject="apt",
            what=f"instala {', '.join(missing) or 'nada'}",
            done=lambda tree: installed(tree).issuperset(wanted(site)),
            act=lambda tree: _install(tree, missing),
        )
    ]


def _install(tree: Tree, names: Sequence[str]) -> None:
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *names]
    # A run that was killed may have left packages unpacked and not configured.
    tree.run(["dpkg", "--configure", "--pending"])
    try:
        tree.run(command)
    except CommandError:  # the lists are old or were never fetched
        tree.run(["apt-get", "update"])
        tree.run(command)


STEP = Step(20, "packages", "Paquetes del sistema", plan)
