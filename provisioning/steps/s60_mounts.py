"""60: how file systems are mounted, and a root that is read-only under an overlay in memory.

`data=ordered` is ext4's default and is asserted all the same: the spool's order of writes stands
on it (ext4(5)). The overlay is Debian's `overlayroot`, which Raspberry Pi's own raspi-config
uses, too: it lives in the initramfs, so nothing of the system writes before it. `recurse=0`
leaves the other mounts as they are (overlayroot.conf, "recurse"): the data partition stays a
disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Act, Change, File, Folder, Rewritten
from provisioning.steps.s45_data_partition import DATA, MAPPED, UPDATE
from provisioning.steps.tree import Tree

USB = "/media/acopio"
_FSTAB = "/etc/fstab"
_HARD = "noexec,nosuid,nodev"
# A stick is mounted by who asks for it, and only one with this label.
_STICK = f"LABEL=ACOPIO {USB} vfat noauto,nofail,{_HARD},umask=0007,gid=acopio 0 0"
_MEMORY = {
    "/tmp": f"tmpfs /tmp tmpfs {_HARD},mode=1777,size=25% 0 0",  # noqa: S108
}


def plan(site: Site) -> Sequence[Change]:
    """Assert the table, then the overlay where the board asks for it and the data lie elsewhere."""
    lines = dict(_MEMORY)
    if site.is_station:
        lines[USB] = _STICK
    if site.is_station and site.options.data_device:
        # The unit that opens the partition is ordered before this mount.
        lines[DATA] = (
            f"{MAPPED} {DATA} ext4 noatime,{_HARD},data=ordered,"
            "x-systemd.requires=acopio-data-open.service 0 2"
        )
        lines[UPDATE] = f"{DATA}/update {UPDATE} none bind,x-systemd.requires-mounts-for={DATA} 0 0"
    changes: list[Change] = [Folder(point, 0o755) for point in (USB,) if point in lines]
    changes.append(
        Rewritten(_FSTAB, "opciones de montaje (data=ordered, noexec…)", _with_lines(lines))
    )
    if site.has_overlay:
        changes += _overlay()
    return changes


def _overlay() -> list[Change]:
    return [
        File("/etc/overlayroot.conf", b'overlayroot="tmpfs:recurse=0"\n'),
        # util-linux's new mount calls cannot remount an overlay (systemd issue 39558, Trixie).
        File(
            "/etc/systemd/system/systemd-remount-fs.service.d/acopio.conf",
            b"[Service]\nEnvironment=LIBMOUNT_FORCE_MOUNT2=always\n",
        ),
        Act(
            "initramfs",
            "rehace el initramfs con el overlay",
            _initramfs_is_newer,
            lambda tree: None if not _kernels(tree) else _update_initramfs(tree),
        ),
    ]


def _update_initramfs(tree: Tree) -> None:
    tree.run(["update-initramfs", "-u", "-k", "all"])


def _kernels(tree: Tree) -> list[str]:
    return sorted(path.name for path in tree.path("/lib/modules").glob("*"))


def _initramfs_is_newer(tree: Tree) -> bool:
    """Whether every initramfs was made after overlayroot was configured; none: nothing to do."""
    made = [
        *tree.path("/boot").glob("initrd.img*"),
        *tree.path("/boot/firmware").glob("initramfs*"),
    ]
    configured = tree.path("/etc/overlayroot.conf")
    if not made:
        return True
    return configured.exists() and min(path.stat().st_mtime for path in made) >= (
        configured.stat().st_mtime
    )


def _with_lines(lines: dict[str, str]) -> Callable[[str], str]:
    """Give what puts one line for each mount point, assert `data=ordered` and drops swap."""

    def rewrite(text: str) -> str:
        kept = []
        for line in text.splitlines():
            fields = line.split()
            if line.startswith("#") or len(fields) < 4:
                kept.append(line)
                continue
            if fields[1] in lines or fields[2] == "swap":
                continue
            if fields[1] == "/" and fields[2] == "ext4":
                fields[3] = _asserted(fields[3])
                line = " ".join(fields)
            kept.append(line)
        return "\n".join([*kept, *lines.values()]) + "\n"

    return rewrite


def _asserted(options: str) -> str:
    chosen = [each for each in options.split(",") if not each.startswith("data=")]
    return ",".join([each for each in chosen if each != "defaults"] + ["data=ordered"])


def _note(site: Site) -> str | None:
    if site.board.read_only and not site.has_overlay:
        return "la raíz queda escribible: sin --data-device, los registros están en ella"
    return None


STEP = Step(60, "mounts", "Montajes y raíz de sólo lectura", plan, note=_note)
