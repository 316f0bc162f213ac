"""Photographs of true cards and of every instrument, kept as sheets of views.

    python -m training.presentation_attack scenes --seed 1 --count 1400

True cards are met in hard light, faded, worn, with grey cameras, blurred and compressed, for a
network that has only seen good ones blames the others.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.camera import Photograph, photograph, sensor
from training.camera.presentation import Presentation, Shown, Text, present, printed, worn
from training.pool import PooledCard, read_card
from training.presentation_attack.views import HEIGHT, WIDTH, views
from training.render import card_mask

Image = NDArray[np.uint8]

KINDS = ("original", "photocopy", "screen", "print", "pasted", "template", "laminated")
KIND_OF: dict[Presentation, int] = {
    "original": 0,
    "photocopy_grey": 1,
    "photocopy_colour": 1,
    "screen": 2,
    "paper_print": 3,
    "pasted": 4,
    "template": 5,
    "laminated": 6,
}
# Of every hundred photographs.
SHARES: dict[Presentation, int] = {
    "original": 31,
    "photocopy_grey": 7,
    "photocopy_colour": 9,
    "screen": 14,
    "paper_print": 11,
    "pasted": 14,
    "template": 6,
    "laminated": 8,
}
_LEVELS = ("easy", "medium", "hard")
_SIZES = ((960, 1280), (1200, 1600), (1080, 1920), (1296, 2304))
_GREY_CAMERA = 0.06
_CARDS = 2000  # of the pool, which other trainings may have made larger
# Cards are drawn finer than most frames see them: 11 pixels a millimetre render in half the time.
_SCALE = 0.75


@dataclass(frozen=True)
class Scenes:
    """Sheets with their kind, presentation, level and the number of the card they show."""

    sheets: NDArray[np.uint8]
    kinds: NDArray[np.int64]
    presentations: NDArray[np.int64]
    levels: NDArray[np.int64]
    cards: NDArray[np.int64]


def write_scenes(
    folder: Path,
    pool: Path,
    *,
    seed: int,
    count: int,
    only: Presentation | None = None,
    cards_from: int = 0,
    looks: int = 1,
) -> None:
    """Photograph `count` cards of the pool into the arrays that the training reads.

    Each gives `looks` sheets of views. An interrupted run of this size goes on where it stopped.
    """
    cards = sorted(pool.glob("*.json"))[:_CARDS]
    folder.mkdir(parents=True, exist_ok=True)
    shape = (count, looks, HEIGHT, WIDTH, 3)
    truth = np.zeros((count, 4), np.int64)
    done = _done(folder, shape)
    truth[: len(done)] = done
    mode: Literal["r+", "w+"] = "r+" if len(done) else "w+"
    sheets = np.lib.format.open_memmap(folder / "sheets.npy", mode, np.uint8, shape)
    names = list(SHARES)
    order = [name for name in names for _ in range(SHARES[name])]
    began = time.process_time()
    for index in range(len(done), count):
        rng = np.random.default_rng([seed, index, 47])
        name = only or order[(index * 37) % len(order)]
        number = int(rng.integers(cards_from, len(cards)))
        level = int(rng.choice(3, p=[0.3, 0.45, 0.25]))
        shot = shoot(read_card(cards[number], scale=_SCALE), name, _LEVELS[level], rng)
        for look in range(looks):
            sheets[index, look] = sheet_of(shot, rng, scattered=look > 0)
        truth[index] = KIND_OF[name], names.index(name), level, number
        if index % 100 == 99 or index == count - 1:
            # What is told as true is there: an interrupted run can be used as far as it came.
            sheets.flush()
            np.save(folder / "truth.npy", truth[: index + 1])
            print(
                f"{index + 1}/{count} photographs, {time.process_time() - began:.0f} s of CPU",
                flush=True,
            )


def _done(folder: Path, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the truth of what an earlier run of the same size has finished."""
    if (folder / "truth.npy").exists():
        kept = np.load(folder / "sheets.npy", mmap_mode="r").shape
        if kept == shape:
            return np.asarray(np.load(folder / "truth.npy"), np.int64)
    return np.zeros((0, 4), np.int64)


