"""The card as it is being printed: an RGB array that remembers every piece of text put on it."""

import functools
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from training.fonts import Typeface

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
Role = Literal["label", "value", "mrz", "header", "noise"]

# ID-1 is 85.60 × 53.98 mm; 15 pixels a millimetre.
PX_PER_MM = 15
WIDTH, HEIGHT = 1284, 810


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of text drawn in one go; `box` is x0, y0, x1, y1 around its ink, card pixels."""

    text: str
    box: Box
    role: Role
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Ink:
    """How a piece of text is printed; `cap` is the height of a capital letter in pixels."""

    face: Typeface
    cap: float
    colour: Colour = (20, 20, 20)
    opacity: float = 1.0
    tracking: float = 0.0
    squeeze: float = 1.0

    def scaled(self, factor: float) -> "Ink":
        """Return the same ink with letters `factor` times as high."""
        return Ink(
            self.face, self.cap * factor, self.colour, self.opacity, self.tracking, self.squeeze
        )

    def narrowed(self, factor: float) -> "Ink":
        """Return the same ink with letters `factor` times as wide."""
        return Ink(
            self.face, self.cap, self.colour, self.opacity, self.tracking, self.squeeze * factor
        )


@functools.lru_cache(maxsize=2048)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def _cap_ratio(path: str) -> float:
    """Height of a capital H over the nominal font size."""
    left, top, right, bottom = _font(path, 200).getbbox("H", anchor="ls")
    del left, right
    return (bottom - top) / 200


@functools.lru_cache(maxsize=1024)
def glyphs(text: str, ink: Ink) -> tuple[Image, int, int]:
    """Rasterise `text`; return coverage and the offset of its corner from the baseline's start."""
    size = max(6, round(ink.cap / _cap_ratio(ink.face.path)))
    font = _font(ink.face.path, size)
    if ink.tracking:
        coverage, dx, dy = _tracked(text, font, ink.tracking * ink.cap)
    else:
        mask, (dx, dy) = font.getmask2(text, mode="L", anchor="ls")
        width, height = mask.size
        coverage = np.asarray(mask, dtype=np.uint8).reshape(height, width)
    if ink.squeeze != 1.0 and coverage.size:
        width = max(1, round(coverage.shape[1] * ink.squeeze))
        coverage = cv2.resize(  # type: ignore[assignment]
            coverage, (width, coverage.shape[0]), interpolation=cv2.INTER_AREA
        )
        dx = round(dx * ink.squeeze)
    coverage.setflags(write=False)  # shared between callers by the cache
    return coverage, dx, dy


def _tracked(text: str, font: ImageFont.FreeTypeFont, gap: float) -> tuple[Image, int, int]:
    parts: list[tuple[Image, int, int]] = []
    pen = 0.0
    for character in text:
        mask, (dx, dy) = font.getmask2(character, mode="L", anchor="ls")
        width, height = mask.size
        if width and height:
            block = np.asarray(mask, dtype=np.uint8).reshape(height, width)
            parts.append((block, round(pen) + dx, dy))
        pen += font.getlength(character) + gap
    if not parts:
        return np.zeros((0, 0), np.uint8), 0, 0
    left = min(x for _, x, _ in parts)
    top = min(y for _, _, y in parts)
    right = max(x + block.shape[1] for block, x, _ in parts)
    bottom = max(y + block.shape[0] for block, _, y in parts)
    coverage = np.zeros((bottom - top, right - left), np.uint8)
    for block, x, y in parts:
        window = coverage[y - top : y - top + block.shape[0], x - left : x - left + block.shape[1]]
        np.maximum(window, block, out=window)
    return coverage, left, top


def text_width(text: str, ink: Ink) -> int:
    """Width of the printed text in pixels, from the start of its baseline to its last ink."""
    coverage, dx, _ = glyphs(text, ink)
    return int(coverage.shape[1] + max(dx, 0))


@dataclass
class Canvas:
    """A card under print."""

    image: Image
    segments: list[Segment] = field(default_factory=list)

    def text(
        self, x: float, baseline: float, text: str, ink: Ink, role: Role, name: str | None = None
    ) -> Box | None:
        """Print `text` from `x` on `baseline` and note its segment; None if it has no ink."""
        coverage, dx, dy = glyphs(text, ink)
        box = self.stain(round(x) + dx, round(baseline) + dy, coverage, ink.colour, ink.opacity)
        if box is not None:
            self.segments.append(Segment(text, box, role, name))
        return box

    def is_free(self, box: Box) -> bool:
        """Tell whether no text lies in `box` yet."""
        x0, y0, x1, y1 = box
        return not any(
            min(x1, segment.box[2]) > max(x0, segment.box[0])
            and min(y1, segment.box[3]) > max(y0, segment.box[1])
            for segment in self.segments
        )

    def stain(
        self, x: int, y: int, coverage: Image, colour: Colour, opacity: float = 1.0
    ) -> Box | None:
        """Colour the pixels under `coverage`; return the box of what is visible of it."""
        if not coverage.size:
            return None
        height, width = self.image.shape[:2]
        x0, y0 = max(x, 0), max(y, 0)
        x1, y1 = min(x + coverage.shape[1], width), min(y + coverage.shape[0], height)
        if x0 >= x1 or y0 >= y1:
            return None
        part = coverage[y0 - y : y1 - y, x0 - x : x1 - x]
        alpha = (part.astype(np.float32) * (opacity / 255))[..., None]
        window = self.image[y0:y1, x0:x1]
        target = np.array(colour, np.float32)
        window[:] = (window + alpha * (target - window)).astype(np.uint8)
        rows = np.flatnonzero(part.max(axis=1) > 60)
        columns = np.flatnonzero(part.max(axis=0) > 60)
        if not rows.size or not columns.size:
            return None
        return (
            int(x0 + columns[0]),
            int(y0 + rows[0]),
            int(x0 + columns[-1] + 1),
            int(y0 + rows[-1] + 1),
        )

    def paste(self, x: int, y: int, picture: Image, alpha: NDArray[np.float32] | float) -> None:
        """Lay a picture over the card with coverage `alpha` in 0…1, cut at the card's edge."""
        height, width = self.image.shape[:2]
        x0, y0 = max(x, 0), max(y, 0)
        x1, y1 = min(x + picture.shape[1], width), min(y + picture.shape[0], height)
        if x0 >= x1 or y0 >= y1:
            return
        part = picture[y0 - y : y1 - y, x0 - x : x1 - x].astype(np.float32)
        if isinstance(alpha, float):
            cover: NDArray[np.float32] | float = alpha
        else:
            cover = alpha[y0 - y : y1 - y, x0 - x : x1 - x, None]
        window = self.image[y0:y1, x0:x1]
        window[:] = (window + cover * (part - window)).astype(np.uint8)


def fit(text: str, ink: Ink, width: float, *, narrowest: float = 0.72) -> Ink:
    """Narrow, then shrink the ink until `text` is at most `width` pixels wide."""
    actual = text_width(text, ink)
    if actual <= width or actual == 0:
        return ink
    factor = width / actual
    if factor >= narrowest:
        return ink.narrowed(factor * 0.995)
    return ink.narrowed(narrowest).scaled(factor / narrowest * 0.985)
