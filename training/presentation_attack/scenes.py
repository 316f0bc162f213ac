"""Photographs of true cards and of every instrument, kept as sheets of views.

    python -m training.presentation_attack scenes --seed 1 --count 2000

True cards are met in hard light, faded, worn, with grey cameras, blurred and compressed, for a
network that has only seen good ones blames the others. Most are printed as no card of the pool is,
and some are other documents, for what a card looks like is no sign of an attack.
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.camera import Photograph, photograph, sensor
from training.camera.presentation import Presentation, Shown, Text, present, printed, worn
from training.pool import PooledCard, read_card
from training.presentation_attack.looks import other_document, other_print
from training.presentation_attack.views import (
    CARD_HEIGHT,
    CUT_HEIGHT,
    PLACES,
    WIDTH,
    Places,
    cut,
    target,
)
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
    "original": 36,
    "photocopy_grey": 6,
    "photocopy_colour": 8,
    "screen": 13,
    "paper_print": 9,
    "pasted": 15,
    "template": 6,
    "laminated": 7,
}
COVER = (CARD_HEIGHT // 8, WIDTH // 8)
# Cards of the pool from this number on are never trained on.
HELD_FROM = 1700
_LEVELS = ("easy", "medium", "hard")
_SIZES = ((960, 1280), (1200, 1600), (1080, 1920), (1296, 2304))
_GREY_CAMERA = 0.06
_OTHER_DOCUMENT, _OTHER_PRINT = 0.25, 0.7
_CARDS = 2000  # of the pool, which other trainings may have made larger
# Cards are drawn finer than most frames see them: 11 pixels a millimetre render in half the time.
_SCALE = 0.75


@dataclass(frozen=True)
class Scenes:
    """Sheets without their spectra; where each is pasted over; kind, presentation, level, card.

    `cards` is the number in the pool of the card they show, `looks` which look at a photograph
    each is: the first is cut as a station cuts it.
    """

    sheets: NDArray[np.uint8]
    covers: NDArray[np.uint8]
    kinds: NDArray[np.int64]
    presentations: NDArray[np.int64]
    levels: NDArray[np.int64]
    cards: NDArray[np.int64]
    looks: NDArray[np.int64]


def write_scenes(
    folder: Path,
    pool: Path,
    *,
    seed: int,
    count: int,
    only: Presentation | None = None,
    cards_from: int = 0,
    looks: int = 2,
) -> None:
    """Photograph `count` cards of the pool into the arrays that the training reads.

    Each gives `looks` sheets of views, the first cut where a station cuts it. Cards that are held
    out are photographed as they are printed. An interrupted run of this size goes on where it
    stopped.
    """
    cards = sorted(pool.glob("*.json"))[:_CARDS]
    folder.mkdir(parents=True, exist_ok=True)
    shape = (count, looks, CUT_HEIGHT, WIDTH, 3)
    truth = np.zeros((count, 4), np.int64)
    done = _done(folder, shape)
    truth[: len(done)] = done
    mode: Literal["r+", "w+"] = "r+" if len(done) else "w+"
    sheets = np.lib.format.open_memmap(folder / "sheets.npy", mode, np.uint8, shape)
    cells = (count, looks, *COVER)
    covers = np.lib.format.open_memmap(folder / "covers.npy", mode, np.uint8, cells)
    names = list(SHARES)
    order = [name for name in names for _ in range(SHARES[name])]
    began = time.process_time()
    for index in range(len(done), count):
        rng = np.random.default_rng([seed, index, 47])
        name = only or order[(index * 37) % len(order)]
        number = int(rng.integers(cards_from, len(cards)))
        level = int(rng.choice(3, p=[0.3, 0.45, 0.25]))
        card = read_card(cards[number], scale=_SCALE)
        if number < HELD_FROM:
            card = varied_card(card, name, rng)
        shown = held_up(card.image, name, rng, words_of(card))
        shot = photographed(card, shown, _LEVELS[level], rng)
        for look in range(looks):
            seen = processed(shot, rng)
            corners = found_corners(seen, rng)
            places = PLACES if look == 0 else scattered(rng)
            sheets[index, look] = cut(seen.image, corners, places)
            covers[index, look] = cover_of(shown, seen.corners, corners, name)
        truth[index] = KIND_OF[name], names.index(name), level, number
        if index % 100 == 99 or index == count - 1:
            # What is told as true is there: an interrupted run can be used as far as it came.
            sheets.flush()
            covers.flush()
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
    sheets, covers, truths = [], [], []
    for folder in folders:
        truth = np.load(folder / "truth.npy")
        made = np.load(folder / "sheets.npy", mmap_mode="r")[: len(truth)]
        looks = made.shape[1]
        sheets.append(made.reshape(-1, CUT_HEIGHT, WIDTH, 3))
        covers.append(np.load(folder / "covers.npy")[: len(truth)].reshape(-1, *COVER))
        which = np.tile(np.arange(looks), len(truth))
        truths.append(np.column_stack([np.repeat(truth, looks, axis=0), which]))
    # What is in one folder stays on the disk until it is drawn.
    whole = sheets[0] if len(sheets) == 1 else np.concatenate(sheets)
    return Scenes(whole, np.concatenate(covers), *np.concatenate(truths).T)


def shoot(card: PooledCard, name: Presentation, level: str, rng: Generator) -> Photograph:
    """Photograph one card, or its instrument, with one of several cameras."""
    shown = held_up(card.image, name, rng, words_of(card))
    return processed(photographed(card, shown, level, rng), rng)


def photographed(card: PooledCard, shown: Shown, level: str, rng: Generator) -> Photograph:
    """Photograph what is held up in place of a card; no program of the camera has seen it yet."""
    return photograph(
        card.image,
        mask_of(card.image),
        rng,
        difficulty=level,
        size=_SIZES[int(rng.choice(len(_SIZES), p=[0.62, 0.18, 0.15, 0.05]))],
        shown=shown,
        mosaic=bool(rng.random() < 0.6),
    )


def varied_card(card: PooledCard, name: Presentation, rng: Generator) -> PooledCard:
    """Return the card in another print, or another document in its place."""
    # A template is filled with the words of a credential; others are not known.
    if name != "template" and rng.random() < _OTHER_DOCUMENT:
        card = other_document(rng, (card.image.shape[0], card.image.shape[1]))
    if rng.random() < _OTHER_PRINT:
        card = replace(card, image=other_print(card.image, rng))
    return card


def words_of(card: PooledCard) -> list[Text]:
    return [
        (text, (int(box[0]), int(box[1]), int(box[2]), int(box[3])))
        for text, box in zip(card.texts, card.boxes, strict=True)
    ]


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


def found_corners(shot: Photograph, rng: Generator) -> NDArray[np.float64]:
    """Return the corners as well as the detector finds them."""
    long = float(np.linalg.norm(shot.corners[1] - shot.corners[0]))
    return shot.corners + rng.normal(0, rng.choice([0.002, 0.006]), (4, 2)) * long


def scattered(rng: Generator) -> Places:
    """Return other places of the pieces than a station's: another look at the same photograph."""
    on_card = rng.uniform(0.1, 0.9, (2, 4, 2))
    return tuple(tuple((float(x), float(y)) for x, y in row) for row in on_card)


def cover_of(
    shown: Shown, corners: NDArray[np.float64], found: NDArray[np.float64], name: Presentation
) -> Image:
    """Return in how much of each cell of the card's view something is pasted over, 0…255."""
    if name != "pasted" or shown.textured is None:
        return np.zeros(COVER, np.uint8)
    height, width = shown.card
    card = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    square = target().astype(np.float32)
    seen = cv2.getPerspectiveTransform(found.astype(np.float32), square)
    lies = cv2.getPerspectiveTransform(card, corners.astype(np.float32))
    view = cv2.warpPerspective(shown.textured, seen @ lies, (WIDTH, CARD_HEIGHT))
    return np.asarray(
        cv2.resize(view, (COVER[1], COVER[0]), interpolation=cv2.INTER_AREA), np.uint8
    )
