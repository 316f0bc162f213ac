"""Photographs of invented cards with one fault, from none of it to far too much, or with several.

The card is photographed by the simulated camera without the fault, then the fault is laid over
that frame by the camera's own functions, so that where the card lies and what covers it stay known
to the pixel. A frame depends on its seed, its fault and its number only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.camera import LEVELS, photograph, sensor
from training.camera import light as scene_light
from training.camera.difficulty import Difficulty
from training.camera.occlusion import hold
from training.people import MODELS, invent_person
from training.render import RenderedCard, Segment, invent_style, render_card

Image = NDArray[np.uint8]
Points = NDArray[np.float64]
Fault = Literal[
    "none",
    "defocus",
    "motion",
    "dark",
    "bright",
    "glare",
    "finger",
    "cut",
    "small",
    "tilt",
    "mixed",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)

SIZE = (960, 1280)
# Before the fault: a still of moderate quality, with neither blur nor noise of its own.
_BEFORE = replace(
    LEVELS["medium"],
    tilt=(0, 12),
    upright=0.9,
    fill=(0.62, 0.9),
    cut=0.0,
    defocus=(0.0, 0.1),
    motion_share=0.0,
    exposure=(0.9, 1.1),
    glare=0.0,
    shadow=0.15,
    noise=(0.0, 0.1),
    jpeg=(96, 97),
    finger=0.0,
    distortion=0.01,
)
_MIXED: tuple[Fault, ...] = ("defocus", "motion", "dark", "glare", "finger", "small", "tilt")
# In pixels of a card of 1284×810: the same as the boxes of `RenderedCard`.
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class FaultyFrame:
    """One frame; `covered` is 255, in frame pixels, where no print can be seen any more.

    `faults` maps each fault to how much of it there is, 0…1. `outside` is how far the outermost
    corner lies beyond the frame, in widths of the card.
    """

    image: Image
    corners: Points
    card: RenderedCard
    faults: dict[str, float]
    covered: Image
    outside: float

    def covers(self, box: Box, share: float = 0.08) -> bool:
        """Tell whether more than `share` of a box of the card is covered or out of the frame."""
        x0, y0, x1, y1 = box
        points = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
        size = (max(8, (x1 - x0) // 2), max(4, (y1 - y0) // 2))
        to_frame = homography(self.corners)
        placed = cv2.perspectiveTransform(points[None], to_frame)[0]
        flat = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
        seen = cv2.warpPerspective(
            self.covered,
            cv2.getPerspectiveTransform(placed.astype(np.float32), flat),
            size,
            borderValue=(255.0,),
        )
        return bool(seen.mean() > 255 * share)


def homography(corners: Points) -> Points:
    """Return what takes card pixels to frame pixels."""
    outline = np.array([[0, 0], [1284, 0], [1284, 810], [0, 810]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(outline, corners.astype(np.float32)))


def faulty_frame(seed: int, fault: Fault, number: int, *, count: int) -> FaultyFrame:
    """Give frame `number` of `count` with this fault: fronts at even numbers, backs at odd ones.

    The amount of the fault runs evenly from nothing to everything over the run, each model of
    card meeting every amount.
    """
    rng = np.random.default_rng([seed, FAULTS.index(fault), number])
    card = _card(rng, number)
    amount = (number // 2 * 2 + float(rng.uniform(0, 2))) / max(count, 1)
    if fault == "none":
        faults: dict[str, float] = {}
    elif fault == "mixed":
        chosen = rng.choice(len(_MIXED), size=int(rng.integers(2, 4)), replace=False)
        faults = {_MIXED[i]: float(rng.uniform(0, 0.75)) for i in chosen}
    else:
        faults = {fault: min(amount, 1.0)}
    return _photographed(card, faults, rng)


def _card(rng: Generator, number: int) -> RenderedCard:
    person = invent_person(rng, model=MODELS[number // 2 % len(MODELS)])
    style = invent_style(rng, person.model)
    return render_card(person, ("front", "back")[number % 2], person.model, rng, style=style)


def _photographed(card: RenderedCard, faults: dict[str, float], rng: Generator) -> FaultyFrame:
    shot = photograph(card.image, card.mask, rng, difficulty=_level(faults), size=SIZE)
    covered = np.zeros(SIZE, np.uint8)
    image, corners = shot.image, shot.corners
    if "finger" in faults:
        reach = 0.42 * faults["finger"]
        covered = np.maximum(covered, hold(image, corners, rng, (reach * 0.8, reach)))
    lit = image.astype(np.float32)
    lost = np.zeros(SIZE, bool)
    if "glare" in faults:
        lost = _glare(lit, corners, card, 1.7 * faults["glare"], rng)
    exposure, noise = 1.0, float(rng.uniform(1.5, 5.0))
    if "dark" in faults:
        exposure = 0.02 ** faults["dark"]
    if "bright" in faults:
        exposure = 14.0 ** faults["bright"]
    image = sensor.expose(lit, np.full(3, exposure, np.float32), 1.0)
    blur = 5.5 * faults.get("defocus", 0.0)
    image = sensor.defocus(image, float(rng.uniform(0.2, 0.7)) if blur < 0.7 else blur)
    if "motion" in faults:
        image = sensor.motion(image, 18 * faults["motion"], float(rng.uniform(0, np.pi)))
    image = sensor.noise(image, rng, noise)
    covered = np.maximum(covered, lost.astype(np.uint8) * 255)
    outside = 0.0
    if "cut" in faults:
        image, corners, covered, outside = _cut(image, corners, covered, faults["cut"], rng)
    image = sensor.jpeg(image, int(rng.integers(78, 95)))
    return FaultyFrame(image, corners, card, faults, covered, outside)


def _level(faults: dict[str, float]) -> Difficulty:
    level = _BEFORE
    if "small" in faults:
        fill = 0.7 * (0.12 / 0.7) ** faults["small"]
        level = replace(level, fill=(fill, fill * 1.02))
    if "tilt" in faults:
        tilt = 72 * faults["tilt"]
        level = replace(level, tilt=(tilt, tilt + 1))
    return level


def _glare(
    lit: NDArray[np.float32], corners: Points, card: RenderedCard, strength: float, rng: Generator
) -> NDArray[np.bool_]:
    """Add the mirror image of a light over a key field; return where it leaves no print."""
    x0, y0, x1, y1 = key_boxes(card)[0]
    place = np.array([[[rng.uniform(x0, x1), rng.uniform(y0, y1)]]], np.float32)
    near = cv2.perspectiveTransform(place, homography(corners))[0, 0].astype(np.float64)
    plastic = np.zeros(SIZE, np.float32)
    cv2.fillConvexPoly(plastic, np.rint(corners).astype(np.int32), 0.75)
    added = scene_light.glare(rng, *SIZE, near) * (0.25 + plastic) * strength
    lit += added[..., None] * (np.maximum(255 - lit, 0) * 0.9 + 25)
    # From here on ink and paper are within two hundredths of full scale of each other.
    return added > 0.98


def _cut(
    image: Image, corners: Points, covered: Image, amount: float, rng: Generator
) -> tuple[Image, Points, Image, float]:
    """Move the frame so that a part of the card, up to two fifths of its extent, lies outside."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    axis, is_high = int(rng.integers(2)), bool(rng.integers(2))
    part = (amount * 0.5 - 0.1) * (high - low)[axis]
    edge = (high[axis] - part) if is_high else (low[axis] + part)
    window = [slice(None), slice(None)]
    limit = int(np.clip(edge, 0, image.shape[1 - axis]))
    window[1 - axis] = slice(0, limit) if is_high else slice(limit, None)
    rows, columns = window
    shift = np.zeros(2)
    if not is_high:
        shift[axis] = limit
    moved = corners - shift
    return (
        np.ascontiguousarray(image[rows, columns]),
        moved,
        np.ascontiguousarray(covered[rows, columns]),
        outside_widths(moved, image[rows, columns].shape[1::-1]),
    )


def outside_widths(corners: Points, size: Sequence[int]) -> float:
    """Return how far the outermost corner lies beyond a frame of (width, height), in widths."""
    width, height = size
    inside = np.hstack([corners, (width, height) - corners])
    return float(max(0.0, -inside.min() / np.linalg.norm(corners[1] - corners[0])))


def key_boxes(card: RenderedCard) -> list[Box]:
    """Return the boxes of what a side must give: clave, CURP; code lines, or the OCR number."""
    return [s.box for s in key_segments(card)]


def key_segments(card: RenderedCard) -> list[Segment]:
    """Return the segments that hold them, from top to bottom."""
    if card.mrz:
        return [s for s in card.segments if s.role == "mrz"]
    names = ("clave_elector", "curp") if card.side == "front" else ("numero_ocr",)
    return [s for s in card.segments if s.role == "value" and s.field in names]
