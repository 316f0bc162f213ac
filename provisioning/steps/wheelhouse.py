"""What a wheelhouse holds, and whether it still does; it is made by `provisioning.packing`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from provisioning.steps.errors import SourceError

MANIFEST = "manifest.json"
REQUIREMENTS = "requirements.txt"


@dataclass(frozen=True)
class Wheelhouse:
    """A folder of wheels with a list of their hashes."""

    folder: Path
    python: str
    architecture: str
    role: str
    files: dict[str, str]

    @property
    def identity(self) -> str:
        """Give SHA-256 of the manifest: the same for the same bytes."""
        return hashlib.sha256((self.folder / MANIFEST).read_bytes()).hexdigest()


def read_wheelhouse(folder: Path) -> Wheelhouse:
    """Read the manifest and compare every file with it.

    Raises:
        SourceError: No wheelhouse, or a file is missing or differs.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        wheelhouse = Wheelhouse(
            folder=folder,
            python=manifest["python"],
            architecture=manifest["architecture"],
            role=manifest["role"],
            files=dict(manifest["files"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"{folder} no es un conjunto de paquetes: hágalo con `acopio-provision wheelhouse`"
        ) from error
    for name, expected in wheelhouse.files.items():
        path = folder / name
        if "/" in name or not path.is_file():
            raise SourceError(f"{folder}: falta {name}")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                raise SourceError(f"{path}: no es el archivo de la lista; cópielo de nuevo")
    return wheelhouse
