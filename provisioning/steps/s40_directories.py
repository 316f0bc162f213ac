"""40: folders with owner and mode, as `systemd/<role>/tmpfiles.d` lists them, and settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Change, File, Folder
from provisioning.steps.errors import SourceError

_HEADING = "# Lo que no esté aquí vale lo que dice docs/operations.md.\n"


def plan(site: Site) -> Sequence[Change]:
    """Install the lists and make the folders; what lives in memory is made at each start."""
    changes: list[Change] = []
    for source in _lists(site):
        changes.append(File(f"/usr/lib/tmpfiles.d/{source.name}", source.read_bytes()))
    changes += folders(site)
    text = _HEADING + (_station(site) if site.is_station else "")
    changes.append(File(f"/etc/acopio/{site.role}.toml", text.encode(), only_if_missing=True))
    return changes


def _station(site: Site) -> str:
    # The verifier lies beside the data: what is written to a read-only root is forgotten.
    data = (
        '[station]\ndata = "/var/lib/acopio-station"\n\n'
        '[kiosk]\ntechnician_verifier_file = "/var/lib/acopio-station/keys/technician"\n'
    )
    if site.options.slots == "none":
        return data
    return f'{data}\n[update]\nslots = "{site.options.slots}"\ncompatible = "{site.compatible}"\n'


def folders(site: Site, *, under: str = "/") -> list[Folder]:
    """Give the folders that lie under a path and not under /run."""
    found = [_folder(source, line) for source in _lists(site) for line in _lines(source)]
    prefix = under.rstrip("/") + "/"
    return [
        each
        for each in found
        if (each.subject + "/").startswith(prefix) and not each.subject.startswith("/run/")
    ]


def _lists(site: Site) -> list[Path]:
    return sorted((site.units_folder / "tmpfiles.d").glob("*.conf"))


def _lines(source: Path) -> list[list[str]]:
    lines = (line.split() for line in source.read_text("utf-8").splitlines())
    return [fields for fields in lines if fields and not fields[0].startswith("#")]


def _folder(source: Path, fields: list[str]) -> Folder:
    if fields[0] not in ("d", "d!") or len(fields) < 5:
        raise SourceError(f"{source}: sólo se entienden renglones de carpetas (d)")
    return Folder(fields[1], int(fields[2], 8), fields[3], fields[4])


STEP = Step(40, "directories", "Carpetas y configuración", plan)
