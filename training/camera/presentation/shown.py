"""What lies before the camera: the card itself, or an instrument that stands in for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from training.camera.geometry import Points, homography_of, lay
from training.camera.presentation.sampling import Footprint, Map, footprint

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]
Text = tuple[str, Box]
Presentation = Literal[
    "original",
    "photocopy_grey",
    "photocopy_colour",
    "screen",
    "paper_print",
    "pasted",
    "template",
    "laminated",
]
PRESENTATIONS: tuple[Presentation, ...] = get_args(Presentation)
CARD_WIDTH_MM = 85.6

# Takes the window of the frame in which the thing is seen, how much of it (0…1) has this texture,
# and where its pixels lie; gives the window as the sensor averages it.
Surface = Callable[[Map, Map, Footprint], Map]


@dataclass(frozen=True)
class Shown:
    """A picture, wider than the card where something surrounds it.

    `origin` is the pixel (x, y) of `image` where the card's own corner lies, `card` the card's
    (height, width). `mask` is what hides the table. `surface` is the texture too fine for the
    picture: it is computed on the frame's own pixels, so that dots and display pixels meet the
    sensor's as they do in life. `textured` says where, all over without it. `glow` is where the
    thing gives light instead of returning it, `gloss` how much of a lamp it mirrors.
    """

    image: Image
    mask: Image
    origin: tuple[int, int]
    card: tuple[int, int]
    surface: Surface | None = None
    textured: Image | None = None
    glow: Image | None = None
    gloss: Image | None = None

    @property
    def px_per_mm(self) -> float:
        """Pixels of `image` in one millimetre of the card."""
        return self.card[1] / CARD_WIDTH_MM


@dataclass(frozen=True)
class Laid:
    """A thing projected into an empty frame; `homography` is that of the card's own pixels."""

    flat: Image
    cover: Image
    homography: NDArray[np.float64]
    glow: Map | None
    gloss: Map | None


def itself(card: Image, mask: Image) -> Shown:
    """Show the card, and nothing else."""
    return Shown(card, mask, (0, 0), (card.shape[0], card.shape[1]))


def lay_shown(shown: Shown, corners: Points, frame: tuple[int, int], blur_px: float) -> Laid:
    """Project a thing so that its card has these corners; `blur_px` is the lens's coming blur."""
    homography = homography_of(corners, shown.card)
    shift = np.array([[1, 0, -shown.origin[0]], [0, 1, -shown.origin[1]], [0, 0, 1.0]])
    whole = homography @ shift
    outer = _moved(_outline(shown.image.shape[:2]), whole)
    flat, cover, _ = lay(shown.image, shown.mask, outer, frame)

    def maps(image: Image | None) -> Map | None:
        if image is None:
            return None
        warped = cv2.warpPerspective(image, whole, (frame[1], frame[0]))
        return np.asarray(warped.astype(np.float32) / 255, np.float32)

    if shown.surface is not None:
        x, y, w, h = cv2.boundingRect(cover)
        if w and h:
            window = np.s_[y : y + h, x : x + w]
            where = footprint(whole, (x, y, w, h), shown.px_per_mm, blur_px)
            part = maps(shown.textured)
            share = np.ones((h, w), np.float32) if part is None else part[window]
            made = shown.surface(flat[window].astype(np.float32), share, where)
            flat[window] = np.clip(made, 0, 255).astype(np.uint8)
    return Laid(flat, cover, homography, maps(shown.glow), maps(shown.gloss))


def _outline(size: tuple[int, ...]) -> Points:
    height, width = size[:2]
    far = np.array([width, height]) - 0.5
    return np.array([[-0.5, -0.5], [far[0], -0.5], far, [-0.5, far[1]]])


def _moved(points: Points, homography: NDArray[np.float64]) -> Points:
    return cv2.perspectiveTransform(points[None], homography)[0].astype(np.float64)
