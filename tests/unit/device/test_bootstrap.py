"""What the one place that names implementations chooses."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from device.bootstrap import models_digest, models_toml, open_camera, open_reader
from device.camera.base import CameraAbsentError
from device.camera.replay import FilmCamera, ReplayCamera
from device.config import CameraConfig, InferenceConfig
from device.inference.base import ModelError
from device.inference.tflite import DEFAULT_MODELS
from tests.stations import FakeClock


class TestTheCamera:
    def test_of_a_folder_is_replayed(self, tmp_path: Path) -> None:
        cv2.imwrite(str(tmp_path / "1.png"), np.zeros((8, 8, 3), np.uint8))
        config = CameraConfig(driver="replay", folder=str(tmp_path))
        assert isinstance(open_camera(config, FakeClock()), ReplayCamera)

    def test_of_a_film_is_replayed(self, tmp_path: Path) -> None:
        path = tmp_path / "film.avi"
        film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (32, 32))
        film.write(np.zeros((32, 32, 3), np.uint8))
        film.release()
        config = CameraConfig(driver="replay", folder=str(path))
        assert isinstance(open_camera(config, FakeClock()), FilmCamera)

    @pytest.mark.parametrize("driver", ["v4l2", "picamera2"])
    def test_that_is_not_there_is_said_to_be_absent(self, driver: str) -> None:
        config = CameraConfig(driver=driver, path="/dev/video-that-is-not-there")
        with pytest.raises(CameraAbsentError):
            open_camera(config, FakeClock())


class TestTheModels:
    def test_are_those_that_ship_unless_a_folder_is_named(self, tmp_path: Path) -> None:
        assert models_toml(InferenceConfig()) == DEFAULT_MODELS
        named = InferenceConfig(models=str(tmp_path))
        assert models_toml(named) == tmp_path / "models.toml"

    def test_that_are_not_listed_are_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError):
            open_reader(InferenceConfig(models=str(tmp_path)))

    def test_are_told_apart_by_one_digest_whatever_their_order(self, tmp_path: Path) -> None:
        tables = [f'[{name}]\nfile = "{name}.tflite"\nsha256 = "{digest}"\n'
                  for name, digest in (("a", "01"), ("b", "02"))]  # fmt: skip
        first, second, third = (tmp_path / f"{n}.toml" for n in range(3))
        first.write_text("".join(tables))
        second.write_text("".join(reversed(tables)))
        third.write_text(tables[0])
        assert models_digest(first) == models_digest(second)
        assert models_digest(first) != models_digest(third)
        assert len(models_digest(first)) == 32
