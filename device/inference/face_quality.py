"""How good a face can be seen: sharp, lit, even, eyes and mouth in sight.

Measured on the face set upright at one size, so that the limits mean the same at every distance and
camera. Light is held against the face's own skin: a dark skin is not a dark picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from device.inference.base import Floats, Image
from device.inference.faces import (
    CHIN,
    JAWS,
    LEFT_EYE,
    MOUTH_CORNERS,
    NOSE_BRIDGE,
    OVAL,
    RIGHT_EYE,
    UNDER_EYES,
    UNDER_LIP,
    Face,
)
from device.inference.images import grey_of
from device.inference.quality import steepness

# The upright face: width and height, where the eyes lie, and how far apart.
_SIZE = (256, 288)
_EYES_AT, _EYES_APART = (128.0, 104.0), 96.0
# Where eyes and mouth lie there: edges of every face, of which a cloth or hair may hide one.
_ACROSS, _EYE_BAND, _MOUTH_BAND = slice(50, 206), slice(70, 140), slice(160, 260)
_PATCH = 7  # half the side of a patch of skin
_BURNT = 250


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """What was measured; lightness and highlights 0…255, the others are shares or ratios.

    `eyes` is the contrast of white and iris in the clearer eye, over the skin below it; `mouth`
    that along the lips. `lower_colour` is how far the colour around the mouth lies from that under
    the eyes, in CIELAB units.
    """

    sharpness: float
    lightness: float
    highlights: float
    burnt: float
    unevenness: float
    eyes: float
    mouth: float
    lower_colour: float


def measure(image: Image, face: Face) -> FaceQuality:
    """Measure a face that has its mesh."""
    upright, mesh = _upright(image, face)
    grey = grey_of(upright)
    inside = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint(mesh[list(OVAL)]).astype(np.int32), 1)
    skin = grey[inside == 1]
    if skin.size == 0:
        skin = grey.reshape(-1)
    middle = int(np.clip(mesh[NOSE_BRIDGE, 0], 1, grey.shape[1] - 1))
    halves = [
        part[mask == 1]
        for part, mask in (
            (grey[:, :middle], inside[:, :middle]),
            (grey[:, middle:], inside[:, middle:]),
        )
    ]
    left, right = (float(half.mean()) if half.size else float(skin.mean()) for half in halves)
    cheek = max(_lightness(grey, mesh, UNDER_EYES), 1.0)
    return FaceQuality(
        sharpness=max(_sharpness(grey[band, _ACROSS]) for band in (_EYE_BAND, _MOUTH_BAND)),
        lightness=float(np.median(skin)),
        highlights=float(np.percentile(skin, 95)),
        burnt=float((upright[inside == 1].min(axis=-1) >= _BURNT).mean()) if inside.any() else 0.0,
        unevenness=abs(left - right) / max(left, right, 1.0),
        eyes=max(_eye(grey, mesh, eye) for eye in (LEFT_EYE, RIGHT_EYE)) / cheek,
        mouth=_mouth(grey, mesh) / cheek,
        lower_colour=_lower_colour(upright, mesh),
    )


def _upright(image: Image, face: Face) -> tuple[Image, Floats]:
    """Return the face set upright at the common size, and its mesh there."""
    assert face.mesh is not None
    image, mesh = _cut_out(image, face.mesh[:, :2])
    eyes = [mesh[list(eye)].mean(axis=0) for eye in (LEFT_EYE, RIGHT_EYE)]
    across = eyes[1] - eyes[0]
    scale = _EYES_APART / max(float(np.linalg.norm(across)), 1.0)
    if scale < 0.8:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.42 / scale), np.uint8)
    centre = (eyes[0] + eyes[1]) / 2
    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, scale)
    turn[:, 2] += np.array(_EYES_AT) - centre
    upright = cv2.warpAffine(image, turn, _SIZE, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(upright, np.uint8), np.asarray(mesh @ turn[:, :2].T + turn[:, 2], np.float32)


def _cut_out(image: Image, mesh: Floats) -> tuple[Image, Floats]:
    """Return the part of a picture around a face, and the mesh there: the rest costs time."""
    low, high = mesh.min(axis=0), mesh.max(axis=0)
    margin = 0.5 * float((high - low).max())
    height, width = image.shape[:2]
    x0, y0 = (int(min(max(v - margin, 0), most - 1)) for v, most in zip(low, (width, height),
                                                                       strict=True))  # fmt: skip
    x1, y1 = int(max(high[0] + margin, x0 + 1)), int(max(high[1] + margin, y0 + 1))
    return image[y0:y1, x0:x1], mesh - np.array([x0, y0], np.float32)


def _sharpness(band: Image) -> float:
    """Return how steep the edges are, along or across: a shake spoils one of the two."""
    return min(steepness(np.ascontiguousarray(part)) for part in (band, band.T))


def _around(picture: Image, place: Floats, half_width: float, half_height: float) -> Image:
    """Return the pixels around a point; what lies outside the picture is left out."""
    height, width = picture.shape[:2]
    x, y = (float(value) for value in place)
    x0, x1 = max(int(x - half_width), 0), min(int(x + half_width) + 1, width)
    y0, y1 = max(int(y - half_height), 0), min(int(y + half_height) + 1, height)
    return picture[y0:y1, x0:x1]


def _lightness(grey: Image, mesh: Floats, points: tuple[int, ...]) -> float:
    patches = [_around(grey, mesh[point], _PATCH, _PATCH) for point in points]
    lights = [float(np.median(patch)) for patch in patches if patch.size]
    return max(lights, default=0.0)


def _eye(grey: Image, mesh: Floats, eye: tuple[int, int]) -> float:
    """Return how far the white of an eye stands out from its iris, along the eye.

    Lashes, hair and the rim of glasses run across all columns, and leave them alike.
    """
    outer, inner = mesh[eye[0]], mesh[eye[1]]
    half = max(float(np.linalg.norm(inner - outer)) / 2, 2.0)
    patch = _around(grey, (outer + inner) / 2, half * 0.75, half * 0.35)
    if patch.size == 0:
        return 0.0
    low, high = np.percentile(patch.mean(axis=0), (8, 92))
    return float(high - low)


def _mouth(grey: Image, mesh: Floats) -> float:
    """Return how far the line of the lips stands out from what lies above and below."""
    left, right = mesh[MOUTH_CORNERS[0]], mesh[MOUTH_CORNERS[1]]
    half = max(float(np.linalg.norm(right - left)) / 2, 2.0)
    patch = _around(grey, (left + right) / 2, half * 0.5, half * 0.7)
    if patch.shape[0] < 4 or patch.shape[1] == 0:
        return 0.0
    rows = np.median(patch, axis=1)
    return float(rows.max() - rows.min())


def _lower_colour(upright: Image, mesh: Floats) -> float:
    lab = np.asarray(cv2.cvtColor(upright, cv2.COLOR_RGB2LAB), np.uint8)
    upper = _colour(lab, mesh, (*UNDER_EYES, NOSE_BRIDGE))
    lower = _colour(lab, mesh, (CHIN, UNDER_LIP, *JAWS))
    return float(np.linalg.norm(upper - lower))


def _colour(lab: Image, mesh: Floats, points: tuple[int, ...]) -> Floats:
    patches = [_around(lab, mesh[point], _PATCH, _PATCH).reshape(-1, 3) for point in points]
    pixels = np.concatenate(patches)
    if pixels.size == 0:
        return np.zeros(2, np.float32)
    return np.asarray(np.median(pixels[:, 1:], axis=0), np.float32)
