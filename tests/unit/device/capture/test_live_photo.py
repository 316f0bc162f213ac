"""The live photo's advice on invented people, with the finder of the station."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from device.camera.base import Image
from device.capture.live_photo import CODES, assess, best_of, guide
from tests.live_photos import finder, photo_of
from training.live_photos import Kind

SEEDS = (1, 2, 3)
FAULTS: tuple[tuple[Kind, str], ...] = (
    ("empty_room", "face.absent"),
    ("two_people", "face.several"),
    ("far", "face.small"),
    ("cut", "face.cut"),
    ("turned", "face.turned"),
    ("leaning", "face.turned"),
    ("sunglasses", "face.eyes_hidden"),
    ("closed_eyes", "face.eyes_hidden"),
    ("hair_over_eyes", "face.eyes_hidden"),
    ("mask", "face.covered"),
    ("blurred", "face.blurred"),
    ("dark", "face.dark"),
    ("bright", "face.bright"),
    ("side_light", "face.uneven"),
)


class TestAssess:
    @pytest.mark.parametrize("kind", ["good", "bystander"])
    @pytest.mark.parametrize("seed", SEEDS)
    def test_has_nothing_against_a_good_photo_of_one_person(self, kind: Kind, seed: int) -> None:
        photo = assess(photo_of(kind, seed), finder())
        assert photo.codes == ()
        assert photo.is_good
        assert photo.copy == 0
        assert photo.qualities["height"] > 0.3
        assert photo.jpeg.startswith(b"\xff\xd8")

    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize(("kind", "code"), FAULTS)
    def test_names_what_is_wrong_first(self, kind: Kind, code: str, seed: int) -> None:
        photo = assess(photo_of(kind, seed), finder())
        assert code in photo.codes
        assert not photo.is_good

    # The second print has a white border before a white wall, which nobody could tell.
    @pytest.mark.parametrize(
        ("kind", "seed"),
        [(kind, seed) for kind in ("screen", "print", "grey_print") for seed in (1, 3)],
    )
    def test_suspects_a_photo_of_a_photo(self, kind: Kind, seed: int) -> None:
        photo = assess(photo_of(kind, seed, (960, 1280)), finder())
        assert photo.codes == ("face.screen",)
        assert photo.copy is not None
        assert photo.copy >= 0.5

    @pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 3), (700, 4, 3)])
    def test_measures_a_picture_of_any_shape(self, shape: tuple[int, int, int]) -> None:
        image = np.zeros(shape, np.uint8)
        assert set(assess(image, finder()).codes) <= set(CODES)
        assert set(assess(image).codes) <= set(CODES)


class TestWithoutAFinder:
    def test_it_is_said_that_nobody_looked_for_a_face_and_nothing_is_asked(self) -> None:
        photo = assess(photo_of("good"))
        assert photo.codes == ("face.not_checked",)
        assert photo.is_good
        assert photo.copy is None

    def test_the_light_is_measured_all_the_same(self) -> None:
        assert "face.dark" in assess(photo_of("dark")).codes
        pale = 255 - (255 - photo_of("good").astype(int)) // 6
        assert "face.bright" in assess(np.asarray(pale, np.uint8)).codes

    def test_an_empty_picture_and_a_blurred_one_are_noticed(self) -> None:
        good = photo_of("good")
        blurred = np.asarray(cv2.GaussianBlur(good, (0, 0), 15), np.uint8)
        assert "face.blurred" in assess(blurred).codes
        assert "face.empty" in assess(np.full_like(good, 120)).codes


class TestBestOf:
    def test_takes_the_sharpest_of_a_burst(self) -> None:
        good = photo_of("good")
        blurred = np.asarray(cv2.GaussianBlur(good, (0, 0), 5), np.uint8)
        best = best_of([blurred, good, blurred], finder())
        assert best.qualities == assess(good, finder()).qualities

    def test_takes_the_one_with_the_eyes_open_to_view(self) -> None:
        good, hidden = photo_of("good"), photo_of("sunglasses")
        assert best_of([hidden, good], finder()).codes == ()


class TestGuide:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_opens_the_shutter_for_a_good_face_and_says_where_it_is(self, seed: int) -> None:
        seen = guide(preview(photo_of("good", seed)), finder())
        assert seen.codes == ()
        assert seen.points is not None
        assert all(0 < x < 1 and 0 < y < 1 for x, y in seen.points)

    @pytest.mark.parametrize(("kind", "code"), FAULTS)
    def test_asks_for_one_thing_first(self, kind: Kind, code: str) -> None:
        assert guide(preview(photo_of(kind, 2)), finder()).codes[0] == code

    def test_follows_a_face_that_hardly_moves_and_one_that_does(self) -> None:
        image = photo_of("good")
        places = [
            np.array(guide(preview(np.roll(image, shift, axis=1)), finder()).points)
            for shift in (0, 1, 96)
        ]
        assert np.abs(places[1] - places[0]).max() < 0.01
        assert np.abs(places[2] - places[0]).mean(axis=0)[0] == pytest.approx(0.1, abs=0.02)


def preview(image: Image) -> Image:
    return np.asarray(cv2.resize(image, (640, 480), interpolation=cv2.INTER_AREA), np.uint8)
