"""30: users and groups, one for each duty, as `systemd/<role>/sysusers.d` lists them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Act, Change, File
from provisioning.steps.tree import Tree, run


def plan(site: Site) -> Sequence[Change]:
    """Install the lists, then have systemd make who is missing (sysusers.d(5))."""
    changes: list[Change] = []
    for source in sorted((site.units_folder / "sysusers.d").glob("*.conf")):
        changes.append(File(f"/usr/lib/sysusers.d/{source.name}", source.read_bytes()))
        changes.append(_made(source))
    return changes


def everybody(source: Path) -> tuple[set[str], set[str], set[tuple[str, str]]]:
    """Give the users, groups and memberships (user, group) of a sysusers.d file."""
    users: set[str] = set()
    groups: set[str] = set()
    members: set[tuple[str, str]] = set()
    for line in source.read_text("utf-8").splitlines():
        fields = line.split()
        match fields[:1]:
            case ["u" | "u!"]:
                users.add(fields[1])
                groups.add(fields[1])
            case ["g"]:
                groups.add(fields[1])
            case ["m"]:
                members.add((fields[1], fields[2]))
    return users, groups, members


def _made(source: Path) -> Act:
    users, groups, members = everybody(source)

    def done(tree: Tree) -> bool:
        return (
            all(tree.has_user(name) for name in users)
            and all(tree.has_group(name) for name in groups)
            and all(user in tree.members(group) for user, group in members)
        )

    def act(tree: Tree) -> None:
        if tree.has_program("systemd-sysusers"):
            tree.run(["systemd-sysusers", source.name])
        else:
            run(["systemd-sysusers", f"--root={tree.root}", source.name])

    return Act("usuarios", f"crea {', '.join(sorted(users | groups))}", done, act)


STEP = Step(30, "users", "Usuarios y grupos", plan)
