"""Ink on paper: four inks laid as dots, lines or drops, and the sheet below them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.camera.presentation.sampling import Dot, Footprint, Map, halftone

# Share of red, green and blue that each ink takes away where it covers the paper.
_INKS = np.array(
    [[0.90, 0.28, 0.08], [0.12, 0.86, 0.35], [0.02, 0.08, 0.84], [0.93, 0.93, 0.93]], np.float32
)
_ANGLES_DEG = (15.0, 75.0, 0.0, 45.0)


@dataclass(frozen=True)
class Press:
    """One printer: how its dots lie. `lines_per_mm` is 3.3…8.4 (85…212 lines an inch)."""

    lines_per_mm: float
    dot: Dot
    turn_deg: float
    offsets: tuple[tuple[float, float], ...]
    strength: float
    drops: float
    drop_mm: float
    banding: float
    band_mm: float
    grey: bool
    seed: int

    def print(self, picture: Map, share: Map, where: Footprint) -> Map:
        """Return a window of the frame printed; `share` of each pixel is print, the rest stays."""
        rng = np.random.default_rng(self.seed)
        wanted = np.asarray(np.clip(picture / 255, 0, 1), np.float32)
        printed = np.ones_like(wanted)
        for ink, coverage in enumerate(self._separated(wanted)):
            if coverage is None:
                continue
            covered = self._laid(coverage, ink, where, rng)
            printed *= 1 - covered[..., None] * _INKS[ink]
        if self.banding:
            band = np.sin(where.y * np.float32(2 * np.pi / self.band_mm))
            printed *= 1 + np.float32(self.banding) * band[..., None]
        return np.asarray(picture + share[..., None] * (printed * 255 - picture), np.float32)

    def _separated(self, wanted: Map) -> list[NDArray[np.uint8] | None]:
        """Return the coverage of cyan, magenta, yellow and black."""
        if self.grey:
            black = np.clip((1 - wanted.mean(axis=2)) / 0.93, 0, 1)
            return [None, None, None, _bytes(black)]
        black = 0.8 * (1 - wanted.max(axis=2)) ** 1.6
        rest = np.clip(1 - wanted / np.maximum(1 - 0.93 * black, 0.05)[..., None], 0, 1)
        # The inks are not pure: each takes light that another should.
        cyan = rest[..., 0]
        magenta = np.clip(rest[..., 1] - 0.28 * cyan, 0, 1)
        yellow = np.clip(rest[..., 2] - 0.35 * magenta - 0.08 * cyan, 0, 1)
        return [_bytes(cyan), _bytes(magenta), _bytes(yellow), _bytes(black)]

    def _laid(self, coverage: NDArray[np.uint8], ink: int, where: Footprint, rng: Generator) -> Map:
        flat = coverage.astype(np.float32) / 255
        if self.drops:
            # Drops are placed by an even noise: what is left of it in one pixel is small.
            height, width = coverage.shape
            noise = rng.standard_normal((height, width), dtype=np.float32)
            noise -= 0.7 * cv2.blur(noise, (3, 3))
            size = min(1.0, self.drop_mm * where.px_per_mm)
            grain = noise * np.sqrt(flat * (1 - flat)) * np.float32(self.drops * size)
            return np.clip(flat + grain, 0, 1)
        dots = halftone(
            coverage,
            where,
            lines_per_mm=self.lines_per_mm,
            angle=float(np.deg2rad(_ANGLES_DEG[ink] + self.turn_deg)),
            dot=self.dot,
            offset=self.offsets[ink],
        )
        return np.asarray(flat + np.float32(self.strength) * (dots - flat), np.float32)


def draw_press(rng: Generator, *, grey: bool = False) -> Press:
    """Draw a laser or ink-jet printer, or a copier."""
    drops = rng.random() < (0.25 if grey else 0.4)
    offsets = rng.uniform(0, 2 * np.pi, (4, 2))
    return Press(
        lines_per_mm=float(rng.uniform(3.3, 8.4)),
        dot=("round", "line", "square")[int(rng.choice(3, p=[0.45, 0.35, 0.2]))],
        turn_deg=float(rng.choice([0.0, 45.0, rng.uniform(0, 90)])),
        offsets=tuple((float(a), float(b)) for a, b in offsets),
        strength=float(rng.uniform(0.45, 1.0)),
        drops=float(rng.uniform(0.2, 0.7)) if drops else 0.0,
        drop_mm=float(rng.uniform(0.03, 0.07)),
        banding=float(rng.uniform(0.004, 0.03)) if rng.random() < 0.4 else 0.0,
        band_mm=float(rng.uniform(0.4, 7)),
        grey=grey,
        seed=int(rng.integers(1 << 30)),
    )


def paper(rng: Generator, height: int, width: int) -> Map:
    """Return blank paper as R, G, B in 0…255: its white, its fibres, and how it curls."""
    white = rng.uniform(226, 252) + rng.normal(0, [3, 2, 5])
    rough = rng.standard_normal((height // 2 + 1, width // 2 + 1), dtype=np.float32)
    fibres = cv2.GaussianBlur(rough, (0, 0), float(rng.uniform(0.6, 1.6)))
    fibres = fibres * np.float32(rng.uniform(0.6, 2.6) / max(float(fibres.std()), 1e-3))
    cloud = cv2.resize(rng.standard_normal((9, 14), dtype=np.float32), (width, height),
                       interpolation=cv2.INTER_CUBIC)  # fmt: skip
    curl = 1 + cloud * np.float32(rng.uniform(0, 0.02))
    sheet = cv2.resize(fibres, (width, height))[..., None] + white.astype(np.float32)
    return np.asarray(np.minimum(sheet * curl[..., None], 254), np.float32)


def _bytes(share: Map) -> NDArray[np.uint8]:
    return np.clip(share * 255 + 0.5, 0, 255).astype(np.uint8)
