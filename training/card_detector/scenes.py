"""Small scenes with a credential, another card or none, and where the corners are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.backgrounds import background
from training.effects import photographed
from training.geometry import ID1_ASPECT, Corners, any_roll, card_corners
from training.negatives import TRAINED_KINDS, render_negative
from training.pool import read_pool

SIDE = 256  # pixels of the square input
PAD = 114  # grey of the letterbox, as the station pads
_CARD = (324, 204)  # width, height to which every card is reduced first

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Stock:
    """What scenes are composed from: credentials, other cards and backgrounds, all small."""

    credentials: Sequence[Image]
    others: Sequence[Image]
    backgrounds: Sequence[Image]


@dataclass(frozen=True)
class Scene:
    """One input of the detector and its truth; a corner outside the square is not `visible`."""

    image: Image
    has_card: bool
    corners: Corners
    visible: NDArray[np.bool_]


def gather(pool: Path, rng: Generator, *, others: int = 300, backgrounds: int = 400) -> Stock:
    """Read the rendered credentials of `pool` and render other cards and backgrounds."""
    credentials = [_reduced(card.image) for card in read_pool(pool)]
    negatives: list[Image] = []
    for number in range(others):
        image, _mask = render_negative(rng, kind=TRAINED_KINDS[number % len(TRAINED_KINDS)])
        negatives.append(_reduced(image))
    scenery = [background(rng, 360, 360) for _ in range(backgrounds)]
    return Stock(credentials, negatives, scenery)


def _reduced(image: Image) -> Image:
    return np.asarray(cv2.resize(image, _CARD, interpolation=cv2.INTER_AREA), np.uint8)


def compose(stock: Stock, rng: Generator) -> Scene:
    """Compose one scene as the station sees it: letterboxed frame or crop of the second pass."""
    left, top, right, bottom = _content(rng)
    width, height = right - left, bottom - top
    canvas = _scenery(stock, rng)
    for _ in range(int(rng.choice([0, 1, 2], p=[0.6, 0.3, 0.1]))):  # what else lies on the table
        _paste(canvas, _choose(stock.others, rng), _anywhere(rng, width, height, left, top), rng)
    has_card = bool(rng.random() < 0.82)
    corners = _anywhere(rng, width, height, left, top)
    if has_card and rng.random() < 0.12:  # a smaller credential, which is not what is sought
        second = _anywhere(rng, width, height, left, top)
        middle = second.mean(axis=0)
        shrunk = np.linalg.norm(corners[1] - corners[0]) / np.linalg.norm(second[1] - second[0])
        second = middle + (second - middle) * min(0.75 * float(shrunk), 1.0)
        _paste(canvas, _choose(stock.credentials, rng), second.astype(np.float32), rng)
    if has_card:
        _paste(canvas, _choose(stock.credentials, rng), corners, rng)
    elif rng.random() < 0.7:
        _paste(canvas, _choose(stock.others, rng), corners, rng)
    if rng.random() < 0.35:
        _finger(canvas, corners, rng)
    image = photographed(canvas, rng, most_blur=2.2)
    framed = np.full_like(image, PAD)
    framed[top:bottom, left:right] = image[top:bottom, left:right]
    inside = (corners >= (left - 3, top - 3)) & (corners <= (right + 2, bottom + 2))
    return Scene(framed, has_card, corners, np.asarray(inside.all(axis=1)))


def _content(rng: Generator) -> tuple[int, int, int, int]:
    aspect = rng.choice([4 / 3, 16 / 9, 3 / 4, 9 / 16, 1.0], p=[0.36, 0.18, 0.08, 0.05, 0.33])
    width = SIDE if aspect >= 1 else round(SIDE * aspect)
    height = SIDE if aspect <= 1 else round(SIDE / aspect)
    left, top = (SIDE - width) // 2, (SIDE - height) // 2
    return left, top, left + width, top + height


def _anywhere(rng: Generator, width: int, height: int, left: int, top: int) -> Corners:
    """Corners of a card somewhere in the content: small to filling, seldom cut by the edge."""
    roll = any_roll(rng)
    turned = abs(np.sin(roll)), abs(np.cos(roll))
    span_x = turned[1] + turned[0] / ID1_ASPECT
    span_y = turned[0] + turned[1] / ID1_ASPECT
    filling = min(width / span_x, height / span_y)
    size = filling * (rng.uniform(0.18, 1.0) if rng.random() < 0.5 else rng.uniform(0.72, 1.02))
    slack_x = max(0.0, (width - size * span_x) / 2) + 4
    slack_y = max(0.0, (height - size * span_y) / 2) + 4
    centre = (
        left + width / 2 + rng.uniform(-slack_x, slack_x),
        top + height / 2 + rng.uniform(-slack_y, slack_y),
    )
    return card_corners(rng, width=size, centre=centre, most_tilt=35, roll=roll)


def _scenery(stock: Stock, rng: Generator) -> Image:
    image = _choose(stock.backgrounds, rng)
    x, y = rng.integers(0, 360 - SIDE, size=2)
    image = np.rot90(image[y : y + SIDE, x : x + SIDE], k=int(rng.integers(4)))
    if rng.random() < 0.5:
        image = image[:, ::-1]
    if rng.random() < 0.3:
        image = image[..., rng.permutation(3)]
    return np.ascontiguousarray(image)


def _paste(canvas: Image, card: Image, corners: Corners, rng: Generator) -> None:
    """Warp a card onto the canvas with rounded corners and a soft shadow beside it."""
    card_width, card_height = _CARD
    source = np.array(
        [[0, 0], [card_width, 0], [card_width, card_height], [0, card_height]], np.float32
    )
    homography = cv2.getPerspectiveTransform(source - 0.5, corners)
    size = (SIDE, SIDE)
    reduction = float(np.linalg.norm(corners[1] - corners[0])) / card_width
    if reduction < 0.7:  # reduce before the warp samples, or fine print turns into noise
        card = np.asarray(cv2.GaussianBlur(card, (0, 0), 0.45 / max(reduction, 0.15)), np.uint8)
    warped = cv2.warpPerspective(card, homography, size, flags=cv2.INTER_LINEAR)
    alpha = cv2.warpPerspective(_MASK, homography, size, flags=cv2.INTER_LINEAR)
    alpha = alpha.astype(np.float32)[..., None] / 255
    if rng.random() < 0.7:
        shift = rng.uniform(-6, 6, size=2).astype(np.float32)
        beside = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
        shadow = cv2.warpAffine(alpha, beside, size)
        shadow = cv2.GaussianBlur(shadow, (0, 0), rng.uniform(1, 5))[..., None]
        canvas[:] = canvas * (1 - rng.uniform(0.1, 0.55) * shadow)
    tint = rng.uniform(0.85, 1.1)
    canvas[:] = np.clip(canvas * (1 - alpha) + warped * alpha * tint, 0, 255)


def _finger(canvas: Image, corners: Corners, rng: Generator) -> None:
    """A finger reaching over an edge of the card, towards its middle but seldom far."""
    edge = rng.integers(4)
    at = corners[edge] + (corners[(edge + 1) % 4] - corners[edge]) * rng.uniform(0.05, 0.95)
    inward = corners.mean(axis=0) - at
    inward /= np.linalg.norm(inward) + 1e-6
    size = np.linalg.norm(corners[1] - corners[0])
    tip = at + inward * size * rng.uniform(0.02, 0.12)
    base = at - inward * size * rng.uniform(0.3, 0.9)
    skin = rng.choice([[224, 180, 150], [190, 140, 105], [140, 95, 68], [95, 62, 45]])
    colour = tuple(int(c) for c in np.clip(skin + rng.normal(0, 12, size=3), 0, 255))
    thickness = max(3, round(size * rng.uniform(0.10, 0.19)))
    for start, end in [(tip, base)]:
        cv2.line(canvas, _pixel(start), _pixel(end), colour, thickness, cv2.LINE_AA)


def _pixel(point: NDArray[np.floating]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _choose(images: Sequence[Image], rng: Generator) -> Image:
    return images[int(rng.integers(len(images)))]


def _rounded_mask() -> Image:
    width, height = _CARD
    radius = round(3.18 / 85.60 * width)
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (radius, 0), (width - radius - 1, height - 1), 255, -1)
    cv2.rectangle(mask, (0, radius), (width - 1, height - radius - 1), 255, -1)
    for x in (radius, width - radius - 1):
        for y in (radius, height - radius - 1):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    return mask


_MASK = _rounded_mask()
