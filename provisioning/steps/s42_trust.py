"""42: whom the station believes: the centre's card, and the keys that sign releases.

Both are public, brought as files, and the same for every station; where a file was not named, what
is there stays. Formats: `wire/claim.py` (card) and `device/update/release_keys.py` (PEM, one key
after the other).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Change, File
from provisioning.steps.errors import SourceError

CARD = "/etc/acopio/centre.json"
RELEASE_KEYS = "/etc/acopio/release-keys.pem"
_PUBLIC = b"-----BEGIN PUBLIC KEY-----"
_PRIVATE = b"PRIVATE KEY"


def plan(site: Site) -> Sequence[Change]:
    """Put each named file where the station looks for it."""
    changes: list[Change] = []
    if site.options.centre_card is not None:
        changes.append(File(CARD, _card(site.options.centre_card)))
    if site.options.release_keys is not None:
        changes.append(File(RELEASE_KEYS, _release_keys(site.options.release_keys)))
    return changes


def _card(path: Path) -> bytes:
    content = _read(path)
    try:
        card = json.loads(content)
    except ValueError as error:
        raise SourceError(f"{path}: no es la tarjeta de un centro") from error
    if not isinstance(card, dict) or "code" in card:
        # A claim file has a code that is good once: it is for one station, not for an image.
        raise SourceError(f"{path}: no es la tarjeta de un centro, o es el alta de una estación")
    return content


def _release_keys(path: Path) -> bytes:
    content = _read(path)
    if _PRIVATE in content or _PUBLIC not in content:
        raise SourceError(f"{path}: deben ser las llaves públicas de las versiones, en PEM")
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: no se puede leer ({error.strerror})") from error


STEP = Step(
    42,
    "trust",
    "Tarjeta del centro y llaves de las versiones",
    plan,
    skip=lambda site: None if site.is_station else "es de una estación",
)
