"""Builds a Debian root from nothing with mmdebstrap, from this system's own configured sources."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioning.steps.errors import RefusedError, SourceError
from provisioning.steps.tree import run

SUITES = ("bookworm", "trixie")
_APT = Path("/etc/apt")
_PLAIN = re.compile(r"^deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)$")
_DEBIANS = "debian-archive-keyring"


@dataclass(frozen=True)
class _Entry:
    uri: str
    suite: str
    components: list[str]
    is_debians: bool


def sources(suite: str, apt: Path = _APT) -> list[str]:
    """Give lines of sources.list(5) for a suite: this system's sources with the suite put in.

    Raises:
        SourceError: This system's apt has no source of Debian.
    """
    found: dict[str, str] = {}
    # Other archives have suites of the same name; Debian's is signed with Debian's keys.
    for entry in sorted(_configured(apt), key=lambda entry: not entry.is_debians):
        codename, _, kind = entry.suite.partition("-")
        if codename in SUITES and "main" in entry.components and kind in ("", "security"):
            found.setdefault(kind or "main", entry.uri)
    if "main" not in found:
        raise SourceError("apt no tiene una fuente de Debian en este equipo: configure una")
    lines = [f"deb {found['main']} {suite} main"]
    if "security" in found:
        lines.append(f"deb {found['security']} {suite}-security main")
    return lines


def build_root(
    out: Path, *, suite: str, architecture: str, packages: Sequence[str], epoch: int
) -> None:
    """Unpack a root of a suite into a new folder; the same versions give the same files.

    Raises:
        RefusedError: This machine cannot run the architecture's programs.
        CommandError: mmdebstrap failed.
    """
    if not runs_here(architecture):
        raise RefusedError(
            f"este equipo no ejecuta programas de {architecture}: instale qemu-user-static y "
            "active binfmt_misc"
        )
    tar = out.with_suffix(".tar")
    run(
        ["env", f"SOURCE_DATE_EPOCH={epoch}", "mmdebstrap", "--quiet", "--mode=root",
         # Its own test of foreign programs asks for arch-test; `runs_here` answers without.
         *([] if shutil.which("arch-test") else ["--skip=check/qemu"]),
         f"--architectures={architecture}", "--variant=minbase",
         f"--include={','.join(packages)}", suite, str(tar), *sources(suite)],
        timeout_s=7200,
    )  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    run(["tar", "--directory", str(out), "--extract", "--file", str(tar)])
    tar.unlink()


def runs_here(architecture: str) -> bool:
    """Whether this kernel runs an architecture's programs, itself or through binfmt_misc."""
    machine = {"arm64": "aarch64", "amd64": "x86_64"}[architecture]
    if os.uname().machine == machine:
        return True
    entry = Path(f"/proc/sys/fs/binfmt_misc/qemu-{machine}")
    return entry.is_file() and entry.read_text().startswith("enabled")


def _configured(apt: Path) -> Iterator[_Entry]:
    for path in sorted([*apt.glob("sources.list"), *apt.glob("sources.list.d/*.list")]):
        for line in path.read_text("utf-8").splitlines():
            match = _PLAIN.match(line)
            if match:
                options, uri, suite, components = match.groups()
                yield _Entry(uri, suite, components.split(), _DEBIANS in (options or ""))
    for path in sorted(apt.glob("sources.list.d/*.sources")):
        for stanza in path.read_text("utf-8").split("\n\n"):
            fields = dict(
                line.split(":", 1)
                for line in stanza.splitlines()
                if ":" in line and not line.startswith(("#", " "))
            )
            if fields.get("Enabled", "yes").strip().lower() == "no":
                continue
            is_debians = _DEBIANS in fields.get("Signed-By", "")
            for uri in fields.get("URIs", "").split():
                for suite in fields.get("Suites", "").split():
                    yield _Entry(uri, suite, fields.get("Components", "").split(), is_debians)