def read_scenes(*folders: Path) -> Scenes:
    """Read what `write_scenes` wrote; every look at a photograph is a sheet of its own."""
    sheets, truths = [], []
    for folder in folders:
        truth = np.load(folder / "truth.npy")
        made = np.load(folder / "sheets.npy", mmap_mode="r")[: len(truth)]
        looks = made.shape[1]
        sheets.append(made.reshape(-1, HEIGHT, WIDTH, 3))
        truths.append(np.repeat(truth, looks, axis=0))
    return Scenes(np.concatenate(sheets), *np.concatenate(truths).T)


def shoot(card: PooledCard, name: Presentation, level: str, rng: Generator) -> Photograph:
    """Photograph one card, or its instrument, with one of several cameras."""
    size = _SIZES[int(rng.choice(len(_SIZES), p=[0.62, 0.18, 0.15, 0.05]))]
    texts: list[Text] = [
        (text, (int(box[0]), int(box[1]), int(box[2]), int(box[3])))
        for text, box in zip(card.texts, card.boxes, strict=True)
    ]
    mask = mask_of(card.image)
    shot = photograph(
        card.image,
        mask,
        rng,
        difficulty=level,
        size=size,
        shown=held_up(card.image, name, rng, texts),
        mosaic=bool(rng.random() < 0.6),
    )
    return processed(shot, rng)


def held_up(card: Image, name: Presentation, rng: Generator, texts: list[Text]) -> Shown:
    """Return what is held before the camera; cards of plastic come from a card printer."""
    mask = mask_of(card)
    match name:
        case "original":
            return worn(card, mask, rng)
        case "pasted":
            aged = worn(card, mask, rng).image
            return present(aged, mask, name, rng, texts)
        case "template":
            return printed(present(card, mask, name, rng, texts), rng)
        case _:
            return present(card, mask, name, rng, texts)


def mask_of(card: Image) -> Image:
    """Return the coverage of a card of this size, with its round corners."""
    size = (card.shape[1], card.shape[0])
    return np.asarray(cv2.resize(card_mask(48), size, interpolation=cv2.INTER_AREA), np.uint8)


def processed(shot: Photograph, rng: Generator) -> Photograph:
    """Do to a frame what a camera's own program may: grey, softened, sharpened, enlarged."""
    image, corners = shot.image, shot.corners
    if rng.random() < _GREY_CAMERA:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        image = np.asarray(cv2.merge([grey, grey, grey]), np.uint8)
    drawn = rng.random()
    if drawn < 0.2:
        image = np.asarray(cv2.medianBlur(image, 3), np.uint8)
    elif drawn < 0.5:
        soft = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.7, 1.5)))
        amount = float(rng.uniform(0.2, 1.2))
        image = np.asarray(cv2.addWeighted(image, 1 + amount, soft, -amount, 0), np.uint8)
    if rng.random() < 0.2:
        scale = float(rng.uniform(0.7, 1.25))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        larger = cv2.resize(image, None, fx=scale, fy=scale, interpolation=way)
        factor = np.array([larger.shape[1] / image.shape[1], larger.shape[0] / image.shape[0]])
        image, corners = np.asarray(larger, np.uint8), (corners + 0.5) * factor - 0.5
    if rng.random() < 0.3:
        image = sensor.jpeg(image, int(rng.uniform(70, 95)))
    return Photograph(image, corners, shot.homography, shot.conditions, shot.hidden)


def sheet_of(shot: Photograph, rng: Generator, *, scattered: bool = False) -> Image:
    """Return the views of a card found as well as the detector finds it.

    `scattered` cuts the pieces elsewhere than a station does: another look at the same photograph.
    """
    long = float(np.linalg.norm(shot.corners[1] - shot.corners[0]))
    error = rng.normal(0, rng.choice([0.002, 0.006]), (4, 2)) * long
    if not scattered:
        return views(shot.image, shot.corners + error)
    on_card = rng.uniform(0.06, 0.94, (2, 4, 2))
    along = rng.uniform(0.1, 0.9, 4)
    edges = ((along[0], 0.0), (1.0, along[1]), (along[2], 1.0), (0.0, along[3]))
    rows = tuple(tuple((float(x), float(y)) for x, y in row) for row in (*on_card, edges))
    return views(shot.image, shot.corners + error, rows)
