"""Photographs of pooled cards as the detectors get them: scenes for corners, sheets for text.

    python -m training.photographs --pool training/work/pool --seed 1 --count 1400

Each photograph gives two scenes (the letterboxed frame and the crop of the second pass) and one
rectified sheet. The camera is `training.camera`, slower and more exact than `training.effects`.
"""

import argparse
import multiprocessing
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.camera import Photograph, photograph
from training.card_detector.scenes import PAD, SIDE
from training.pool import PooledCard, read_pool
from training.render import card_mask
from training.text_detector import sheets

DIFFICULTIES = ("easy", "medium", "hard")
SIZES = ((960, 1280), (720, 1280), (960, 960), (1280, 960))

Image = NDArray[np.uint8]
Points = NDArray[np.float32]
Made = tuple[list[tuple[Image, Points, NDArray[np.bool_]]], Image, NDArray[np.float32]]

_cards: list[PooledCard]


def framed(
    image: Image, corners: Points, square: tuple[float, float, float]
) -> tuple[Image, Points]:
    """Cut a square (left, top, side) of a frame to the detector's input, padded where it ends."""
    left, top, side = square
    scale = SIDE / side
    moved = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]], np.float64)
    moved[:, 2] += 0.5 * scale - 0.5
    smooth = cv2.GaussianBlur(image, (0, 0), 0.42 / scale) if scale < 0.8 else image
    cut = cv2.warpAffine(
        smooth, moved, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderValue=(PAD, PAD, PAD)
    )
    return cut.astype(np.uint8), ((corners - (left, top)) * scale).astype(np.float32)


def _scenes(shot: Photograph, rng: Generator) -> list[tuple[Image, Points, NDArray[np.bool_]]]:
    height, width = shot.image.shape[:2]
    corners = shot.corners.astype(np.float32)
    within = (corners >= -2) & (corners <= (width + 1, height + 1))
    inside = np.asarray(within.all(axis=1))
    whole = float(max(height, width))
    low, high = corners.min(axis=0), corners.max(axis=0)
    close = float((high - low).max()) / rng.uniform(0.68, 0.92)
    centre = (low + high) / 2 + rng.normal(0, 0.03, size=2) * close
    squares = [
        (width / 2 - whole / 2, height / 2 - whole / 2, whole),
        (float(centre[0]) - close / 2, float(centre[1]) - close / 2, close),
    ]
    return [(*framed(shot.image, corners, square), inside) for square in squares]


def _sheet(shot: Photograph, card: PooledCard, rng: Generator) -> tuple[Image, NDArray[np.float32]]:
    width = float(np.linalg.norm(shot.corners[1] - shot.corners[0]))
    error = rng.normal(0, rng.choice([0.002, 0.005, 0.01]), size=(4, 2)) * width
    source = (shot.corners + error).astype(np.float32)
    target = np.array(
        [[0, 0], [sheets.WIDTH, 0], [sheets.WIDTH, sheets.HEIGHT], [0, sheets.HEIGHT]], np.float32
    )
    homography = cv2.getPerspectiveTransform(source, target)
    grey = cv2.cvtColor(shot.image, cv2.COLOR_RGB2GRAY)
    if width > sheets.WIDTH:
        grey = cv2.GaussianBlur(grey, (0, 0), 0.42 * width / sheets.WIDTH)
    small = cv2.warpPerspective(grey, homography, (sheets.WIDTH, sheets.HEIGHT))
    boxes = sheets.moved(card.boxes, homography @ shot.homography)
    return small[..., None].astype(np.uint8), boxes


def _start(pool: Path) -> None:
    global _cards  # one per worker process, read once
    _cards = list(read_pool(pool))


def _make(task: tuple[int, int]) -> Made:
    seed, index = task
    rng = np.random.default_rng([seed, index, 31])
    card = _cards[index % len(_cards)]
    shot = photograph(
        card.image,
        card_mask(48),
        rng,
        difficulty=DIFFICULTIES[int(rng.choice(3, p=[0.2, 0.4, 0.4]))],
        size=SIZES[int(rng.choice(len(SIZES), p=[0.55, 0.2, 0.15, 0.1]))],
    )
    image, boxes = _sheet(shot, card, rng)
    return _scenes(shot, rng), image, boxes


def write_photographs(
    pool: Path, *, seed: int, count: int, scenes: Path, sheet_folder: Path
) -> None:
    """Photograph `count` cards into the arrays that the two detectors' trainings read."""
    for folder in (scenes, sheet_folder):
        folder.mkdir(parents=True, exist_ok=True)
    open_array = np.lib.format.open_memmap
    images = open_array(scenes / "images.npy", "w+", np.uint8, (2 * count, SIDE, SIDE, 3))
    pages = open_array(
        sheet_folder / "images.npy", "w+", np.uint8, (count, sheets.HEIGHT, sheets.WIDTH, 1)
    )
    corners = np.zeros((2 * count, 4, 2), np.float32)
    visible = np.zeros((2 * count, 4), bool)
    boxes = []
    with multiprocessing.Pool(2, _start, (pool,)) as workers:
        tasks = ((seed, index) for index in range(count))
        for index, (views, page, found) in enumerate(workers.imap(_make, tasks, chunksize=4)):
            for offset, (view, at, seen) in enumerate(views):
                place = 2 * index + offset
                images[place], corners[place], visible[place] = view, at, seen
            pages[index] = page
            boxes.append(found)
            if index % 200 == 0:
                print(f"{index}/{count} photographs", flush=True)
    images.flush()
    pages.flush()
    present = np.ones(2 * count, np.int64)
    np.savez(scenes / "truth.npz", corners=corners, visible=visible, present=present)
    lengths = np.array([len(found) for found in boxes])
    np.savez(sheet_folder / "truth.npz", boxes=np.concatenate(boxes), lengths=lengths)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, default=Path("training/work/pool"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1400)
    parser.add_argument("--out", type=Path, default=Path("training/work"))
    options = parser.parse_args()
    write_photographs(
        options.pool,
        seed=options.seed,
        count=options.count,
        scenes=options.out / "scenes-photographed",
        sheet_folder=options.out / "sheets-photographed",
    )
