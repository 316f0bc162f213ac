"""PassportEye: its own search for the machine-readable zone, then Tesseract; reads nothing else."""

from __future__ import annotations

import io
import warnings
from importlib.metadata import version as version_of
from typing import Any

from passporteye import read_mrz
from PIL import Image as Pillow

from bench.peers.worker import Engine, Image


def version() -> str:
    return f"PassportEye {version_of('passporteye')}"


def load() -> Engine:
    """Return the reading of the zone; the place of its lines is not told, only their order."""
    warnings.simplefilter("ignore")

    def read(image: Image, _is_card: bool) -> list[dict[str, Any]]:
        packed = io.BytesIO()
        Pillow.fromarray(image).save(packed, format="BMP")
        packed.seek(0)
        found = read_mrz(packed)
        text = "" if found is None else str(found.aux.get("text") or "")
        rows = [row.strip() for row in text.splitlines() if row.strip()]
        return [
            {
                "text": row,
                "confidence": 1.0,
                "quad": [[0, 40 * i], [900, 40 * i], [900, 40 * i + 30], [0, 40 * i + 30]],
            }
            for i, row in enumerate(rows)
        ]

    return read
