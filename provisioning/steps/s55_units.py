"""55: the units of `systemd/<role>`, installed and enabled for the next start."""

from __future__ import annotations

import configparser
from collections.abc import Sequence
from pathlib import Path

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Change, File, Link

UNITS = "/usr/lib/systemd/system"
ENABLED = "/etc/systemd/system"
_KINDS = frozenset({".service", ".socket", ".timer", ".path", ".target", ".mount", ".slice"})
# Needs a screen, its compositor and its browser.
_OF_THE_SCREEN = "acopio-display.service"


def plan(site: Site) -> Sequence[Change]:
    """Install units, what they start outside of /opt/acopio, and the browser's policy."""
    folder = site.units_folder
    units = sorted(path for path in folder.iterdir() if path.suffix in _KINDS)
    changes: list[Change] = [File(f"{UNITS}/{unit.name}", unit.read_bytes()) for unit in units]
    for dropped in sorted(folder.glob("*.d/*.conf")):
        if dropped.parent.suffixes[:1] != [".d"]:  # sysusers.d and tmpfiles.d have their steps
            changes.append(
                File(f"{UNITS}/{dropped.parent.name}/{dropped.name}", dropped.read_bytes())
            )
    for program in sorted(folder.glob("*.py")):
        changes.append(File(f"/usr/lib/acopio/{program.name}", program.read_bytes()))
    page = site.options.source / "docs" / "units.md"
    if page.is_file():
        changes.append(File("/usr/share/doc/acopio/units.md", page.read_bytes()))
    policy = site.options.source / "device" / "kiosk" / "chromium-policy.json"
    if site.is_station and "screen" in site.groups and policy.is_file():
        changes.append(File("/etc/chromium/policies/managed/acopio.json", policy.read_bytes()))
    for unit in units:
        if unit.name == _OF_THE_SCREEN and "screen" not in site.groups:
            # The target asks for it all the same; without a screen it would fail again and again.
            changes.append(Link(f"{ENABLED}/{unit.name}", "/dev/null"))
        else:
            changes += _enabled(unit)
    return changes


def _enabled(unit: Path) -> list[Link]:
    """Give the links that `systemctl enable` would make."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names keep their capitals
    parser.read_string(unit.read_text("utf-8"))
    if not parser.has_section("Install"):
        return []
    links = []
    for option, folder in (("WantedBy", "wants"), ("RequiredBy", "requires")):
        for target in parser.get("Install", option, fallback="").split():
            links.append(Link(f"{ENABLED}/{target}.{folder}/{unit.name}", f"{UNITS}/{unit.name}"))
    return links


STEP = Step(55, "units", "Unidades de systemd", plan)
