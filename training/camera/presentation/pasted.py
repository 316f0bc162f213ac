"""A true card with a part pasted over: another photo, a strip with other words, or a whole face."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.camera.presentation.copies import paper_print
from training.camera.presentation.ink import draw_press
from training.camera.presentation.sampling import Map
from training.camera.presentation.shown import Box, Image, Shown, Text


def pasted(card: Image, mask: Image, rng: Generator, texts: Sequence[Text] = ()) -> Shown:
    """Show a card altered by scissors and glue; `texts` say where its words are."""
    if rng.random() < 0.15:
        return _face(card, mask, rng)
    image = card.astype(np.float32)
    ink = np.zeros(card.shape[:2], np.uint8)
    drawn = rng.random()
    if drawn < 0.65:
        _cover(image, ink, photo_place(card, texts), card, rng, strip=False)
    if drawn > 0.5:
        for _ in range(int(rng.integers(1, 4))):
            _cover(image, ink, _strip_place(card, texts, rng), card, rng, strip=True)
    gloss = np.where(ink > 127, int(rng.choice([20, 60, 200])), 255).astype(np.uint8)
    return Shown(
        image=np.clip(image, 0, 255).astype(np.uint8),
        mask=mask,
        origin=(0, 0),
        card=(card.shape[0], card.shape[1]),
        surface=draw_press(rng).print,
        textured=ink,
        gloss=gloss,
    )


def photo_place(card: Image, texts: Sequence[Text] = ()) -> Box:
    """Return where the photo is: the upright place at the left or right with the fewest words."""
    height, width = card.shape[:2]
    wide, tall = int(0.27 * width), int(0.55 * height)
    places = [
        (x, y, x + wide, y + tall)
        for x in (int(0.04 * width), int(0.68 * width))
        for y in (int(0.22 * height), int(0.34 * height))
    ]
    return min(places, key=lambda place: sum(_shared(place, box) for _, box in texts))


def _shared(one: Box, other: Box) -> int:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0) * max(tall, 0)


def _strip_place(card: Image, texts: Sequence[Text], rng: Generator) -> Box:
    height, width = card.shape[:2]
    long = [box for _, box in texts if box[2] - box[0] > 0.1 * width]
    if not long:
        x, y = rng.uniform(0.3, 0.6) * width, rng.uniform(0.2, 0.85) * height
        return int(x), int(y), int(x + 0.3 * width), int(y + 0.06 * height)
    x0, y0, x1, y1 = long[int(rng.integers(len(long)))]
    rim = int(rng.uniform(0.004, 0.012) * width)
    return x0 - rim, y0 - rim, x1 + rim, y1 + rim


def _cover(image: Map, ink: Image, place: Box, card: Image, rng: Generator, *, strip: bool) -> None:
    """Paste a piece over a place: askew, with cut edges, its own light, ink and sharpness."""
    height, width = card.shape[:2]
    x0, y0, x1, y1 = place
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
    if x1 - x0 < 8 or y1 - y0 < 8:
        return
    piece: NDArray[Any] = card[y0:y1, x0:x1].astype(np.float32)
    if strip:
        ground = np.median(piece.reshape(-1, 3), axis=0)
        dark = piece.mean(axis=2, keepdims=True) < ground.mean() - 45
        white = ground + (248 - ground) * rng.uniform(0, 0.9)
        piece = np.where(dark, piece, white).astype(np.float32)
        piece = np.roll(piece, int(rng.integers(-8, 9)), axis=1)
    elif rng.random() < 0.6:
        piece = piece[:, ::-1]
    piece = cv2.GaussianBlur(piece, (0, 0), float(rng.uniform(0.5, 3.0)))
    tone = rng.normal(1, 0.08, 3) * rng.uniform(0.85, 1.12)
    piece = piece * tone.astype(np.float32) + np.float32(rng.uniform(-12, 18))
    turn = np.deg2rad(rng.normal(0, 1.3))
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2]) + rng.normal(0, 0.004 * width, 2)
    matrix = np.array(
        [
            [np.cos(turn), -np.sin(turn), 0.0],
            [np.sin(turn), np.cos(turn), 0.0],
        ]
    )
    matrix[:, 2] = centre - matrix[:, :2] @ (np.array([x1 - x0, y1 - y0]) / 2)
    laid = cv2.warpAffine(piece, matrix, (width, height), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    corners = np.array([[0, 0], [x1 - x0, 0], [x1 - x0, y1 - y0], [0, y1 - y0]], float)
    corners += rng.normal(0, 0.0025 * width, (4, 2))
    outline = np.rint((corners @ matrix[:, :2].T + matrix[:, 2]) * 8).astype(np.int32)
    cover = np.zeros((height, width), np.uint8)
    cv2.fillPoly(cover, [outline], 255, cv2.LINE_AA, 3)
    # The piece stands above the card: one side of it throws a shadow, and the cut edge is white.
    reach = np.rint(rng.uniform(1.5, 5) * np.array([1, rng.choice([-1, 1])])).astype(int)
    moved = np.roll(cover, tuple(reach.tolist()), axis=(0, 1))
    fall = cv2.subtract(cv2.GaussianBlur(moved, (0, 0), float(rng.uniform(1, 3))), cover)
    image *= 1 - (fall.astype(np.float32) / 255 * rng.uniform(0.15, 0.6))[..., None]
    share = (cover.astype(np.float32) / 255)[..., None]
    image += share * (laid - image)
    if rng.random() < 0.7:
        rim = cv2.morphologyEx(cover, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        strength = (rim.astype(np.float32) / 255 * rng.uniform(0.2, 0.8))[..., None]
        image += strength * (rng.uniform(200, 250) - image)
    np.maximum(ink, cover, out=ink)


def _face(card: Image, mask: Image, rng: Generator) -> Shown:
    """Paste a whole printed face on the plastic of another card, whose rim shows."""
    shown = paper_print(card, mask, rng)
    height, width = shown.card
    x, y = shown.origin
    window = np.s_[y : y + height, x : x + width]
    printed = shown.image[window].astype(np.float32)
    inset = rng.uniform(-0.3, 1.5, (4, 2)) * width / 85.6
    far = np.array([width, height])
    outline = np.array([[0, 0], [far[0], 0], far, [0, far[1]]], float)
    outline += inset * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    cover = np.zeros((height, width), np.uint8)
    cv2.fillPoly(cover, [np.rint(outline * 8).astype(np.int32)], 255, cv2.LINE_AA, 3)
    plastic = np.full(printed.shape, rng.uniform(215, 250), np.float32)
    fall = cv2.GaussianBlur(cover, (0, 0), 3.0).astype(np.float32) / 255
    plastic *= 1 - 0.3 * fall[..., None]
    share = (cover.astype(np.float32) / 255)[..., None]
    image = plastic + share * (printed - plastic)
    gloss = np.where(cover > 127, 40, 255).astype(np.uint8)
    return replace(
        shown,
        image=np.clip(image, 0, 255).astype(np.uint8),
        mask=mask,
        origin=(0, 0),
        textured=cover,
        gloss=gloss,
    )
