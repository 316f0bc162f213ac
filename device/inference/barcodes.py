"""Reads the codes of a back: QR, PDF417 and Code 128, nothing else.

The authority's own codes are enciphered: their bytes are kept as they are, never interpreted.

Most codes are read on the flat card at once. Where something that looks like a code is left, it is
cut out of the frame at the frame's own resolution and looked at again, sharper: first by a plain
filter, then by the sharpening network. Cheap first, and never more than so many pixels.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import cv2
import numpy as np
import zxingcpp

from device.inference.base import CARD_HEIGHT_PX, CARD_WIDTH_PX, Image, Quad
from device.inference.code_regions import Region, find_regions
from device.inference.images import grey_of
from device.inference.reading import Barcode
from device.inference.rectify import rectify
from device.inference.sharpen import FINER, CodeSharpener

# Named formats are five to ten times faster than all of them, and find as much.
_FORMATS = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.PDF417,
        zxingcpp.BarcodeFormat.Code128,
    )
)
_NAMES = {
    zxingcpp.BarcodeFormat.QRCode: "QR",
    zxingcpp.BarcodeFormat.PDF417: "PDF417",
    zxingcpp.BarcodeFormat.Code128: "Code128",
}
_MARGIN = 0.04  # of the card's size: corners that are off must not cut a code's quiet zone
_SCALES = (0.35, 1.0)  # pixels of a look for one of the card: more shows no more of a module
_MOST_TILES = 40
_QUIET_PX = 24  # beside the bars, where the decoder wants paper
_LEAST_PX = 4


@dataclass(slots=True)
class _Found:
    """What was read so far, and where, in pixels of the second look."""

    codes: dict[tuple[str, bytes], Barcode] = field(default_factory=dict)
    places: list[Region] = field(default_factory=list)

    def sorted(self) -> tuple[Barcode, ...]:
        return tuple(self.codes[key] for key in sorted(self.codes))


def read_barcodes(grey: Image) -> tuple[Barcode, ...]:
    """Return the codes on a rectified card, sorted, each once; one that is damaged is left out."""
    return BarcodeReader(None).read(grey)


class BarcodeReader:
    """Looks for codes on a card, and again in its frame for those that the first look missed."""

    def __init__(self, sharpener: CodeSharpener | None) -> None:
        self._sharpener = sharpener

    def read(
        self, card: Image, frame: Image | None = None, quad: Quad | None = None
    ) -> tuple[Barcode, ...]:
        """Return the codes, sorted, each once.

        `card` is the rectified card in grey. `frame`, R, G, B or grey, with the card's `quad` lets
        a missed code be looked for again.
        """
        found = _Found()
        for code in _decoded(card):
            _keep(found, code, 1.0, (0, 0))
        if frame is None or quad is None or _is_complete(found):
            return found.sorted()
        look, scale, offset = _second_look(frame, quad)
        found.places = [_moved(place, scale, offset) for place in found.places]
        if not find_regions(look, found.places):
            return found.sorted()
        for code in _decoded(_steepened(look)):
            _keep(found, code, 1.0, (0, 0), look)
        if not _is_complete(found):
            _look_sharper(self._sharpener, look, found)
        return found.sorted()


def _look_sharper(sharpener: CodeSharpener | None, look: Image, found: _Found) -> None:
    """Enlarge what may be a code and is none yet; where that does not help, draw it; read it."""
    left = _MOST_TILES
    for region in find_regions(look, found.places):
        part = look[region.y0 : region.y1, region.x0 : region.x1]
        # Rows of a PDF417 that are two or three pixels high are mixed up unless they are enlarged.
        large = cv2.resize(
            _steepened(part), None, fx=FINER, fy=FINER, interpolation=cv2.INTER_CUBIC
        )
        if _read_enlarged(
            np.asarray(large, np.uint8), zxingcpp.Binarizer.GlobalHistogram, region, found
        ):
            continue
        cost = sharpener.tiles(*part.shape) if sharpener is not None else 0
        if sharpener is None or cost > left:
            continue
        left -= cost
        # Single wrong pixels would cut the decoder's lines.
        drawn = np.asarray(cv2.GaussianBlur(sharpener.draw(part), (0, 0), 0.8), np.uint8)
        _read_enlarged(drawn, zxingcpp.Binarizer.FixedThreshold, region, found)


def _read_enlarged(
    picture: Image, level: zxingcpp.Binarizer, region: Region, found: _Found
) -> bool:
    """Keep the codes of an enlarged region; say whether there was one."""
    before = len(found.codes)
    for code in _decoded(picture, level, turned=True):
        _keep(found, code, 1 / FINER, (region.x0, region.y0), picture, level)
    return len(found.codes) > before


def _is_complete(found: _Found) -> bool:
    """Say whether as much was read as any known back carries: looking on would find nothing."""
    kinds = Counter(kind for kind, _ in found.codes)
    return kinds["Code128"] > 0 and (kinds["QR"] >= 3 or (kinds["QR"] > 0 and kinds["PDF417"] > 0))


def _second_look(frame: Image, quad: Quad) -> tuple[Image, float, tuple[float, float]]:
    """Return the card with a rim as fine as the frame shows it, its scale and the rim's size."""
    scale = float(np.clip(quad.width_px / CARD_WIDTH_PX, *_SCALES))
    width = round(CARD_WIDTH_PX * scale * (1 + 2 * _MARGIN))
    height = round(CARD_HEIGHT_PX * scale * (1 + 2 * _MARGIN))
    grey = frame if frame.ndim == 2 else grey_of(frame)
    inset = _MARGIN / (1 + 2 * _MARGIN)
    look = rectify(grey, quad, width=width, height=height, margin=_MARGIN, smooth=True)
    return look, scale, (width * inset, height * inset)


