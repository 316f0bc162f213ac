"""Protocols, values and errors of the reading of a credential.

Pixels are counted from the top left corner; an image is R, G, B unless the name says grey.
"Card pixels" are those of the rectified card: 1284×810, 15 to the millimetre.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from device.errors import StationError
from domain.credential.fields import Model, Side

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Point = tuple[float, float]

CARD_WIDTH_PX = 1284
CARD_HEIGHT_PX = 810
PX_PER_MM = 15.0


class InferenceError(StationError):
    """The reading cannot start or go on; `code` is stable, the message is for a log."""

    code = "inference"


class ModelError(InferenceError):
    """A model file is missing, is not the one listed, or does not load."""

    code = "model"


class ImageError(InferenceError):
    """A file is no image that can be read."""

    code = "image.unreadable"


@dataclass(frozen=True, slots=True)
class Quad:
    """Four corners in frame pixels: top left, top right, bottom right, bottom left of the card
    in its own orientation."""

    corners: tuple[Point, Point, Point, Point]

    @classmethod
    def of(cls, corners: npt.ArrayLike) -> Quad:
        """Return the quad of a 4×2 array."""
        a, b, c, d = ((float(x), float(y)) for x, y in np.asarray(corners, np.float64))
        return cls((a, b, c, d))

    def array(self) -> npt.NDArray[np.float64]:
        """Return the corners as a 4×2 array."""
        return np.array(self.corners, np.float64)

    def turned(self) -> Quad:
        """Return the quad of the same card held upside down."""
        a, b, c, d = self.corners
        return Quad((c, d, a, b))

    @property
    def area_px(self) -> float:
        """Area in square pixels, positive when the corners run clockwise on the screen."""
        x, y = self.array().T
        return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))

    @property
    def width_px(self) -> float:
        """Mean length of the two long sides."""
        points = self.array()
        return 0.5 * float(
            np.linalg.norm(points[1] - points[0]) + np.linalg.norm(points[2] - points[3])
        )


@dataclass(frozen=True, slots=True)
class Detection:
    """Where the card is. `presence` 0…1; `certainty` 0…1 is that of the weakest corner.

    `edges` 0…1 says how well four straight edges are seen along the quad; it is 0 where they were
    not looked for. `rivals` are other quads that the picture allows, the likeliest first.
    """

    quad: Quad
    presence: float
    certainty: float
    rivals: tuple[Quad, ...] = ()
    edges: float = 0.0


@dataclass(frozen=True, slots=True)
class Classification:
    """What the rectified card is; `side` is None for what is no credential, and `likelier` is then
    the side that it would be if it were one.

    `model` is the likeliest of `model_chances`, which add up to 1.
    """

    side: Side | None
    model: Model
    upside_down: bool
    side_confidence: float
    model_confidence: float
    upright_confidence: float
    model_chances: Mapping[Model, float] = field(default_factory=dict)
    likelier: Side = Side.FRONT


@dataclass(frozen=True, slots=True)
class TextBox:
    """One printed segment in card pixels, the glyphs without margin.

    A tilted segment keeps the box of its own centre line: `slope` is how far the line sinks per
    pixel to the right.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    slope: float = 0.0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def middle_y(self) -> float:
        return 0.5 * (self.y0 + self.y1)

    def as_list(self) -> list[int]:
        return [round(self.x0), round(self.y0), round(self.x1), round(self.y1)]


@dataclass(frozen=True, slots=True)
class Emissions:
    """What a recogniser answered for one line: log probabilities, steps × (alphabet + blank).

    `x0` and `x1` are the card pixels where the first step begins and the last one ends.
    """

    scores: Floats
    alphabet: str
    x0: float
    x1: float

    @property
    def blank(self) -> int:
        return len(self.alphabet)


@dataclass(frozen=True, slots=True)
class Character:
    """One character of a line with its rivals, the likeliest first, and where it stands."""

    alternatives: tuple[tuple[str, float], ...]
    x: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """One read segment. `confidence` 0…1 is the chance that every character is right."""

    text: str
    confidence: float
    box: TextBox
    characters: tuple[Character, ...] = field(repr=False, compare=False)
    emissions: Emissions = field(repr=False, compare=False)


class CardDetector(Protocol):
    """Finds the four corners of the largest card in a frame."""

    def detect(self, image: Image) -> Detection | None:
        """Return the card, or None when there is none."""

    def locate(self, image: Image) -> Detection | None:
        """Return the card by one cheap pass, for the preview; corners are rougher."""


class CardClassifier(Protocol):
    """Says what a rectified card is."""

    def classify(self, card: Image) -> Classification:
        """Return side, model and orientation of a rectified card."""


class TextDetector(Protocol):
    """Finds printed segments on a rectified card."""

    def find(self, grey: Image) -> list[TextBox]:
        """Return the segments in reading order."""


class TextRecogniser(Protocol):
    """Reads segments of a rectified card."""

    def read(self, grey: Image, boxes: Sequence[TextBox]) -> list[TextLine]:
        """Return one line per box, in their order."""


__all__ = [
    "CARD_HEIGHT_PX",
    "CARD_WIDTH_PX",
    "PX_PER_MM",
    "CardClassifier",
    "CardDetector",
    "Character",
    "Classification",
    "Detection",
    "Emissions",
    "Floats",
    "Image",
    "ImageError",
    "InferenceError",
    "Model",
    "ModelError",
    "Point",
    "Quad",
    "Side",
    "TextBox",
    "TextDetector",
    "TextLine",
    "TextRecogniser",
]
