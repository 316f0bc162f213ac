"""Tesseract's LSTM recogniser in process, Spanish and English together, data as Debian packs them.

A card is read as sparse text. Where that shows the fillers of a machine-readable zone, its foot is
read twice more as one block, in English and with the zone's letters alone: as it is, and with the
light evened. Sizes, modes and the cut were chosen on simulated frames. Debian packs no data trained
for the zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version as version_of
from typing import Any

import cv2
import numpy as np
import tesserocr
from PIL import Image as Pillow

from bench.peers.worker import Engine, Image

CARD = (1600, 1010)  # capitals of the small print are then about 30 pixels high, as it asks for
_DATA = "/usr/share/tesseract-ocr/5/tessdata"
_FOOT = 0.62  # of the card's height, above it no zone begins
_ZONE_WIDTH = 1284
_ZONE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"


def version() -> str:
    engine = tesserocr.tesseract_version().split()[1]
    return f"Tesseract {engine} (tesserocr {version_of('tesserocr')}, spa + eng)"


def load() -> Engine:
    """Load both readers once."""
    sparse = tesserocr.PyTessBaseAPI(path=_DATA, lang="spa+eng", psm=tesserocr.PSM.SPARSE_TEXT)
    block = tesserocr.PyTessBaseAPI(path=_DATA, lang="eng", psm=tesserocr.PSM.SINGLE_BLOCK)
    block.SetVariable("tessedit_char_whitelist", _ZONE)
    block.SetVariable("load_system_dawg", "0")
    block.SetVariable("load_freq_dawg", "0")

    def read(image: Image, is_card: bool) -> list[dict[str, Any]]:
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
        # A frame may be turned any way: let it find the orientation of the page first.
        mode = tesserocr.PSM.SPARSE_TEXT if is_card else tesserocr.PSM.SPARSE_TEXT_OSD
        sparse.SetPageSegMode(mode)
        lines = list(_lines(sparse, grey, 0))
        if is_card and sum(line["text"].count("<") for line in lines) >= 3:
            top = round(_FOOT * grey.shape[0])
            lines = [line for line in lines if line["quad"][2][1] < top]
            size = _ZONE_WIDTH, round(_ZONE_WIDTH * (grey.shape[0] - top) / grey.shape[1])
            foot = np.asarray(cv2.resize(grey[top:], size, interpolation=cv2.INTER_AREA), np.uint8)
            lines += _lines(block, foot, top)
            lines += _lines(block, _evened(foot), top + grey.shape[0])
        return lines

    return read


def _evened(grey: Image) -> Image:
    """Return a picture with shadow and glare evened."""
    light = cv2.GaussianBlur(grey, (0, 0), grey.shape[1] / 40).astype(np.float32)
    return np.clip(200 * grey / np.maximum(light, 1), 0, 255).astype(np.uint8)


def _lines(api: Any, grey: Image, top: int) -> Iterator[dict[str, Any]]:
    api.SetImage(Pillow.fromarray(grey))
    api.Recognize()
    results = api.GetIterator()
    if results is None:
        return
    level = tesserocr.RIL.TEXTLINE
    for line in tesserocr.iterate_level(results, level):
        box = line.BoundingBox(level)
        if box is None:
            continue
        x0, y0, x1, y1 = box
        text = (line.GetUTF8Text(level) or "").strip()
        if not text or line.Confidence(level) < 20:
            continue
        yield {
            "text": text,
            "confidence": line.Confidence(level) / 100,
            "quad": [[x0, y0 + top], [x1, y0 + top], [x1, y1 + top], [x0, y1 + top]],
        }
