"""Frames of the independent set with their truth, in the form of `training.frames`.

Besides the keys that `bench.reading` scores, a line of truth has `boxes`: for every field the
boxes of its lines as [x0, y0, x1, y1] in units of `card_size`, from the card's upper left corner.
Each frame depends on the seed, its own number and the typefaces installed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from bench.independent.cards import Card, print_card
from bench.independent.citizens import invent_citizen
from bench.independent.design import HEIGHT, WIDTH, invent_design
from bench.independent.negatives import print_negative
from bench.independent.photograph import SIZES, Photograph, empty_table, photograph
from bench.independent.pose import CARD_MM
from bench.independent.press import Press
from bench.independent.tables import Table, print_table
from bench.independent.tiers import TIERS
from domain.credential.fields import Model

MODELS = tuple(Model)
TABLES = 24
_UNIT_MM = CARD_MM[0] / WIDTH


@dataclass(frozen=True)
class Frame:
    """A photograph of one side, with the card that was photographed."""

    shot: Photograph
    card: Card

    def hidden(self) -> list[str]:
        """Name the fields, `mrz` and `barcode` that nobody can see whole in the frame."""
        return sorted({name for name, box in self.card.boxes if self.shot.hides(box, _UNIT_MM)})

    def truth(self, name: str) -> dict[str, Any]:
        """Give what a perfect reader would say of this frame, saved as `name`."""
        card, pose = self.card, self.shot.pose
        boxes: dict[str, list[list[float]]] = {}
        for field, box in card.boxes:
            boxes.setdefault(field, []).append([round(value, 1) for value in box])
        return {
            "frame": name,
            "found": True,
            "corners": [[round(float(x), 2), round(float(y), 2)] for x, y in pose.corners()],
            "model": card.model,
            "side": card.side,
            "fields": card.fields,
            "mrz": card.mrz,
            "barcodes": card.barcodes,
            "hidden": self.hidden(),
            "difficulty": self.shot.conditions["difficulty"],
            "presentation": "original",
            "size": [pose.width, pose.height],
            "conditions": self.shot.conditions,
            "card_size": [WIDTH, HEIGHT],
            "boxes": boxes,
        }


def independent_frame(
    press: Press,
    seed: int,
    index: int,
    *,
    difficulty: str,
    size: tuple[int, int] | None = None,
) -> Frame:
    """Give frame `index` of a run: fronts at even numbers, backs at odd ones.

    Models follow each other, two frames of one citizen each.
    """
    citizen_number = index // 2
    rng = np.random.default_rng([seed, 71, citizen_number])
    citizen = invent_citizen(rng, MODELS[citizen_number % len(MODELS)])
    design = invent_design(rng)
    rng = np.random.default_rng([seed, 72, index])
    wear = float(rng.uniform(*TIERS[difficulty].wear))
    card = print_card(press, citizen, ("front", "back")[index % 2], design, rng, wear=wear)
    shot = photograph(card.image, _table(press, seed, rng), rng, difficulty=difficulty, size=size)
    return Frame(shot, card)


def _table(press: Press, seed: int, rng: Generator) -> Table:
    """Give one of the tables of a run: no two frames show the same part of it."""
    return print_table(press, seed, int(rng.integers(TABLES)))


def negative_frame(press: Press, seed: int, index: int, *, difficulty: str) -> tuple[bytes, str]:
    """Give a frame without a credential, and what it shows; every sixth is an empty table."""
    rng = np.random.default_rng([seed, 73, index])
    table = _table(press, seed, rng)
    if index % 6 == 5:
        return empty_table(table, rng, difficulty=difficulty).jpeg, "table"
    thing, kind = print_negative(press, rng)
    return photograph(thing, table, rng, difficulty=difficulty).jpeg, kind


def write_frames(
    press: Press,
    out: Path,
    *,
    count: int,
    negatives: int,
    seed: int,
    difficulty: str,
) -> Iterator[dict[str, Any]]:
    """Write frames and `truth.jsonl` into `out`; give the truth of each once it is on disk."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for index in range(count):
            frame = independent_frame(press, seed, index, difficulty=difficulty)
            name = f"{index:05d}_{frame.card.model}_{frame.card.side}.jpg"
            truth = frame.truth(name) | {"citizen": index // 2}
            (out / name).write_bytes(frame.shot.jpeg)
            lines.write(json.dumps(truth, ensure_ascii=False) + "\n")
            yield truth
        for index in range(negatives):
            jpeg, kind = negative_frame(press, seed, index, difficulty=difficulty)
            name = f"{index:05d}_none.jpg"
            (out / name).write_bytes(jpeg)
            truth = {"frame": name, "found": False, "difficulty": difficulty, "kind": kind}
            lines.write(json.dumps(truth) + "\n")
            yield truth


__all__ = ["MODELS", "SIZES", "Frame", "independent_frame", "negative_frame", "write_frames"]
