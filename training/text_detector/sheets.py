"""Rectified cards as the text detector gets them, and the map it should answer."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.effects import photographed
from training.pool import PooledCard

HEIGHT, WIDTH = 400, 640
CELL = 4
UNIT = 16.0


@dataclass(frozen=True)
class Sheet:
    """One input and the boxes (left, top, right, bottom in its pixels) of its segments."""

    image: NDArray[np.uint8]  # HEIGHT×WIDTH×1
    boxes: NDArray[np.float32]


def sheet(card: PooledCard, rng: Generator) -> Sheet:
    """Rectify a card with small corner errors, at the resolution a camera may have given it."""
    height, width = card.image.shape[:2]
    quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    error = rng.normal(0, rng.choice([0.002, 0.006, 0.012]), size=(4, 2)) * width
    target = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    homography = cv2.getPerspectiveTransform(quad + error.astype(np.float32), target)
    weights = rng.dirichlet([2, 3, 2]).astype(np.float32)
    printed = (card.image.astype(np.float32) @ weights).astype(np.uint8)
    grey = cv2.GaussianBlur(printed, (0, 0), 0.45 * width / WIDTH)
    border = int(rng.integers(0, 256))
    flat = cv2.warpPerspective(grey, homography, (WIDTH, HEIGHT), borderValue=border)
    small = np.asarray(flat, np.uint8)
    if rng.random() < 0.35:  # the card was small in the frame
        factor = rng.uniform(0.5, 0.95)
        less = cv2.resize(small, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        blown_up = cv2.resize(less, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        small = np.asarray(blown_up, np.uint8)
    if rng.random() < 0.04:
        small = 255 - small
    image = photographed(small[..., None], rng, most_blur=1.8, noise=16)
    return Sheet(image, moved(card.boxes, np.asarray(homography, np.float64)))


def moved(boxes: NDArray[np.float32], homography: NDArray[np.float64]) -> NDArray[np.float32]:
    """Carry boxes through a homography; long boxes stay as flat as their text."""
    if not len(boxes):
        return boxes
    left, top, right, bottom = boxes.T
    middle_y, middle_x = (top + bottom) / 2, (left + right) / 2
    # The middles of the sides, not the corners: a tilted long line must not grow fat.
    points = np.stack(
        [
            np.stack([left, middle_y], 1),
            np.stack([middle_x, top], 1),
            np.stack([right, middle_y], 1),
            np.stack([middle_x, bottom], 1),
        ],
        axis=1,
    ).astype(np.float32)
    at = cv2.perspectiveTransform(points.reshape(1, -1, 2), homography).reshape(-1, 4, 2)
    return np.stack([at[:, 0, 0], at[:, 1, 1], at[:, 2, 0], at[:, 3, 1]], axis=1).astype(np.float32)


def target(boxes: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The 3×100×160 answer and the weight of each cell.

    The core is the middle half of a segment's height and its whole width. The rest of the segment
    weighs little: whether the edge of a letter belongs to the core is nobody's question. The gap
    beside a segment weighs more, so that neighbours on one line stay apart.
    """
    rows, columns = HEIGHT // CELL, WIDTH // CELL
    answer = np.zeros((3, rows, columns), np.float32)
    weight = np.ones((rows, columns), np.float32)
    for left, top, right, bottom in boxes / CELL:
        weight[_span(top, bottom, rows), _span(left, right, columns)] = 0.3
    for left, top, right, bottom in boxes / CELL:
        height = bottom - top
        gap = max(1.0, 0.7 * height)
        core_rows = _span(top + height / 4, bottom - height / 4, rows)
        weight[core_rows, _span(left - gap, left, columns)] = 2.0
        weight[core_rows, _span(right, right + gap, columns)] = 2.0
    for left, top, right, bottom in boxes / CELL:
        height = bottom - top
        core_rows = _span(top + height / 4, bottom - height / 4, rows)
        core_columns = _span(left, right, columns)
        centres = np.arange(rows, dtype=np.float32)[core_rows] + 0.5
        answer[0, core_rows, core_columns] = 1
        answer[1, core_rows, core_columns] = ((centres - top) * CELL / UNIT)[:, None]
        answer[2, core_rows, core_columns] = ((bottom - centres) * CELL / UNIT)[:, None]
        weight[core_rows, core_columns] = 1.5
    return answer, weight


def _span(start: float, end: float, most: int) -> slice:
    """The cells whose centres lie between `start` and `end`; at least the middle one."""
    first = int(np.ceil(start - 0.5))
    last = int(np.floor(end - 0.5)) + 1
    if last <= first:
        first = int((start + end) / 2)
        last = first + 1
    return slice(max(0, min(first, most - 1)), max(1, min(last, most)))
