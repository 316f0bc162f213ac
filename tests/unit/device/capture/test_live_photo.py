"""The live photo's advice."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from device.camera.base import Image
from device.capture.live_photo import CODES, Face, assess, best_of
from tests.unit.device.capture.fakes import SCENES

PHOTO = SCENES["face"]


class Finder:
    """Finds what the test says."""

    def __init__(self, *faces: Face) -> None:
        self.faces = faces

    def find(self, image: Image) -> Sequence[Face]:
        return self.faces


LARGE, SMALL = Face((150, 60, 120, 160), 0.9), Face((150, 60, 20, 24), 0.9)


class TestAssess:
    def test_has_nothing_against_a_good_photo_of_one_face(self) -> None:
        photo = assess(PHOTO, Finder(LARGE))
        assert photo.codes == ()
        assert photo.qualities["height"] == round(160 / 300, 3)
        assert photo.jpeg.startswith(b"\xff\xd8")

    def test_says_that_nobody_looked_for_a_face(self) -> None:
        assert assess(PHOTO).codes == ("face.not_checked",)

    @pytest.mark.parametrize(
        ("faces", "code"),
        [((), "face.absent"), ((LARGE, SMALL), "face.several"), ((SMALL,), "face.small")],
    )
    def test_says_what_is_wrong_with_the_faces(self, faces: tuple[Face, ...], code: str) -> None:
        assert code in assess(PHOTO, Finder(*faces)).codes

    @pytest.mark.parametrize(
        ("image", "code"),
        [
            (np.asarray(PHOTO * 0.15, np.uint8), "face.dark"),
            (np.asarray(255 - (255 - PHOTO.astype(int)) * 0.2, np.uint8), "face.bright"),
            (np.asarray(cv2.GaussianBlur(PHOTO, (0, 0), 9), np.uint8), "face.blurred"),
            (np.full_like(PHOTO, 120), "face.empty"),
        ],
    )
    def test_says_what_is_wrong_with_the_picture(self, image: Image, code: str) -> None:
        assert code in assess(image).codes

    @pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 3), (700, 4, 3)])
    def test_measures_a_picture_of_any_shape(self, shape: tuple[int, int, int]) -> None:
        assert set(assess(np.zeros(shape, np.uint8)).codes) <= set(CODES)


def test_the_best_of_a_burst_is_the_sharpest() -> None:
    blurred = np.asarray(cv2.GaussianBlur(PHOTO, (0, 0), 9), np.uint8)
    best = best_of([blurred, PHOTO, blurred])
    assert best.qualities == assess(PHOTO).qualities
