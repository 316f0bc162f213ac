"""Lines that no training run may see: held-out typefaces, seeds and cards, kept as shards.

`synthetic`: invented lines in typefaces of families never trained on, as many of each kind.
`cards`: crops of the last cards of the pool. `typefaces`: crops of cards rendered in the
renderer's held-out typefaces. Both go through the camera of `cards`. `easy`, `medium` and `hard`:
crops of the last cards photographed by `training.camera`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from training.people import invent_person
from training.render import render_card
from training.text_recogniser.alphabet import is_readable
from training.text_recogniser.cards import (
    CardLines,
    Printed,
    kind_of,
    photograph_segments,
    read_card,
)
from training.text_recogniser.crop import Pixels, normalise
from training.text_recogniser.lines import Line, draw_line
from training.text_recogniser.photographs import photographed
from training.text_recogniser.phrases import KINDS
from training.text_recogniser.shards import pack, read, write

MODELS = ("C", "D", "E", "F", "G", "H", "new")
POOL_CARDS = 60
"""How many of the pool's last cards are held out."""

_SEED = 900_001


def synthetic(count: int) -> list[Line]:
    """Invented lines, `count` of each kind."""
    rng = np.random.default_rng([_SEED, 1])
    return [draw_line(rng, kind=kind, held_out=True) for kind in KINDS for _ in range(count)]


def cards(pool: Path, count: int) -> list[Line]:
    """Crops of the pool's held-out cards."""
    last = len(list(pool.glob("*.json")))
    return CardLines(pool, last - POOL_CARDS, last)(_SEED, 2, count)


def unseen_typefaces(count: int) -> list[Line]:
    """Crops of `count` cards set in typefaces that the renderer keeps for this."""
    lines: list[Line] = []
    for index in range(count):
        rng = np.random.default_rng([_SEED, 3, index])
        model = MODELS[index % len(MODELS)]
        person = invent_person(rng, model=model)
        side = "front" if index // len(MODELS) % 3 else "back"
        card = render_card(person, side, model, rng, fonts="held")
        gray = np.asarray(cv2.cvtColor(card.image, cv2.COLOR_RGB2GRAY), np.uint8)
        printed = [
            Printed(
                s.text.upper(), (float(s.box[0]), float(s.box[1]), float(s.box[2]), float(s.box[3]))
            )
            for s in card.segments
        ]
        lines += photograph_segments(rng, gray, printed)
    return lines


def frames(pool: Path, difficulty: str) -> list[Line]:
    """Crops of photographs of the pool's held-out cards, by corners and boxes a little off."""
    lines: list[Line] = []
    for index, path in enumerate(sorted(pool.glob("*.json"))[-POOL_CARDS:]):
        rng = np.random.default_rng([_SEED, 4, len(difficulty), index])
        _, printed = read_card(path)
        view, _ = photographed(rng, path, difficulty, error=0.002)
        lines += [_cut(rng, view, segment) for segment in printed if is_readable(segment.text)]
    return lines


def _cut(rng: np.random.Generator, view: Pixels, segment: Printed) -> Line:
    """The station's crop: three tenths of the height above and below, a third at the ends."""
    x0, y0, x1, y1 = segment.box
    height = y1 - y0
    above, below = rng.normal(0.3, 0.06, 2) * height
    before, after = rng.normal(0.35, 0.2, 2) * height
    rows = slice(max(0, round(y0 - above)), max(1, round(y1 + below)))
    columns = slice(max(0, round(x0 - before)), max(1, round(x1 + after)))
    crop = normalise(np.ascontiguousarray(view[rows, columns]))
    return Line(segment.text, kind_of(segment.text), crop)


def load(folder: Path, pool: Path) -> dict[str, list[Line]]:
    """The held-out sets by name, rendered at the first call and kept in a folder."""
    makers = {
        "synthetic": partial(synthetic, 200),
        "cards": partial(cards, pool, 2000),
        "typefaces": partial(unseen_typefaces, 84),
        "easy": partial(frames, pool, "easy"),
        "medium": partial(frames, pool, "medium"),
        "hard": partial(frames, pool, "hard"),
    }
    sets = {}
    for name, make in makers.items():
        path = folder / f"{name}.npz"
        if not path.exists():
            write(path, pack(make()))
        shard = read(path)
        lines = [shard.line(index) for index in range(len(shard))]
        if name != "synthetic":
            lines = [replace(line, kind=kind_of(line.text)) for line in lines]
        sets[name] = lines
    return sets
