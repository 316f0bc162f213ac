"""What lies around a card on a desk: letters, scribble, other cards and pens, all drawn."""

import functools
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.backgrounds import dull_colour
from training.fonts import faces
from training.negatives import render_negative
from training.render.canvas import Canvas, Ink

Image = NDArray[np.uint8]

# Drawing a thing costs more than the rest of a photograph: this many of each are kept.
_KEPT = 64


@functools.lru_cache(maxsize=_KEPT)
def _kept_negative(number: int) -> tuple[Image, Image]:
    picture, mask = render_negative(np.random.default_rng([7, number]))
    half = (picture.shape[1] // 2, picture.shape[0] // 2)
    return (
        cv2.resize(picture, half, interpolation=cv2.INTER_AREA),  # type: ignore[return-value]
        cv2.resize(mask, half, interpolation=cv2.INTER_AREA),
    )


@functools.lru_cache(maxsize=_KEPT)
def _kept_sheet(number: int) -> tuple[Image, Image]:
    return _sheet(np.random.default_rng([8, number]))


def clutter(image: Image, rng: Generator) -> None:
    """Strew papers, other cards, pens, coins and a phone over a surface, in place."""
    height, width = image.shape[:2]
    for _ in range(int(rng.integers(1, 6))):
        kind = rng.random()
        if kind < 0.45:
            picture, mask = _kept_sheet(int(rng.integers(_KEPT)))
            length = rng.uniform(0.35, 1.0) * width
        elif kind < 0.75:
            picture, mask = _kept_negative(int(rng.integers(_KEPT)))
            length = rng.uniform(0.25, 0.55) * width
        else:
            _pen(image, rng)
            continue
        factor = length / picture.shape[1]
        size = (max(8, round(length)), max(8, round(picture.shape[0] * factor)))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        outline = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
        centre = rng.uniform(-0.05, 1.05, 2) * (width, height)
        _lay(image, small, outline, centre, float(rng.uniform(-180, 180)))


def _lay(
    image: Image,
    picture: NDArray[Any],
    outline: NDArray[Any],
    centre: NDArray[np.float64],
    angle_deg: float,
) -> None:
    """Lay a turned picture on a surface, where `outline` covers it, in place."""
    height, width = picture.shape[:2]
    half = int(np.hypot(height, width) / 2) + 1
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1)
    matrix[:, 2] += (half - width / 2, half - height / 2)
    laid = cv2.warpAffine(picture, matrix, (2 * half, 2 * half))
    cover = cv2.warpAffine(outline, matrix, (2 * half, 2 * half))
    x, y = int(centre[0]) - half, int(centre[1]) - half
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + 2 * half, image.shape[1]), min(y + 2 * half, image.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    window = image[y0:y1, x0:x1]
    cover = np.ascontiguousarray(cover[y0 - y : y1 - y, x0 - x : x1 - x])
    # A dark rim where the thing throws its shadow keeps it from looking glued on.
    rim = (255 - cv2.boxFilter(cover, -1, (13, 13)) * 0.4).astype(np.uint8)
    front = laid[y0 - y : y1 - y, x0 - x : x1 - x]
    solid = cv2.threshold(cover, 127, 255, cv2.THRESH_BINARY)[1]
    shaded = cv2.multiply(window, cv2.merge([rim] * 3), scale=1 / 255)
    cv2.copyTo(np.ascontiguousarray(front), solid, shaded)
    window[:] = shaded


def _sheet(rng: Generator) -> tuple[Image, Image]:
    """A sheet of paper: a printed letter, a form with boxes, or lines of scribble."""
    height, width = int(rng.uniform(500, 800)), 600
    page = np.empty((height, width, 3), np.uint8)
    page[:] = np.clip(dull_colour(rng, 215, 250), 190, 252)
    if rng.random() < 0.7:
        _print_lines(page, rng)
    else:
        _scribble(page, rng)
    for _ in range(int(rng.integers(0, 4))):
        corner = rng.uniform(0.05, 0.6, 2) * (width, height)
        far = corner + rng.uniform(0.1, 0.4, 2) * (width, height * 0.3)
        a, b = corner.astype(int).tolist(), far.astype(int).tolist()
        cv2.rectangle(page, a, b, tuple(dull_colour(rng, 30, 150).tolist()), 1)
    return page, np.full((height, width), 255, np.uint8)


def _print_lines(page: Image, rng: Generator) -> None:
    options = faces(("sans", "serif", "mono"), "all")
    face = options[int(rng.integers(len(options)))]
    tone = dull_colour(rng, 10, 110).astype(int).tolist()
    canvas = Canvas(page)
    ink = Ink(face, float(rng.uniform(7, 13)), (tone[0], tone[1], tone[2]), 0.9)
    y = 50.0
    while y < page.shape[0] - 30:
        if rng.random() < 0.88:
            letters = rng.choice(list("aaeeiioosnrdlcmtupbgvq     "), int(rng.integers(10, 58)))
            canvas.text(40, y, "".join(letters).strip() or "a", ink, "noise")
        y += ink.cap * rng.uniform(1.8, 2.3)


def _scribble(page: Image, rng: Generator) -> None:
    tone = tuple(dull_colour(rng, 10, 110).tolist())
    step = int(rng.uniform(26, 44))
    for y in range(60, page.shape[0] - 30, step):
        length = rng.uniform(100, 480)
        xs = 40 + np.linspace(0, length, int(length / 3))
        ys = y + np.cumsum(rng.normal(0, 3, len(xs))) * 0.3 + rng.normal(0, step * 0.14, len(xs))
        path = np.stack([xs + rng.normal(0, 3, len(xs)), ys], axis=1).astype(np.int32)
        cv2.polylines(page, [path], False, tone, 1, cv2.LINE_AA)


def _pen(image: Image, rng: Generator) -> None:
    height, width = image.shape[:2]
    start = rng.uniform(0, 1, 2) * (width, height)
    angle = rng.uniform(0, 2 * np.pi)
    end = start + np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(0.15, 0.6) * width
    thick = int(rng.uniform(0.006, 0.018) * width)
    body, shine = dull_colour(rng, 5, 220), (245, 245, 245)
    a, b = tuple(start.astype(int).tolist()), tuple(end.astype(int).tolist())
    cv2.line(image, a, b, tuple((body * 0.4).tolist()), thick + 4, cv2.LINE_AA)
    cv2.line(image, a, b, tuple(body.tolist()), thick, cv2.LINE_AA)
    cv2.line(
        image,
        (a[0] - thick // 4, a[1] - thick // 4),
        (b[0] - thick // 4, b[1] - thick // 4),
        shine,
        max(1, thick // 6),
        cv2.LINE_AA,
    )
