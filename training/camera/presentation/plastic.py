"""True cards as they are met: the printer's own raster, fading, dirt, yellowed plastic."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.camera.presentation.sampling import Footprint, Map
from training.camera.presentation.shown import Image, Shown, itself


@dataclass(frozen=True)
class CardPrinter:
    """Lines of a dye printer's head or of an offset plate: far fainter than those of a copy."""

    lines_per_mm: float
    angle: float
    strength: float

    def print(self, picture: Map, share: Map, where: Footprint) -> Map:
        """Return a window of the frame with the raster in it."""
        across = self.lines_per_mm * np.array([np.cos(self.angle), np.sin(self.angle)])
        along = np.array([-across[1], across[0]])
        waves = np.zeros_like(share)
        for frequency in (across, along):
            contrast = np.float32(self.strength * where.contrast(frequency))
            waves += contrast * np.cos(where.phase(frequency))
        tone = np.clip(picture, 0, 255)
        # Neither bare plastic nor full ink shows a raster.
        depth = tone * (255 - tone) / np.float32(64)
        return picture + depth * (share * waves)[..., None]


def draw_card_printer(rng: Generator) -> CardPrinter | None:
    """Draw a card printer whose raster may show; None is one without."""
    if rng.random() < 0.55:
        return None
    return CardPrinter(
        lines_per_mm=float(rng.choice([11.8, rng.uniform(6, 12)])),
        angle=float(rng.choice([0.0, rng.uniform(0, np.pi / 2)])),
        strength=float(rng.uniform(0.01, 0.1)),
    )


def printed(shown: Shown, rng: Generator) -> Shown:
    """Print a card made of plastic with a card printer."""
    printer = draw_card_printer(rng)
    return shown if printer is None else replace(shown, surface=printer.print)


def worn(card: Image, mask: Image, rng: Generator) -> Shown:
    """Show a true card after some years: nothing, faded, yellowed, rubbed or dirty."""
    image: NDArray[Any] = card.astype(np.float32)
    height, width = card.shape[:2]
    if rng.random() < 0.35:
        white = np.array([rng.uniform(225, 252), rng.uniform(222, 250), rng.uniform(195, 248)])
        image += np.float32(rng.uniform(0.05, 0.5)) * (white.astype(np.float32) - image)
    if rng.random() < 0.2:
        mean = image.mean(axis=2, keepdims=True)
        image = mean + (image - mean) * np.float32(rng.uniform(0.25, 0.9))
    if rng.random() < 0.3:
        spots = rng.standard_normal((height // 30 + 1, width // 30 + 1), dtype=np.float32)
        dirt = cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC)
        image -= np.clip(dirt - 0.8, 0, 2)[..., None] * np.float32(rng.uniform(5, 35))
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(3, 25))):
            start = rng.uniform(0, 1, 2) * (width, height)
            end = start + rng.normal(0, 160, 2)
            tone = float(rng.choice([70.0, 250.0]))
            points = [tuple(int(v) for v in point) for point in (start, end)]
            layer = np.zeros((height, width), np.uint8)
            cv2.line(layer, points[0], points[1], 255, 1, cv2.LINE_AA)
            x, y, w, h = cv2.boundingRect(layer)
            part = layer[y : y + h, x : x + w, None].astype(np.float32) / 255
            window = image[y : y + h, x : x + w]
            window += part * np.float32(rng.uniform(0.1, 0.6)) * (tone - window)
    if rng.random() < 0.4:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 1.8))))
    return printed(itself(np.clip(image, 0, 255).astype(np.uint8), mask), rng)
