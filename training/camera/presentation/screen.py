"""The card on a display: its pixels, what is drawn around the picture, its frame and its light."""

import functools
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.camera.presentation.sampling import Footprint, Map, display
from training.camera.presentation.shown import CARD_WIDTH_MM, Image, Shown
from training.camera.presentation.source import captured

Layout = Literal["stripes", "reversed", "lying", "diamonds", "delta"]
LAYOUTS: tuple[Layout, ...] = ("stripes", "reversed", "lying", "diamonds", "delta")
_CELL = 24


@functools.cache
def cell(layout: Layout) -> NDArray[np.float32]:
    """Return one period of a layout: where red, green and blue give light, in linear shares."""
    made = np.zeros((_CELL, _CELL, 3), np.float32)
    match layout:
        case "stripes" | "reversed" | "lying":
            for n in range(3):
                made[2:-2, n * 8 + 1 : n * 8 + 7, n] = 1
            if layout == "reversed":
                made = made[..., ::-1]
            elif layout == "lying":
                made = made.transpose(1, 0, 2)
        case "diamonds":  # two display pixels a side: green at each, red and blue in turn
            for x, y in ((0, 0), (12, 0), (0, 12), (12, 12)):
                _dot(made, x + 3, y + 3, 2.6, 1)
            for x, y, channel in ((9, 9, 0), (21, 21, 0), (21, 9, 2), (9, 21, 2)):
                _dot(made, x, y, 3.6, channel)
        case "delta":
            for n in range(3):
                made[1:11, n * 8 + 1 : n * 8 + 7, n] = 1
                made[13:23, (n * 8 + 13) % 24 : (n * 8 + 13) % 24 + 6, n] = 1
    return np.ascontiguousarray(made)


