"""Builds the image of a slot: the root file system of a provisioned station, as one ext4.

The same manifest gives the same bytes: versions of packages are those of a lock beside the
manifest, libraries those of a wheelhouse whose hash the manifest names, times are one moment,
names are taken in their order (from memory: tmpfs lists what was made in a known order), and the
file system's numbers come from the manifest's name. Nothing secret is in it, which `secrets_in`
looks for at the end.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioning.debian import build_root
from provisioning.steps.base import Options, Site
from provisioning.steps.boards import find_board
from provisioning.steps.errors import CommandError, RefusedError, SourceError
from provisioning.steps.order import STEPS
from provisioning.steps.record import RECORD
from provisioning.steps.runner import Say, apply
from provisioning.steps.s20_packages import wanted
from provisioning.steps.tree import Tree, run
from provisioning.steps.wheelhouse import read_wheelhouse

_NAMESPACE = uuid.UUID("6d0f6a1e-4a57-5c0b-9d3e-0b6a3c1f7e20")
# What one machine has and another must not: identity, logs, caches, lists, and this record.
_OF_ONE_MACHINE = (
    "/etc/hostname", "/etc/resolv.conf", "/etc/passwd-", "/etc/group-", "/etc/shadow-",
    "/etc/gshadow-", "/etc/.pwd.lock", "/etc/ssh/ssh_host_*", "/etc/subuid-", "/etc/subgid-",
    "/var/lib/dbus/machine-id", "/var/lib/systemd/random-seed",
    "/var/lib/systemd/credential.secret",
    "/var/cache/ldconfig/aux-cache", "/var/cache/debconf/*-old", "/var/lib/dpkg/*-old",
    "/var/lib/dpkg/lock*", "/var/lib/apt/lists/*", "/var/cache/apt/*.bin",
    "/var/cache/apt/archives/*", "/var/log/*", "/run/*", "/tmp/*", "/var/tmp/*", "/[r]oot/.*",
    "/dev/*", str(Path(RECORD).parent),
)  # fmt: skip
# Texts that only a secret has. A public key, a certificate and a list of hashes have none of them.
_SECRETS = {
    "una llave privada": re.compile(
        rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{24}"
    ),
    "una llave de age": re.compile(rb"AGE-SECRET-KEY-1[0-9A-Z]{20}"),
    "una contraseña": re.compile(rb"^root:\$[0-9a-z]+\$", re.MULTILINE),
}
_SECRET_NAMES = re.compile(
    r"(?:ssh_host_\w+_key|data\.key|claim(?:\.\w+)?|voucher(?:\.\w+)?|id_(?:rsa|ed25519|ecdsa))$"
)
_SCANNED_BELOW = 4 << 20


@dataclass(frozen=True)
class Manifest:
    """What an image is made of."""

    name: str
    suite: str
    architecture: str
    board: str
    role: str
    epoch: int
    size_mib: int
    wheelhouse: str
    path: Path

    @property
    def lock(self) -> Path:
        """The file that lists each package with its version."""
        return self.path.with_suffix(".lock")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        SourceError: It cannot be read, or a key is missing, unknown or of another kind.
    """
    try:
        return Manifest(**tomllib.loads(path.read_text("utf-8")), path=path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        raise SourceError(f"{path} no es un manifiesto de imagen: {error}") from error


def build(
    manifest: Manifest, out: Path, *, source: Path, wheelhouse: Path, write_lock: bool, say: Say
) -> str:
    """Build an image and give its SHA-256.

    Raises:
        SourceError: The wheelhouse or the packages are not those of manifest and lock.
        RefusedError: A secret was found in it.
        CommandError: A program failed.
    """
    wheels = read_wheelhouse(wheelhouse)
    if manifest.wheelhouse != wheels.identity:
        raise SourceError(
            f"{manifest.path} pide los paquetes {manifest.wheelhouse[:16]}…; {wheelhouse} son "
            f"{wheels.identity[:16]}…"
        )
    os.environ["SOURCE_DATE_EPOCH"] = str(manifest.epoch)
    with tempfile.TemporaryDirectory(prefix="acopio-image-") as scratch:
        root = Path(scratch) / "root"
        root.mkdir()
        site = Site(
            Tree(root),
            find_board(manifest.board),
            manifest.role,
            Options(source=source, wheelhouse=wheelhouse),
        )
        say(f"Debian {manifest.suite} {manifest.architecture}…")
        build_root(
            root,
            suite=manifest.suite,
            architecture=manifest.architecture,
            packages=["systemd-sysv", *wanted(site)],
            epoch=manifest.epoch,
        )
        _compare(root, manifest, write_lock=write_lock)
        apply(site, STEPS, say)
        say("Se quita lo que es de una sola máquina…")
        clean(root)
        found = list(secrets_in(root))
        if found:
            raise RefusedError(f"la imagen llevaría secretos: {', '.join(found)}")
        say("ext4…")
        return make_ext4(root, out, manifest)


def clean(root: Path) -> None:
    """Take away what is one machine's; leave an empty machine-id, which systemd fills at boot."""
    for pattern in _OF_ONE_MACHINE:
        for path in root.glob(pattern.lstrip("/")):
            if path.name in (".", ".."):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    (root / "etc/machine-id").write_bytes(b"")


def secrets_in(root: Path) -> Iterator[str]:
    """Give each file that holds or names a secret, with what it is."""
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        inside = f"/{path.relative_to(root)}"
        if _SECRET_NAMES.search(inside) and not inside.startswith(("/usr/", "/opt/")):
            yield f"{inside} (por su nombre)"
        if path.stat().st_size < _SCANNED_BELOW:
            content = path.read_bytes()
            for what, pattern in _SECRETS.items():
                if pattern.search(content):
                    yield f"{inside} ({what})"


def packages_of(root: Path) -> str:
    """Give each installed package with architecture and version, one a line, in order."""
    status = (root / "var/lib/dpkg/status").read_text("utf-8")
    lines = []
    for entry in status.split("\n\n"):
        fields = dict(
            line.split(": ", 1)
            for line in entry.splitlines()
            if ": " in line and not line.startswith(" ")
        )
        if fields.get("Status") == "install ok installed":
            lines.append(f"{fields['Package']}:{fields['Architecture']} {fields['Version']}\n")
    return "".join(sorted(lines))


def _compare(root: Path, manifest: Manifest, *, write_lock: bool) -> None:
    listed = packages_of(root)
    if write_lock:
        manifest.lock.write_text(listed, "utf-8")
        return
    if not manifest.lock.is_file():
        raise SourceError(f"falta {manifest.lock}: escríbalo una vez con --write-lock")
    expected = manifest.lock.read_text("utf-8")
    if listed != expected:
        differing = sorted(set(listed.splitlines()) ^ set(expected.splitlines()))
        raise SourceError(
            f"los paquetes no son los de {manifest.lock}: {'; '.join(differing[:6])}… "
            "Use las mismas fuentes, o escriba el candado de nuevo con --write-lock"
        )


def make_ext4(root: Path, out: Path, manifest: Manifest) -> str:
    """Make the file system of a tree, which is used up, and give the image's SHA-256."""
    identity = uuid.uuid5(_NAMESPACE, manifest.name)
    epoch = str(manifest.epoch)
    with tempfile.TemporaryDirectory(prefix="acopio-image-", dir="/dev/shm") as memory:
        ordered = Path(memory) / "root"
        ordered.mkdir()
        tar = root.with_suffix(".tar")
        run(
            ["tar", "--directory", str(root), "--sort=name", f"--mtime=@{epoch}",
             "--numeric-owner", "--create", "--file", str(tar), "."]
        )  # fmt: skip
        shutil.rmtree(root)
        run(
            ["tar", "--directory", str(ordered), "--numeric-owner", "--extract", "--file", str(tar)]
        )
        tar.unlink()
        fresh = out.with_name(out.name + ".new")
        fresh.unlink(missing_ok=True)
        with fresh.open("wb") as file:
            file.truncate(manifest.size_mib << 20)
        run(
            ["env", f"E2FSPROGS_FAKE_TIME={epoch}", f"SOURCE_DATE_EPOCH={epoch}", "mkfs.ext4", "-q",
             "-F", "-L", "acopio-root", "-U", str(identity), "-m", "0", "-d", str(ordered), "-E",
             f"hash_seed={identity},lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0",
             str(fresh)]
        )  # fmt: skip
        _set_times(fresh, ordered, epoch)
    fresh.replace(out)
    with out.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _set_times(image: Path, tree: Path, epoch: str) -> None:
    """Set what mkfs.ext4 takes from the tree and nobody can set there: when an inode changed."""
    paths = ["/", *(f"/{path.relative_to(tree)}" for path in sorted(tree.rglob("*")))]
    odd = [path for path in paths if '"' in path or "\n" in path]
    if odd:
        raise RefusedError(f"un nombre que no se puede tratar: {odd[0]!r}")
    commands = image.with_name(image.name + ".times")
    commands.write_text(
        "".join(f'sif "{path}" {name} @{epoch}\n' for path in paths for name in ("atime", "ctime")),
        "utf-8",
    )
    try:
        said = run(
            [
                "env",
                f"E2FSPROGS_FAKE_TIME={epoch}",
                "debugfs",
                "-w",
                "-f",
                str(commands),
                str(image),
            ]
        )
    finally:
        commands.unlink()
    # debugfs(8) ends with 0 whatever happens; it says more than the command when one fails.
    failed = [line for line in said.splitlines() if line and not line.startswith("debugfs")]
    if failed:
        raise CommandError(f"debugfs: {failed[0]}")
