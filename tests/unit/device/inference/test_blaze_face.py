"""The networks that find faces, on invented people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from device.inference.base import Image, ModelError
from device.inference.blaze_face import DETECTOR, MESH, BlazeFaceFinder
from device.inference.faces import LEFT_EYE, RIGHT_EYE, turn_of
from device.inference.tflite import DEFAULT_MODELS, list_models
from tests.live_photos import finder, photo_of


class TestFind:
    @pytest.mark.parametrize("seed", [1, 2, 3, 4])
    def test_finds_the_one_person_of_a_photo(self, seed: int) -> None:
        (face,) = finder().find(photo_of("good", seed))
        assert face.confidence > 0.7
        assert 0.3 < face.box[3] / 720 < 0.7

    def test_finds_both_of_two_people_the_larger_first(self) -> None:
        faces = finder().find(photo_of("two_people"))
        assert len(faces) == 2
        assert faces[0].box[3] >= faces[1].box[3]
        assert [face.mesh is None for face in faces] == [False, True]

    @pytest.mark.parametrize("seed", [1, 2, 3, 4])
    def test_finds_nobody_in_an_empty_room(self, seed: int) -> None:
        assert finder().find(photo_of("empty_room", seed)) == []

    def test_finds_who_stands_far_away_in_the_middle(self) -> None:
        (face,) = finder().find(photo_of("far", 2))
        assert 0.05 < face.box[3] / 720 < 0.25
        assert face.eyes[0][0] == pytest.approx(480, abs=40)

    def test_lays_the_mesh_over_the_eyes_that_the_detector_found(self) -> None:
        (face,) = finder().find(photo_of("good"))
        assert face.mesh is not None
        for eye, found in zip((LEFT_EYE, RIGHT_EYE), face.eyes, strict=True):
            centre = face.mesh[list(eye[:2]), :2].mean(axis=0)
            assert np.linalg.norm(centre - found) < 0.2 * face.eye_distance

    def test_tells_which_way_a_head_leans(self) -> None:
        (face,) = finder().find(photo_of("leaning"))
        assert face.mesh is not None
        assert abs(turn_of(face.mesh).roll) > 20

    @pytest.mark.parametrize("by", [0.5, 2.0])
    def test_finds_the_same_face_in_a_picture_of_another_size(self, by: float) -> None:
        (here,) = finder().find(photo_of("good"))
        resized = np.asarray(cv2.resize(photo_of("good"), None, fx=by, fy=by), np.uint8)
        (there,) = finder().find(resized)
        assert np.allclose(there.scaled(1 / by).box, here.box, atol=0.04 * here.box[2])

    @pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 3), (700, 4, 3), (5, 5, 3)])
    def test_finds_nobody_in_a_picture_without_room_for_a_face(
        self, shape: tuple[int, int, int]
    ) -> None:
        image: Image = np.full(shape, 120, np.uint8)
        assert finder().find(image) == []


class TestTheModels:
    def test_are_refused_when_one_is_not_listed(self) -> None:
        models = list_models(DEFAULT_MODELS)
        del models[MESH]
        with pytest.raises(ModelError, match=MESH):
            BlazeFaceFinder(models)

    def test_are_refused_when_one_is_not_the_listed_file(self) -> None:
        models = list_models(DEFAULT_MODELS)
        models[DETECTOR] = replace(models[DETECTOR], sha256="0" * 64)
        with pytest.raises(ModelError, match="SHA-256"):
            BlazeFaceFinder(models)

    def test_of_a_package_that_is_not_installed_are_named_as_missing(self, tmp_path: Path) -> None:
        listed = tmp_path / "models.toml"
        listed.write_text(
            f'[{DETECTOR}]\npackage = "no_such_package"\nfile = "a.tflite"\nsha256 = "00"\n'
            f'[{MESH}]\npackage = "no_such_package"\nfile = "b.tflite"\nsha256 = "00"\n'
        )
        with pytest.raises(ModelError, match="no_such_package"):
            BlazeFaceFinder(list_models(listed))
