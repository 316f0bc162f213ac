"""The live photo: what it measures, and what it advises.

The gate advises and records; it refuses nobody. Each code is shown to the auxiliar as a hint and
sealed with the record, where it ranks the work of the reviewers.

Whether there is a face, one and large, is the answer of a `FaceFinder`. Without one the code
`face.not_checked` says so: a picture that nobody looked at is not called a face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np

from device.camera.base import Image
from device.capture.pictures import RECORD_QUALITY, to_jpeg

CODES: tuple[str, ...] = (
    "face.absent",
    "face.blurred",
    "face.bright",
    "face.dark",
    "face.empty",
    "face.not_checked",
    "face.several",
    "face.small",
)

# The longer side at which everything is measured, so that figures do not depend on the camera.
_MEASURED_PX = 480
# Grey levels 0…255: mean of the face, and spread below which there is nothing to see.
_DARK, _BRIGHT, _FLAT = 55.0, 215.0, 9.0
# Variance of the Laplacian at that size.
_SHARP = 35.0
# Height of the face as a share of the picture's.
_LARGE = 0.22


@dataclass(frozen=True)
class Face:
    """One face: box in pixels (x, y, width, height) and how sure the finder is, 0…1."""

    box: tuple[int, int, int, int]
    confidence: float


class FaceFinder(Protocol):
    """Finds faces in an R, G, B image, the largest first."""

    def find(self, image: Image) -> Sequence[Face]:
        """Return the faces."""
        ...


@dataclass(frozen=True)
class FacePhoto:
    """A live photo with its advice; `qualities` are numbers for the record."""

    jpeg: bytes = field(repr=False)
    codes: tuple[str, ...]
    qualities: dict[str, float]

    @property
    def score(self) -> float:
        """Return which of several photos to keep: fewer codes first, then sharpness."""
        return -1000.0 * len(self.codes) + min(self.qualities["sharpness"], 999.0)


def assess(image: Image, finder: FaceFinder | None = None) -> FacePhoto:
    """Measure one photo and say what could be better."""
    small = _reduced(image)
    faces = finder.find(small) if finder is not None else None
    codes = _face_codes(faces, small.shape[0])
    grey = np.asarray(cv2.cvtColor(_region(small, faces), cv2.COLOR_RGB2GRAY))
    brightness, spread = float(grey.mean()), float(grey.std())
    sharpness = float(cv2.Laplacian(grey, cv2.CV_64F).var())
    if spread < _FLAT:
        codes.append("face.empty")
    elif sharpness < _SHARP:
        codes.append("face.blurred")
    if brightness < _DARK:
        codes.append("face.dark")
    elif brightness > _BRIGHT:
        codes.append("face.bright")
    qualities = {
        "brightness": round(brightness, 1),
        "contrast": round(spread, 1),
        "sharpness": round(sharpness, 1),
    }
    if faces:
        qualities["height"] = round(faces[0].box[3] / small.shape[0], 3)
    return FacePhoto(to_jpeg(image, quality=RECORD_QUALITY), tuple(sorted(codes)), qualities)


def best_of(images: Sequence[Image], finder: FaceFinder | None = None) -> FacePhoto:
    """Return the best photo of a burst, which has one image at least."""
    return max((assess(image, finder) for image in images), key=lambda photo: photo.score)


def _reduced(image: Image) -> Image:
    height, width = image.shape[:2]
    scale = min(1.0, _MEASURED_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _face_codes(faces: Sequence[Face] | None, height: int) -> list[str]:
    if faces is None:
        return ["face.not_checked"]
    if not faces:
        return ["face.absent"]
    codes = ["face.several"] if len(faces) > 1 else []
    if faces[0].box[3] < _LARGE * height:
        codes.append("face.small")
    return codes


def _region(image: Image, faces: Sequence[Face] | None) -> Image:
    """Return the largest face, or the middle of the picture, where it should be."""
    height, width = image.shape[:2]
    if faces:
        x, y, box_width, box_height = faces[0].box
        part = image[max(y, 0) : y + box_height, max(x, 0) : x + box_width]
        if part.size:
            return part
    return image[height // 6 : height - height // 6, width // 4 : width - width // 4]
