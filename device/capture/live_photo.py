"""The live photo: what it measures, and what it advises.

The gate advises and records. A bad photo is taken again first; after the attempts that the process
sets the auxiliar may use it all the same, and its codes are sealed with the record, where they rank
the work of the reviewers.

Whether there is a face, one and large, is the answer of a `FaceFinder`. Without one the code
`face.not_checked` says so: a picture that nobody looked at is not called a face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from device.camera.base import Image
from device.capture.face_gate import (
    CODES,
    INFORMS,
    in_order,
    is_coarse,
    place_codes,
    quality_codes,
)
from device.capture.pictures import RECORD_QUALITY, to_jpeg
from device.capture.shutter import Seen
from device.inference import face_copy, face_quality
from device.inference.face_quality import FaceQuality
from device.inference.faces import OVAL, Face, FaceFinder, turn_of
from device.inference.images import grey_of

__all__ = ["CODES", "Face", "FaceFinder", "FacePhoto", "assess", "best_of", "guide"]

# The longer side at which faces are looked for.
_SEARCHED_PX = 640
# The longer side at which a picture without a face is measured.
_MEASURED_PX = 480
# Grey levels 0…255 of such a picture: mean, and spread below which there is nothing to see.
_DARK, _BRIGHT, _FLAT = 55.0, 215.0, 9.0
# Where a face was looked for, only this is too dark to have found one.
_BLACK = 25.0
# Variance of the Laplacian at that size.
_SHARP = 35.0
# Points around a face by which the shutter knows whether it moves.
_OUTLINE = OVAL[::4]


@dataclass(frozen=True)
class FacePhoto:
    """A live photo with its advice, the most urgent first; `qualities` are numbers for the record.

    `copy` says how much it looks like a photo of a photo, 0…1, None where nobody looked.
    """

    jpeg: bytes = field(repr=False)
    codes: tuple[str, ...]
    qualities: dict[str, float]
    copy: float | None = None

    @property
    def is_good(self) -> bool:
        """Say whether nothing asks for another photo."""
        return INFORMS.issuperset(self.codes)


def assess(image: Image, finder: FaceFinder | None = None) -> FacePhoto:
    """Measure one photo and say what could be better."""
    return best_of([image], finder)


def best_of(images: Sequence[Image], finder: FaceFinder | None = None) -> FacePhoto:
    """Return the best photo of a burst, which has one image at least."""
    measured = [_Measured.of(image, finder) for image in images]
    return max(measured, key=lambda one: one.score).photo()


@dataclass(frozen=True)
class _Measured:
    """One image of a burst. What costs most, the traces of a copy, is looked for in the best."""

    image: Image
    small: Image
    faces: Sequence[Face]
    codes: list[str]
    qualities: dict[str, float]

    @classmethod
    def of(cls, image: Image, finder: FaceFinder | None) -> _Measured:
        small = _reduced(image, _SEARCHED_PX)
        faces = finder.find(small) if finder is not None else ()
        if not faces:
            codes, qualities = _without_face(image, is_searched=finder is not None)
            return cls(image, small, (), codes, qualities)
        found = [face.scaled(image.shape[0] / small.shape[0]) for face in faces]
        size = image.shape[0], image.shape[1]
        quality = face_quality.measure(image, found[0])
        codes = place_codes(found, size) + quality_codes(quality)
        if is_coarse(found[0]):
            codes.append("face.small")
        return cls(image, small, found, codes, _numbers(found, size, quality))

    @property
    def score(self) -> float:
        """Fewer codes first, then sharpness."""
        return -1000.0 * len(self.codes) + min(self.qualities["sharpness"], 999.0)

    def photo(self) -> FacePhoto:
        codes, score = list(self.codes), None
        if self.faces:
            score = face_copy.look(self.image, self.faces[0], self.small).score
            if score >= face_copy.SUSPECTED:
                codes.append("face.screen")
        jpeg = to_jpeg(self.image, quality=RECORD_QUALITY)
        return FacePhoto(jpeg, in_order(codes), self.qualities, score)


def guide(image: Image, finder: FaceFinder) -> Seen:
    """Say of a preview frame what could be better before the photo is taken.

    Traces of a copy are not looked for: they cost more than a preview has time for.
    """
    small = _reduced(image, _SEARCHED_PX)
    faces = finder.find(small)
    if not faces:
        return Seen(None, in_order(_without_face(small, is_searched=True)[0]))
    mesh = faces[0].mesh
    assert mesh is not None  # the first face has one
    height, width = small.shape[:2]
    codes = place_codes(faces, (height, width))
    codes += quality_codes(face_quality.measure(small, faces[0]))
    points = tuple(
        (round(float(mesh[n, 0]) / width, 4), round(float(mesh[n, 1]) / height, 4))
        for n in _OUTLINE
    )
    return Seen(points, in_order(codes))


def _reduced(image: Image, longest_px: int) -> Image:
    height, width = image.shape[:2]
    scale = min(1.0, longest_px / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _without_face(image: Image, *, is_searched: bool) -> tuple[list[str], dict[str, float]]:
    """Measure a picture in which no face was found, or looked for: its middle is all there is."""
    small = _reduced(image, _MEASURED_PX)
    height, width = small.shape[:2]
    middle = small[height // 6 : height - height // 6, width // 4 : width - width // 4]
    grey = grey_of(middle)
    brightness, spread = float(grey.mean()), float(grey.std())
    sharpness = float(cv2.Laplacian(grey, cv2.CV_64F).var())
    codes = ["face.absent" if is_searched else "face.not_checked"]
    if spread < _FLAT:
        codes.append("face.empty")
    elif sharpness < _SHARP and not is_searched:
        codes.append("face.blurred")
    if brightness < (_BLACK if is_searched else _DARK):
        codes.append("face.dark")
    elif brightness > _BRIGHT:
        codes.append("face.bright")
    qualities = {
        "brightness": round(brightness, 1),
        "contrast": round(spread, 1),
        "sharpness": round(sharpness, 1),
    }
    return codes, qualities


def _numbers(
    faces: Sequence[Face], size: tuple[int, int], quality: FaceQuality
) -> dict[str, float]:
    """Return what is sealed of the measures, so that limits can be set again later."""
    mesh = faces[0].mesh
    assert mesh is not None  # the first face has one
    turn = turn_of(mesh)
    numbers = {
        "brightness": quality.lightness,
        "burnt": quality.burnt,
        "confidence": faces[0].confidence,
        "eyes": quality.eyes,
        "faces": len(faces),
        "height": faces[0].box[3] / size[0],
        "mouth": quality.mouth,
        "pitch_deg": turn.pitch,
        "roll_deg": turn.roll,
        "sharpness": quality.sharpness,
        "unevenness": quality.unevenness,
        "yaw_deg": turn.yaw,
    }
    return {name: round(float(value), 3) for name, value in numbers.items()}