def _dot(made: NDArray[np.float32], x: int, y: int, radius: float, channel: int) -> None:
    ys, xs = np.mgrid[:_CELL, :_CELL]
    dx = (xs - x + _CELL // 2) % _CELL - _CELL // 2
    dy = (ys - y + _CELL // 2) % _CELL - _CELL // 2
    made[np.abs(dx) + np.abs(dy) <= radius * 1.3, channel] = 1


@dataclass(frozen=True)
class Panel:
    """One display: `period_mm` is that of its layout, `lines` how its light flickers by rows."""

    layout: Layout
    period_mm: float
    contrast: float
    flicker: float
    flicker_px: float
    phase: float

    def shine(self, picture: Map, share: Map, where: Footprint) -> Map:
        """Return a window of the frame as the panel's pixels make it."""
        gains = display(cell(self.layout), where, pitch_mm=self.period_mm)
        gains = 1 + np.float32(self.contrast) * (gains - 1)
        if self.flicker:
            rows = np.arange(picture.shape[0], dtype=np.float32) / np.float32(self.flicker_px)
            gains *= (1 + self.flicker * np.sin(2 * np.pi * rows + self.phase))[:, None, None]
        # Pixels are linear in light, the picture is not.
        lit = picture * np.maximum(gains, 0) ** np.float32(1 / 2.2)
        return picture + share[..., None] * (lit.astype(np.float32) - picture)


def screen(card: Image, mask: Image, rng: Generator) -> Shown:
    """Show the card on a telephone, a tablet, a laptop or a monitor."""
    picture = captured(card, mask, rng, scanned=0.45)
    height, width = picture.shape[:2]
    unit = width / CARD_WIDTH_MM
    pitch = float(rng.choice([rng.uniform(0.048, 0.08), rng.uniform(0.09, 0.13),
                              rng.uniform(0.13, 0.26)], p=[0.45, 0.25, 0.3]))  # fmt: skip
    pitch /= float(rng.uniform(0.8, 1.8))  # a card shown larger than it is has finer pixels
    _resampled(picture, pitch * unit)
    canvas, origin, lit = _surroundings(picture, rng, unit)
    black = float(rng.uniform(0, 22))
    tint = np.array([rng.uniform(0.84, 1.04), 1.0, rng.uniform(0.98, 1.2)], np.float32)
    shine = float(rng.uniform(0.75, 1.35))
    ys, xs = np.mgrid[0 : canvas.shape[0] : 16, 0 : canvas.shape[1] : 16].astype(np.float32)
    slope = rng.uniform(-0.15, 0.15, 2)
    fall = 1 + slope[0] * (xs / canvas.shape[1] - 0.5) + slope[1] * (ys / canvas.shape[0] - 0.5)
    fall = cv2.resize(fall.astype(np.float32), (canvas.shape[1], canvas.shape[0]))
    glowing = np.clip(canvas * (tint * shine) * fall[..., None] + black, 0, 255)
    image = np.where((lit > 127)[..., None], glowing, canvas).astype(np.uint8)
    diamonds = rng.random() < 0.35
    layout: Layout = "diamonds" if diamonds else LAYOUTS[int(rng.choice([0, 0, 1, 2, 4]))]
    panel = Panel(
        layout=layout,
        period_mm=pitch * (2 if layout in ("diamonds", "delta") else 1),
        contrast=float(rng.uniform(0.6, 1.0)),
        flicker=float(rng.uniform(0.02, 0.12)) if rng.random() < 0.2 else 0.0,
        flicker_px=float(rng.uniform(60, 500)),
        phase=float(rng.uniform(0, 6.28)),
    )
    gloss = int(rng.choice([40, 170, 255]))  # matt film, bare glass
    return Shown(
        image=image,
        mask=np.full(image.shape[:2], 255, np.uint8),
        origin=origin,
        card=(height, width),
        surface=panel.shine,
        textured=lit,
        glow=lit,
        gloss=np.full(image.shape[:2], gloss, np.uint8),
    )


def _resampled(picture: Map, pitch_px: float) -> None:
    """Give the picture no more pixels than the panel has under it, in place."""
    height, width = picture.shape[:2]
    if pitch_px < 1.05:
        return
    size = (round(width / pitch_px), round(height / pitch_px))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    picture[:] = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


def _surroundings(picture: Map, rng: Generator, unit: float) -> tuple[Map, tuple[int, int], Image]:
    """Return the picture among what a viewer draws, where it begins, and where the panel is lit."""
    height, width = picture.shape[:2]
    around = rng.uniform(0.5, 26, 4) * unit
    frame = rng.uniform(1.5, 12) * unit
    left, top, right, bottom = (int(a + frame) for a in around)
    tone = rng.choice([8, 25, 245, 255]) if rng.random() < 0.8 else rng.uniform(40, 200)
    program = np.full((height + top + bottom, width + left + right, 3), tone, np.uint8)
    _controls(program, rng, unit, float(tone))
    canvas = program.astype(np.float32)
    canvas[top : top + height, left : left + width] = picture
    edge = int(frame)
    lit = np.zeros(canvas.shape[:2], np.uint8)
    lit[edge : canvas.shape[0] - edge, edge : canvas.shape[1] - edge] = 255
    canvas[lit == 0] = rng.choice([12, 30, 210])
    return canvas, (left, top), lit


def _controls(canvas: Image, rng: Generator, unit: float, tone: float) -> None:
    """Draw bars, buttons and lines of words, as programs do."""
    ink = 255.0 if tone < 128 else 30.0
    height, width = canvas.shape[:2]
    if rng.random() < 0.5:
        bar = int(rng.uniform(5, 12) * unit)
        canvas[:bar] = rng.uniform(20, 240, 3)
        canvas[-bar:] = rng.uniform(20, 240, 3)
    for _ in range(int(rng.integers(2, 14))):
        x, y = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        size = int(rng.uniform(1.2, 4) * unit)
        if rng.random() < 0.5:
            cv2.circle(canvas, (x, y), size, (ink, ink, ink), int(rng.choice([2, 3, -1])))
        else:
            font = cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(canvas, "IMG 20260412", (x, y), font, size / 22, (ink,) * 3, 2, cv2.LINE_AA)
