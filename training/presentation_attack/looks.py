"""Prints that nobody issued: the same wear, copy or screen on whatever a card may look like.

What gives a copy away must not be learnt from what our renderer prints, for real credentials are
printed otherwise. So colours, lines, patches and sharpness of a card are drawn anew before it is
held up, and some photographs show other documents of the same size.
"""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.negatives import render_negative
from training.pool import PooledCard

Image = NDArray[np.uint8]

# Documents of the size of a card; each is a true one, and each can be copied.
DOCUMENTS = ("licence", "licence_back", "bank_card", "loyalty_card", "member_card", "business_card")


def other_document(rng: Generator, size: tuple[int, int]) -> PooledCard:
    """Return some other card of plastic, as large (height, width) as those of the pool."""
    image, _ = render_negative(rng, kind=DOCUMENTS[int(rng.integers(len(DOCUMENTS)))])
    whole = cv2.resize(image, (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return PooledCard(
        np.asarray(whole, np.uint8), "other", "front", np.zeros((0, 4), np.float32), ()
    )


def other_print(card: Image, rng: Generator) -> Image:
    """Return the card in another print: hues, tones, fine lines, patches, sharpness."""
    image = card
    if rng.random() < 0.6:
        image = _hues(image, rng)
    values = image.astype(np.float32)
    for _ in range(int(rng.choice(4, p=[0.35, 0.35, 0.2, 0.1]))):
        values += _lines(rng, image.shape[:2])
    if rng.random() < 0.35:
        _patches(values, rng)
    if rng.random() < 0.3:
        soft = cv2.GaussianBlur(values, (0, 0), float(rng.uniform(0.7, 2)))
        values += np.float32(rng.uniform(-0.7, 0.9)) * (values - soft)
    if rng.random() < 0.4:
        # A strong copy of the middle tones, or a pale one.
        values = (values - 128) * np.float32(rng.uniform(0.7, 1.3)) + np.float32(
            rng.uniform(108, 150)
        )
    return np.clip(values, 0, 255).astype(np.uint8)


def _hues(image: Image, rng: Generator) -> Image:
    wheel = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    turned = (wheel[..., 0].astype(np.int32) + int(rng.integers(0, 180))) % 180
    rich = wheel[..., 1].astype(np.float32) * np.float32(rng.uniform(0.5, 1.6))
    wheel[..., 0] = turned
    wheel[..., 1] = np.clip(rich, 0, 255)
    return np.asarray(cv2.cvtColor(wheel, cv2.COLOR_HSV2RGB), np.uint8)


def _lines(rng: Generator, size: tuple[int, ...]) -> NDArray[np.float32]:
    """Return fine waving lines of one ink over part of the card, as security print has them."""
    height, width = size[:2]
    ys, xs = np.mgrid[0:height:4, 0:width:4].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    along = xs * np.cos(angle) + ys * np.sin(angle)
    across = ys * np.cos(angle) - xs * np.sin(angle)
    bend = rng.uniform(0, 40) * np.sin(along / rng.uniform(15, 160) + rng.uniform(0, 6))
    bend += rng.uniform(0, 25) * np.sin(along / rng.uniform(60, 400) + rng.uniform(0, 6))
    bent = cv2.resize((across + bend).astype(np.float32), (width, height))
    waves = np.cos(bent * np.float32(2 * np.pi / rng.uniform(3.0, 24)))
    if rng.random() < 0.6:
        waves = np.clip((waves - rng.uniform(-0.3, 0.7)) * 3, -1, 1)
    if rng.random() < 0.6:
        centre = rng.uniform(0, 1, 2) * (height, width)
        spread = rng.uniform(0.15, 0.6) * width
        far = ((ys - centre[0]) ** 2 + (xs - centre[1]) ** 2) / (2 * spread**2)
        waves = waves * cv2.resize(np.exp(-far).astype(np.float32), (width, height))
    ink = rng.uniform(-1, 0.3, 3).astype(np.float32) * np.float32(rng.uniform(5, 45))
    return np.asarray(waves[..., None] * ink, np.float32)


def _patches(values: NDArray[np.float32], rng: Generator) -> None:
    """Print panels, seals and windows with sharp straight or round borders, in place."""
    height, width = values.shape[:2]
    for _ in range(int(rng.integers(1, 5))):
        layer = np.zeros((height, width), np.uint8)
        x, y = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        wide, tall = int(rng.uniform(0.04, 0.4) * width), int(rng.uniform(0.04, 0.5) * height)
        fill = -1 if rng.random() < 0.6 else int(rng.integers(1, 5))
        if rng.random() < 0.7:
            cv2.rectangle(layer, (x, y), (x + wide, y + tall), 255, fill, cv2.LINE_AA)
        else:
            axes = (max(wide // 2, 3), max(tall // 2, 3))
            cv2.ellipse(layer, (x, y), axes, 0, 0, 360, 255, fill, cv2.LINE_AA)
        share = layer.astype(np.float32)[..., None] / 255 * np.float32(rng.uniform(0.1, 0.8))
        tone = rng.uniform(60, 255, 3).astype(np.float32)
        values += share * (tone - values)
