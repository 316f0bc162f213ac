"""Rendering of invented credentials: one call gives a side, its text segments and its truth."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from training.fonts import Split
from training.people import Person
from training.render.back import print_back
from training.render.canvas import (
    HEIGHT,
    PX_PER_MM,
    WIDTH,
    Canvas,
    Image,
    Ink,
    Segment,
    glyphs,
)
from training.render.front import print_front
from training.render.marks import Barcode
from training.render.security import ground
from training.render.style import Style, invent_style
from training.render.wear import wear_down

__all__ = [
    "HEIGHT",
    "PX_PER_MM",
    "WIDTH",
    "Ink",
    "RenderedCard",
    "Segment",
    "Style",
    "glyphs",
    "invent_style",
    "render_card",
]


@dataclass(frozen=True)
class RenderedCard:
    """One side of an invented credential, 1284×810 pixels, and everything printed on it.

    `fields` holds what this side prints in the formats of the reading contract (`domicilio` is a
    list of lines). Boxes are x0, y0, x1, y1 in pixels of the card.
    """

    image: Image
    mask: Image
    segments: list[Segment]
    fields: dict[str, str | list[str]]
    mrz: list[str]
    barcodes: list[Barcode]
    model: str
    side: str
    style: Style


def render_card(
    person: Person,
    side: str,
    model: str,
    rng: Generator,
    *,
    style: Style | None = None,
    fonts: Split = "train",
) -> RenderedCard:
    """Render the "front" or "back" of a person's credential.

    Without `style` a design is invented from `rng` with typefaces of the split `fonts`; pass the
    style of one side to the other to get the two sides of one card.

    Raises:
        ValueError: `side` is none of the two, or the person was invented for another model.
        FontsMissingError: The machine lacks the fonts without which nothing can be rendered.
    """
    if side not in ("front", "back"):
        raise ValueError("side is front or back")
    if person.model != model:
        raise ValueError("the person was invented for another model")
    style = invent_style(rng, model, fonts=fonts) if style is None else style
    canvas = Canvas(ground(rng, style.hues, style.guilloche))
    barcodes: list[Barcode] = []
    if side == "front":
        print_front(canvas, person, style, rng)
    else:
        barcodes = print_back(canvas, person, style, rng)
    wear_down(canvas.image, rng, style.wear)
    return RenderedCard(
        image=canvas.image,
        mask=card_mask(float(rng.uniform(2.5, 3.6)) * PX_PER_MM),
        segments=canvas.segments,
        fields=_printed_fields(canvas.segments, person, side),
        mrz=list(person.mrz) if side == "back" else [],
        barcodes=barcodes,
        model=model,
        side=side,
        style=style,
    )


def card_mask(radius: float) -> Image:
    """Return the coverage of a card with rounded corners of `radius` pixels (ID-1: 3.18 mm)."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    r = round(radius)
    cv2.rectangle(mask, (r, 0), (WIDTH - r - 1, HEIGHT - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (WIDTH - 1, HEIGHT - r - 1), 255, -1)
    for x in (r, WIDTH - r - 1):
        for y in (r, HEIGHT - r - 1):
            cv2.circle(mask, (x, y), r, 255, -1, cv2.LINE_AA)
    return mask


def _printed_fields(
    segments: list[Segment], person: Person, side: str
) -> dict[str, str | list[str]]:
    fields: dict[str, str | list[str]] = {}
    address = [s.text for s in segments if s.field == "domicilio"]
    for segment in segments:
        if segment.field == "domicilio":
            fields["domicilio"] = address
        elif segment.field is not None:
            fields[segment.field] = segment.text
    if side == "back" and person.mrz:
        # The MRZ prints both numbers even where nothing else on the side does.
        fields["cic"], fields["numero_ocr"] = person.cic, person.numero_ocr
    return fields
