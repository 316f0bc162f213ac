"""One side of an invented credential, printed: pixels, and everything that stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from bench.independent.backs import back
from bench.independent.citizens import Citizen
from bench.independent.design import HEIGHT, WIDTH, Design
from bench.independent.fronts import front
from bench.independent.press import Box, Image, Press
from bench.independent.sheets import page

# No credential prints a value in smaller type than this: 1.6 mm of body, capitals of 1.1 mm.
SMALLEST = 16.0


@dataclass(frozen=True)
class Card:
    """A printed side. Boxes are in units of the sheet, `WIDTH` by `HEIGHT`."""

    image: Image
    model: str
    side: str
    fields: dict[str, str | list[str]]
    mrz: list[str]
    barcodes: list[dict[str, Any]]
    boxes: tuple[tuple[str, Box], ...]
    """Every printed line with the field it belongs to, `mrz`, or `barcode`."""


def print_card(
    press: Press, citizen: Citizen, side: str, design: Design, rng: Generator, *, wear: float = 0.0
) -> Card:
    """Print the "front" or the "back" of a citizen's credential."""
    while True:
        made = {"front": front, "back": back}[side](citizen, design, rng)
        sheet = press.print(page(made, rng, wear=wear), WIDTH, HEIGHT)
        if sheet.smallest >= SMALLEST:
            break
    boxes = tuple((mark.field or "barcode", mark.box) for mark in sheet.marks)
    return Card(
        image=_pressed(sheet.image, rng),
        model=citizen.model.value,
        side=side,
        fields=made.fields,
        mrz=made.mrz,
        barcodes=[symbol.truth() for symbol in made.symbols],
        boxes=boxes,
    )


def _pressed(image: Image, rng: Generator) -> Image:
    """Give the even pixels of a screen the unevenness of ink on plastic."""
    grain = rng.normal(0, float(rng.uniform(0.5, 3.5)), image.shape[:2]).astype(np.float32)
    return np.asarray(np.clip(image + grain[..., None], 0, 255), np.uint8)
