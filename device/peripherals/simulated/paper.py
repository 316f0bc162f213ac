"""What came out of a simulated printer: a strip of dots, and the same as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Dots = npt.NDArray[np.uint8]

# Font A of a printer with 203 dots an inch: 12 × 24 dots a letter, 30 from line to line.
CELL_WIDTH, CELL_HEIGHT, LINE_DOTS = 12, 24, 30
# Height of a type whose letters are as wide as a cell.
CELL_FONT = 20
DOTS_PER_MM = 8
_PAPER, _INK = 250, 20
_MARGIN = 16


@dataclass
class Strip:
    """One strip of paper; `dots` are greyscale rows."""

    columns: int
    rows: list[Dots] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    is_cut: bool = False

    @property
    def text(self) -> str:
        """Return what is printed as text, with `[picture]` for a picture."""
        return "\n".join(self.lines)

    def picture(self) -> Dots:
        """Return the strip as a greyscale picture."""
        width = self.columns * CELL_WIDTH
        body = np.vstack(self.rows) if self.rows else np.full((8, width), _PAPER, np.uint8)
        return np.pad(body, _MARGIN, constant_values=_PAPER)

    def png(self, path: str) -> None:
        """Write the strip as a PNG file."""
        Image.fromarray(self.picture()).save(path)

    def print_line(self, text: str, *, scale: int, is_strong: bool, is_centred: bool) -> int:
        """Print one line; return how many dots of paper it took."""
        canvas, pen = self._blank(LINE_DOTS * scale)
        cell = CELL_WIDTH * scale
        left = (self.columns * CELL_WIDTH - cell * len(text)) // 2 if is_centred else 0
        font = _font(scale, is_strong=is_strong)
        for number, letter in enumerate(text):
            middle = (left + cell * number + cell // 2, CELL_HEIGHT * scale)
            pen.text(middle, letter, _INK, font, anchor="ms")
        self.rows.append(np.asarray(canvas))
        self.lines.append(text)
        return LINE_DOTS * scale

    def print_picture(self, black: npt.NDArray[np.bool_], *, is_centred: bool) -> int:
        """Print a picture of dots; return how many dots of paper it took."""
        width = self.columns * CELL_WIDTH
        dots = np.full((black.shape[0], width), _PAPER, np.uint8)
        black = black[:, :width]
        left = (width - black.shape[1]) // 2 if is_centred else 0
        dots[:, left : left + black.shape[1]][black] = _INK
        self.rows.append(dots)
        self.lines.append("[picture]")
        return int(black.shape[0])

    def feed(self, dots: int) -> int:
        """Move blank paper."""
        self.rows.append(np.asarray(self._blank(dots)[0]))
        return dots

    def _blank(self, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        canvas = Image.new("L", (self.columns * CELL_WIDTH, height), _PAPER)
        return canvas, ImageDraw.Draw(canvas)


@cache
def _font(scale: int, *, is_strong: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    size = CELL_FONT * scale
    try:
        return ImageFont.truetype(f"DejaVuSansMono{'-Bold' if is_strong else ''}.ttf", size)
    except OSError:
        return ImageFont.load_default(size)  # it has no accents: only the picture lacks them