def _steepened(grey: Image) -> Image:
    """Return the picture with its edges made steeper: half the blur of a lens is undone."""
    soft = cv2.GaussianBlur(grey, (0, 0), 1.5)
    return np.asarray(cv2.addWeighted(grey, 2.5, soft, -1.5, 0), np.uint8)


def _decoded(
    grey: Image,
    level: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage,
    *,
    turned: bool = False,
) -> list[zxingcpp.Barcode]:
    """Return what the decoder finds; `turned`, also of bars that lie on their side."""
    return list(
        zxingcpp.read_barcodes(
            grey,
            formats=_FORMATS,
            binarizer=level,
            try_rotate=turned,
            try_downscale=False,
            try_invert=False,
        )
    )


def _keep(
    found: _Found,
    code: zxingcpp.Barcode,
    scale: float,
    offset: tuple[float, float],
    picture: Image | None = None,
    level: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage,
) -> None:
    payload = bytes(code.bytes)
    name = _NAMES.get(code.format)
    if name is None or not code.valid or not payload:
        return
    corners = code.position
    points = [corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left]
    xs, ys = [p.x for p in points], [p.y for p in points]
    place = Region(min(xs), min(ys), max(xs) + 1, max(ys) + 1)
    if name == "Code128" and picture is not None and not _is_steady(picture, place, payload, level):
        return
    found.codes.setdefault((name, payload), Barcode(name, payload, _printable(payload)))
    found.places.append(_moved(place, scale, offset))


def _is_steady(picture: Image, place: Region, payload: bytes, level: zxingcpp.Binarizer) -> bool:
    """Say whether both halves of the bars say the same.

    A Code 128 has one check character of 103: on a sharpened picture that is too little.
    """
    halfway = (place.y0 + place.y1) // 2
    columns = slice(max(0, place.x0 - _QUIET_PX), place.x1 + _QUIET_PX)
    for rows in (slice(max(0, place.y0), halfway), slice(halfway, place.y1)):
        half = np.ascontiguousarray(picture[rows, columns])
        if min(half.shape) < _LEAST_PX:
            return False
        if payload not in {bytes(code.bytes) for code in _decoded(half, level) if code.valid}:
            return False
    return True


def _moved(region: Region, scale: float, offset: tuple[float, float]) -> Region:
    return Region(
        round(region.x0 * scale + offset[0]),
        round(region.y0 * scale + offset[1]),
        round(region.x1 * scale + offset[0]),
        round(region.y1 * scale + offset[1]),
    )


def _printable(payload: bytes) -> str | None:
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
