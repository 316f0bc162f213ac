"""Ways to present something else than the card itself: photocopies and screens."""

from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Presentation = Literal["original", "photocopy_grey", "photocopy_colour", "screen"]


def present(
    card: Image, mask: Image, presentation: Presentation, rng: Generator
) -> tuple[Image, Image]:
    """Return the card, or its copy on paper or on a screen, with the mask of what is seen."""
    match presentation:
        case "original":
            return card, mask
        case "photocopy_grey":
            return _photocopy(card, mask, rng, grey=True)
        case "photocopy_colour":
            return _photocopy(card, mask, rng, grey=False)
        case "screen":
            return _screen(card, rng), np.full(card.shape[:2], 255, np.uint8)


def _photocopy(card: Image, mask: Image, rng: Generator, *, grey: bool) -> tuple[Image, Image]:
    paper = np.full(card.shape, int(rng.uniform(236, 252)), np.uint8)
    cover = (mask.astype(np.float32) / 255)[..., None]
    page = (paper + cover * (card.astype(np.float32) - paper)).astype(np.uint8)
    if grey:
        tone = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
        page = np.repeat(tone[..., None], 3, axis=2)
    contrast = float(rng.uniform(1.15, 1.8))
    toner = np.clip((page.astype(np.float32) - 128) * contrast + 150, 8, 250)
    grain = rng.standard_normal(card.shape[:2], dtype=np.float32) * rng.uniform(4, 12)
    toner += grain[..., None]
    for _ in range(int(rng.integers(0, 4))):
        column = int(rng.integers(card.shape[1]))
        toner[:, column : column + int(rng.integers(1, 4))] -= rng.uniform(8, 40)
    page = cv2.GaussianBlur(np.clip(toner, 0, 255).astype(np.uint8), (0, 0), 0.9)
    # A copy is cut out of its sheet by hand: square corners.
    return page, np.full(card.shape[:2], 255, np.uint8)  # type: ignore[return-value]


def _screen(card: Image, rng: Generator) -> Image:
    height, width = card.shape[:2]
    pitch = float(rng.uniform(2.5, 5.0))
    phase = np.arange(width, dtype=np.float32) / pitch
    stripes = np.stack(
        [0.75 + 0.45 * np.sin(2 * np.pi * (phase + shift)) for shift in (0, 1 / 3, 2 / 3)], axis=-1
    )
    rows = 0.9 + 0.14 * np.sin(2 * np.pi * np.arange(height, dtype=np.float32) / pitch)
    lit = card.astype(np.float32) * stripes[None] * rows[:, None, None]
    lit = lit * np.array([0.95, 1.0, 1.1]) + 14
    return np.clip(lit, 0, 255).astype(np.uint8)
