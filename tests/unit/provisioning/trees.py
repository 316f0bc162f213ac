"""A system in a folder: enough of Debian for the steps, without its programs."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from provisioning.steps.base import Options, Site
from provisioning.steps.boards import find_board
from provisioning.steps.s20_packages import wanted
from provisioning.steps.s30_users import everybody
from provisioning.steps.tree import Tree

SOURCE = Path(__file__).resolve().parents[3]


def make_tree(
    folder: Path, *, board: str = "generic", role: str = "station", data_device: str = ""
) -> Site:
    """Make a tree with packages, software and users there; the rest is to be done.

    Its users have our own numbers where we are not root, who alone may give files away.
    """
    for name in ("etc/systemd/system", "usr/lib/x86_64-linux-gnu", "usr/bin", "var/lib/dpkg",
                 "opt/acopio", "boot/firmware", "tmp", "run"):  # fmt: skip
        (folder / name).mkdir(parents=True)
    (folder / "usr/lib/os-release").write_text('ID=debian\nVERSION_ID="13"\n')
    (folder / "etc/fstab").write_text(
        "LABEL=root / ext4 defaults,noatime 0 1\n/swap none swap sw\n"
    )
    (folder / "etc/hosts").write_text("127.0.0.1 localhost\n")
    (folder / "boot/firmware/config.txt").write_text("[all]\narm_64bit=1\n")
    (folder / "opt/acopio/acopio-wheelhouse.json").write_text('{"wheelhouse": "made before"}\n')
    site = Site(
        Tree(folder), find_board(board), role, Options(source=SOURCE, data_device=data_device)
    )
    (folder / "var/lib/dpkg/status").write_text(
        "\n\n".join(
            f"Package: {name}\nStatus: install ok installed\nVersion: 1" for name in wanted(site)
        )
    )
    _write_users(folder, role)
    return site


def with_options(site: Site, **options: object) -> Site:
    """Give the same site with other options."""
    return replace(site, options=replace(site.options, **options))  # type: ignore[arg-type]


def _write_users(folder: Path, role: str) -> None:
    users, groups, members = {"root"}, {"root"}, set()
    for source in (SOURCE / "systemd" / role / "sysusers.d").glob("*.conf"):
        more = everybody(source)
        users |= more[0]
        groups |= more[1]
        members |= more[2]
    is_root = os.geteuid() == 0
    user_ids = {name: i if is_root else os.geteuid() for i, name in _numbered(users)}
    group_ids = {name: i if is_root else os.getegid() for i, name in _numbered(groups)}
    (folder / "etc/passwd").write_text(
        "".join(
            f"{name}:x:{uid}:{group_ids[name]}::/:/bin/false\n" for name, uid in user_ids.items()
        )
    )
    lines = []
    for name, gid in group_ids.items():
        listed = ",".join(sorted(user for user, group in members if group == name))
        lines.append(f"{name}:x:{gid}:{listed}\n")
    (folder / "etc/group").write_text("".join(lines))


def _numbered(names: set[str]) -> list[tuple[int, str]]:
    ordered = ["root", *sorted(names - {"root"})]
    return [(900 + i if i else 0, name) for i, name in enumerate(ordered)]


def state(folder: Path) -> dict[str, tuple[int, int, int, str]]:
    """Give mode, owner, group and content of everything but the record."""
    found = {}
    for path in sorted(folder.rglob("*")):
        inside = str(path.relative_to(folder))
        if inside.startswith("var/lib/acopio-provision"):
            continue
        about = path.lstat()
        if path.is_symlink():
            content = f"→ {path.readlink()}"
        else:
            content = path.read_text("utf-8", "replace") if path.is_file() else ""
        found[inside] = (about.st_mode, about.st_uid, about.st_gid, content)
    return found
