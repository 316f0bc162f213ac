"""Invented releases: keys, manifests and bundles, as the authority makes them offline."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wire.bundle import BundleKind, Manifest, Payload, sign_manifest, write_header
from wire.keys import FixedKeyRing, SoftwareSigner, verifying_key

COMPATIBLE = "acopio-station-test"
KEYS = tuple(SoftwareSigner.generate() for _ in range(3))
STRANGER = SoftwareSigner.generate()
RING = FixedKeyRing(tuple(verifying_key(key.public_pem, ("release",)) for key in KEYS))
NOW_MS = 1_795_000_000_000
PARTS = {"boot": b"boot image", "root": b"root image"}


def manifest(parts: Mapping[str, bytes], number: int = 1, **changes: Any) -> Manifest:
    """Describe a release; a part of the system is named by its target."""
    kind = changes.pop("kind", BundleKind.SYSTEM)
    described = {
        "kind": kind,
        "version": f"1.{number}",
        "number": number,
        "compatible": COMPATIBLE,
        "issued_ms": NOW_MS - 1_000,
        "expires_ms": NOW_MS + 86_400_000,
        "payloads": tuple(
            Payload(
                name,
                len(content),
                hashlib.sha256(content).hexdigest(),
                "models" if kind is BundleKind.MODELS else name,
            )
            for name, content in parts.items()
        ),
    }
    return Manifest(**{**described, **changes})


def write_release(
    path: Path,
    parts: Mapping[str, bytes] | None = None,
    number: int = 1,
    *,
    signers: tuple[SoftwareSigner, ...] = KEYS[:2],
    **changes: Any,
) -> Path:
    """Write a whole bundle."""
    parts = PARTS if parts is None else parts
    with path.open("wb") as file:
        write_header(file, sign_manifest(manifest(parts, number, **changes), signers))
        for content in parts.values():
            file.write(content)
    return path


def write_keys(path: Path) -> Path:
    """Write the public halves as a station is provisioned with them."""
    path.write_text("".join(f"Clave {n}\n{key.public_pem}" for n, key in enumerate(KEYS)))
    return path
