"""A simulated credential: one template filled with many people's values, and printed on plastic.

Its words are set in an office typeface on flat colour; nothing of the security print is there,
and the photo is one that a program softened.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator

from training.camera.presentation.pasted import photo_place
from training.camera.presentation.shown import Image, Shown, Text
from training.fonts import Typeface, faces
from training.render.canvas import Canvas, Ink, fit, glyphs

_PLAIN = ("Arimo", "Carlito", "DejaVu Sans", "FreeSans", "Liberation Sans")


def template(card: Image, mask: Image, rng: Generator, texts: Sequence[Text] = ()) -> Shown:
    """Show a template with the card's own values; without `texts` its dark ink is kept."""
    ground = _ground(card, rng)
    canvas = Canvas(ground)
    if texts:
        _photo(canvas, card, texts, rng)
        _words(canvas, texts, rng)
    else:
        _photo(canvas, card, texts, rng)
        _kept_ink(canvas, card)
    image = canvas.image
    if rng.random() < 0.5:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 1.2))), np.uint8)
    return Shown(image, mask, (0, 0), (card.shape[0], card.shape[1]))


def _ground(card: Image, rng: Generator) -> Image:
    """Return flat colour, or two that run into each other, with the card's own hues."""
    height, width = card.shape[:2]
    small = cv2.resize(card, (8, 5), interpolation=cv2.INTER_AREA).reshape(-1, 3)
    bright = small[small.mean(axis=1) >= np.median(small.mean(axis=1))].astype(np.float32)
    first = bright[int(rng.integers(len(bright)))]
    first = first + (255 - first) * np.float32(rng.uniform(0, 0.5))
    second = first if rng.random() < 0.5 else bright[int(rng.integers(len(bright)))]
    way = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    rows = np.broadcast_to(first + way * (second - first), (height, width, 3))
    image = np.clip(rows, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        band = int(rng.uniform(0.1, 0.2) * height)
        image[:band] = np.clip(small[int(rng.integers(len(small)))] * rng.uniform(0.6, 1.1), 0, 255)
    return image


def _photo(canvas: Canvas, card: Image, texts: Sequence[Text], rng: Generator) -> None:
    x0, y0, x1, y1 = photo_place(card, texts)
    picture = cv2.bilateralFilter(np.ascontiguousarray(card[y0:y1, x0:x1]), 9, 40, 9)
    canvas.image[y0:y1, x0:x1] = picture
    if rng.random() < 0.5:
        cv2.rectangle(canvas.image, (x0, y0), (x1, y1), (40, 40, 40), 2)


def _words(canvas: Canvas, texts: Sequence[Text], rng: Generator) -> None:
    face = _plain_face(rng)
    tone = int(rng.uniform(0, 40))
    for text, (x0, y0, x1, y1) in texts:
        ink = fit(text, Ink(face, max(6.0, float(y1 - y0)), (tone, tone, tone)), float(x1 - x0))
        coverage, dx, dy = glyphs(text, ink)
        canvas.stain(x0 + dx, y1 + dy, coverage, ink.colour)


def _plain_face(rng: Generator) -> Typeface:
    plain = [face for face in faces(("sans",)) if face.family in _PLAIN] or list(faces(("sans",)))
    return plain[int(rng.integers(len(plain)))]


def _kept_ink(canvas: Canvas, card: Image) -> None:
    grey = cv2.cvtColor(card, cv2.COLOR_RGB2GRAY).astype(np.float32)
    local = cv2.blur(grey, (61, 61))
    dark = np.clip((local - grey - 40) / 30, 0, 1)[..., None]
    canvas.image[:] = (canvas.image * (1 - dark) + 25 * dark).astype(np.uint8)
