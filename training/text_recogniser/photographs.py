"""Crops of the pool's cards as the simulated camera of `training.camera` photographs them.

The camera of `cards` is quick and works on the card alone; this one lays the card in a scene, with
fingers, glare, shadow, a bent lens and the three levels of difficulty that frames are made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from training.camera import Photograph, photograph
from training.render import card_mask
from training.text_recogniser.alphabet import is_readable
from training.text_recogniser.cards import (
    Printed,
    jittered,
    join_touching,
    kind_of,
    pool_cards,
    read_card,
)
from training.text_recogniser.crop import Pixels, normalise
from training.text_recogniser.lines import Line

Generator = np.random.Generator

_LEVELS = ("easy", "medium", "hard")
_LEVEL_SHARES = (0.1, 0.35, 0.55)
_CORNER_ERRORS = (0.0008, 0.002, 0.005)  # deviation, as a share of the card's width
_SIZES = ((960, 1280), (720, 1280), (1080, 1440), (1232, 1640))
# A line of small print at a distance says nothing: with fewer pixels nobody can read it.
_LEAST_HEIGHT_PX = 4.5
_KEPT = {"label": 0.4, "number": 0.8}


def photographed(
    rng: Generator,
    path: Path,
    difficulty: str,
    *,
    error: float,
    size: tuple[int, int] = _SIZES[0],
) -> tuple[Pixels, Photograph]:
    """Photograph a card of the pool; return it rectified in gray, in the card's own pixels.

    Args:
        rng: Draws the scene, the view and the errors of the corners.
        path: The card's truth in the pool.
        difficulty: A level of `training.camera`.
        error: Deviation of each corner, as a share of the card's width in the frame.
        size: Height and width of the frame.
    """
    colours = cv2.imread(str(path.with_suffix(".jpg")))
    card = np.asarray(cv2.cvtColor(np.asarray(colours), cv2.COLOR_BGR2RGB), np.uint8)
    height, width = card.shape[:2]
    shot = photograph(card, card_mask(45), rng, difficulty=difficulty, size=size)
    seen = float(np.linalg.norm(shot.corners[1] - shot.corners[0]))
    found = shot.corners + rng.normal(0, error * seen, (4, 2))
    own = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    straight = cv2.getPerspectiveTransform(found.astype(np.float32), own)
    gray = cv2.cvtColor(shot.image, cv2.COLOR_RGB2GRAY)
    view = cv2.warpPerspective(
        gray, straight, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(view, np.uint8), shot


@dataclass(frozen=True, slots=True)
class PhotographedLines:
    """Draws shards of lines from a range of the pool's cards: see `shards.render`."""

    folder: Path
    first: int
    last: int

    def __call__(self, seed: int, index: int, count: int) -> list[Line]:
        """About `count` lines; every shard photographs cards drawn anew."""
        rng = np.random.default_rng([seed, index, 11])
        paths = pool_cards(self.folder, self.first, self.last)
        lines: list[Line] = []
        while len(lines) < count:
            lines += _lines_of(rng, paths[int(rng.integers(len(paths)))])
        return lines


def _lines_of(rng: Generator, path: Path) -> list[Line]:
    _, printed = read_card(path)
    level = str(rng.choice(_LEVELS, p=_LEVEL_SHARES))
    size = _SIZES[int(rng.integers(len(_SIZES)))]
    view, shot = photographed(rng, path, level, error=float(rng.choice(_CORNER_ERRORS)), size=size)
    scale = float(np.linalg.norm(shot.corners[1] - shot.corners[0])) / view.shape[1]
    lines = []
    for segment in [*printed, *join_touching(rng, printed)]:
        if not is_readable(segment.text) or _is_lost(segment, shot, scale):
            continue
        kind = kind_of(segment.text)
        if rng.random() > _KEPT.get(kind, 1.0):
            continue
        x0, y0, x1, y1 = (round(v) for v in jittered(rng, segment, printed))
        crop = view[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
        if min(crop.shape) >= 6:
            lines.append(Line(segment.text, kind, normalise(np.ascontiguousarray(crop))))
    return lines


def _is_lost(segment: Printed, shot: Photograph, scale: float) -> bool:
    x0, y0, x1, y1 = segment.box
    if (y1 - y0) * scale < _LEAST_HEIGHT_PX:
        return True
    return shot.hides((round(x0), round(y0), round(x1), round(y1)))
