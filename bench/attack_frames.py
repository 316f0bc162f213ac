"""Frames of true cards and of instruments that no network was trained on, each with its truth.

Cards are rendered with typefaces and seeds kept from training, and photographed by the training's
camera; or they are cards of the independent set, printed by another renderer. The photographs of
true cards of the independent set were taken by its own camera and lie where its bench left them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.report import ROOT
from training.camera.presentation import PRESENTATIONS, Presentation
from training.frames import save_jpeg
from training.people import MODELS, invent_person
from training.pool import PooledCard
from training.presentation_attack.scenes import shoot
from training.render import invent_style, render_card

ATTACKS = tuple(name for name in PRESENTATIONS if name != "original")
_SCALE = 0.75  # 11 pixels a millimetre, as the training draws them
INDEPENDENT = ROOT / "var" / "bench" / "independent"


@dataclass(frozen=True, slots=True)
class Presented:
    """One frame on disk: what was held up, and at which difficulty."""

    path: Path
    presentation: str
    difficulty: str


def own_frames(level: str, *, count: int, seed: int) -> list[Presented]:
    """Return frames of `count` rendered cards, made on first use: three as they are, seven not."""
    cards = (_rendered(seed, number) for number in range(count))
    return _made(ROOT / "var" / "bench" / "attacks", cards, level, count=count, seed=seed)


def other_renderers_frames(level: str, *, count: int, seed: int) -> list[Presented]:
    """Return the same of cards that the independent renderer printed."""
    folder = ROOT / "var" / "bench" / "attacks-independent"
    return _made(folder, _printed(count, seed), level, count=count, seed=seed)


def other_cameras_originals(folder: Path, level: str) -> list[Presented]:
    """Return true cards photographed by the independent set's own camera, if they are there."""
    found = []
    for truth in sorted(folder.glob(f"{level}-*/truth.jsonl")):
        for line in truth.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            if told["found"] and told.get("difficulty") == level:
                found.append(Presented(truth.parent / told["frame"], "original", level))
    return found


def _made(
    folder: Path, cards: Iterator[PooledCard], level: str, *, count: int, seed: int
) -> list[Presented]:
    place = folder / f"{level}-{seed}-{count}"
    done = place / "truth.jsonl"
    if not done.exists():
        place.mkdir(parents=True, exist_ok=True)
        lines = list(_photographed(place, cards, level, seed))
        done.write_text("".join(json.dumps(told) + "\n" for told in lines), encoding="utf-8")
    return [
        Presented(place / told["frame"], told["presentation"], told["difficulty"])
        for told in map(json.loads, done.read_text(encoding="utf-8").splitlines())
    ]


def _photographed(
    place: Path, cards: Iterator[PooledCard], level: str, seed: int
) -> Iterator[dict[str, Any]]:
    shown: tuple[Presentation, ...] = ("original", "original", "original", *ATTACKS)
    for number, card in enumerate(cards):
        for turn, name in enumerate(shown):
            rng = np.random.default_rng([seed, 83, number, turn, len(level)])
            shot = shoot(card, name, level, rng)
            frame = f"{number:04d}_{turn}_{name}.jpg"
            save_jpeg(place / frame, shot.image)
            yield {
                "frame": frame,
                "presentation": name,
                "difficulty": level,
                "corners": shot.corners.round(2).tolist(),
            }
        print(f"{level}: card {number + 1} photographed", file=sys.stderr)


def _rendered(seed: int, number: int) -> PooledCard:
    rng = np.random.default_rng([seed, 79, number])
    person = invent_person(rng, model=MODELS[number % len(MODELS)])
    style = invent_style(rng, person.model, fonts="held")
    side = ("front", "back")[number // len(MODELS) % 2]
    card = render_card(person, side, person.model, rng, style=style)
    boxes = np.array([segment.box for segment in card.segments], np.float32).reshape(-1, 4)
    texts = tuple(segment.text for segment in card.segments)
    return _reduced(PooledCard(card.image, card.model, card.side, boxes, texts))


def _reduced(card: PooledCard) -> PooledCard:
    image = cv2.resize(card.image, None, fx=_SCALE, fy=_SCALE, interpolation=cv2.INTER_AREA)
    return PooledCard(
        np.asarray(image, np.uint8), card.model, card.side, card.boxes * _SCALE, card.texts
    )


def _printed(count: int, seed: int) -> Iterator[PooledCard]:
    from bench.independent.cards import print_card
    from bench.independent.citizens import invent_citizen
    from bench.independent.design import invent_design
    from bench.independent.press import running_press
    from domain.credential.fields import Model

    models = tuple(Model)
    with running_press() as press:
        for number in range(count):
            rng = np.random.default_rng([seed, 89, number])
            citizen = invent_citizen(rng, models[number % len(models)])
            side = ("front", "back")[number // len(models) % 2]
            card = print_card(press, citizen, side, invent_design(rng), rng, wear=0.3)
            width = 963
            size = (width, round(width * 53.98 / 85.6))
            image = cv2.resize(card.image, size, interpolation=cv2.INTER_AREA)
            # It tells where words are and not what they say, so templates keep the card's ink.
            no_boxes = np.zeros((0, 4), np.float32)
            yield PooledCard(np.asarray(image, np.uint8), card.model, side, no_boxes, ())
