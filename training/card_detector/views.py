"""Views of photographs by the simulated camera, as the detector gets them, turned by any angle.

Every photograph is seen five times: the whole frame upright and turned, and the crop of the second
pass upright and twice turned. Some show a second, smaller credential; some show none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.backgrounds import background
from training.camera import LEVELS, photograph
from training.camera.geometry import draw_pose, lay
from training.card_detector.scenes import PAD, SIDE, Scene
from training.negatives import TRAINED_KINDS, render_negative
from training.pool import read_card
from training.render import card_mask

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

VIEWS = 5
_SIZES = ((960, 1280), (720, 1280), (960, 960), (1280, 960))
_LEVELS = ("easy", "medium", "hard")
_SMALL = replace(LEVELS["medium"], fill=(0.18, 0.4))
_SECOND = replace(LEVELS["medium"], fill=(0.25, 0.45))
_ROOM_FOR_TWO = replace(LEVELS["medium"], fill=(0.46, 0.66))


@dataclass(frozen=True)
class _Shot:
    image: Image
    corners: Points
    has_card: bool


def views(pool: Path, *, seed: int, count: int) -> Iterator[Scene]:
    """Photograph `count` things, most of them cards of `pool`; give `VIEWS` scenes of each."""
    cards = sorted(pool.glob("*.json"))
    for index in range(count):
        rng = np.random.default_rng([seed, index, 37])
        shot = _shoot(cards, rng)
        for number in range(VIEWS):
            yield _view(shot, rng, close=number >= 2, turned=number in (1, 3, 4))


def _shoot(cards: list[Path], rng: Generator) -> _Shot:
    size = _SIZES[int(rng.choice(len(_SIZES), p=[0.55, 0.2, 0.15, 0.1]))]
    has_card = bool(rng.random() < 0.85)
    if has_card:
        picture, mask = read_card(_choose(cards, rng)).image, card_mask(48)
    else:
        kind = TRAINED_KINDS[int(rng.integers(len(TRAINED_KINDS)))]
        picture, mask = render_negative(rng, kind=kind)
    draw = rng.random()
    if draw < 0.15:
        level, scene = _ROOM_FOR_TWO, _table_with_another(cards, rng, size)
    elif draw < 0.35:
        level, scene = _SMALL, None
    else:
        level, scene = LEVELS[_LEVELS[int(rng.choice(3, p=[0.15, 0.35, 0.5]))]], None
    shot = photograph(picture, mask, rng, difficulty=level, size=size, scene=scene)
    return _Shot(shot.image, shot.corners, has_card)


def _table_with_another(cards: list[Path], rng: Generator, size: tuple[int, int]) -> Image:
    """Lay a smaller credential to one side of a table; the larger one is what is sought."""
    table = background(rng, *size)
    picture = read_card(_choose(cards, rng)).image
    pose = draw_pose(rng, _SECOND, (picture.shape[0], picture.shape[1]), size)
    aside = (size[1] * rng.choice([0.2, 0.8]), size[0] * rng.uniform(0.3, 0.7))
    corners = pose.corners - pose.corners.mean(axis=0) + aside
    flat, cover, _ = lay(picture, card_mask(48), corners, size)
    share = (cover.astype(np.float32) / 255)[..., None]
    return np.asarray(table + share * (flat.astype(np.float32) - table), np.uint8)


def _view(shot: _Shot, rng: Generator, *, close: bool, turned: bool) -> Scene:
    height, width = shot.image.shape[:2]
    angle = float(rng.uniform(0, 2 * np.pi)) if turned else 0.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if close:
        spans = np.ptp(shot.corners @ turn.T, axis=0)
        side = float(spans.max()) / rng.uniform(0.66, 0.92)
        centre = shot.corners.mean(axis=0) + rng.normal(0, 0.03, 2) * side
    else:
        side = float(max(height, width)) * (rng.uniform(0.85, 1.2) if turned else 1.0)
        centre = np.array([width, height]) / 2 - 0.5
    scale = SIDE / side
    matrix = np.empty((2, 3))
    matrix[:, :2] = turn * scale
    matrix[:, 2] = (SIDE - 1) / 2 - matrix[:, :2] @ centre
    source = shot.image
    if scale < 0.8:
        source = np.asarray(cv2.GaussianBlur(source, (0, 0), 0.42 / scale), np.uint8)
    cut = cv2.warpAffine(
        source, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderValue=(PAD, PAD, PAD)
    )
    moved = shot.corners @ matrix[:, :2].T + matrix[:, 2] + 0.5
    inside = (shot.corners >= -2) & (shot.corners <= (width + 1, height + 1))
    inside &= (moved >= 0) & (moved <= SIDE)
    visible = np.asarray(inside.all(axis=1))
    return Scene(np.asarray(cut, np.uint8), shot.has_card, moved.astype(np.float32), visible)


def _choose(cards: list[Path], rng: Generator) -> Path:
    return cards[int(rng.integers(len(cards)))]
