"""What the one place that names implementations chooses."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from device.bootstrap import (
    models_digest,
    models_toml,
    open_camera,
    open_finder,
    open_peripherals,
    open_reader,
    still_scale,
)
from device.camera.base import CameraAbsentError
from device.camera.replay import FilmCamera, ReplayCamera
from device.clock import SystemClock
from device.config import CameraConfig, Config, InferenceConfig, PeripheralsConfig, StationConfig
from device.inference.base import ModelError
from device.inference.tflite import DEFAULT_MODELS
from device.peripherals.base import Absent, Ready, Unused
from device.peripherals.printing import Printed
from device.peripherals.slips import SampleSlip
from tests.live_photos import photo_of
from tests.stations import FakeClock
from tests.unit.device.peripherals.bench import eventually


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

    def test_with_two_streams_says_how_much_larger_its_stills_are(self) -> None:
        two = CameraConfig(still_width=2304, still_height=1296)
        assert still_scale(two) == pytest.approx(1296 / 480)
        assert still_scale(CameraConfig(driver="v4l2", still_width=2304)) == 1


class TestTheModels:
    def test_are_those_that_ship_unless_a_folder_is_named(self, tmp_path: Path) -> None:
        assert models_toml(InferenceConfig()) == DEFAULT_MODELS
        named = InferenceConfig(models=str(tmp_path))
        assert models_toml(named) == tmp_path / "models.toml"

    def test_that_are_not_listed_are_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError):
            open_reader(InferenceConfig(models=str(tmp_path)))

    def test_that_find_faces_are_loaded_from_their_package(self) -> None:
        assert open_finder(InferenceConfig()).find(photo_of("good"))

    def test_that_find_faces_are_an_error_where_they_are_not_listed(self, tmp_path: Path) -> None:
        (tmp_path / "models.toml").write_text('[one]\nfile = "one.tflite"\nsha256 = "00"\n')
        with pytest.raises(ModelError, match="face_detector"):
            open_finder(InferenceConfig(models=str(tmp_path)))

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


def all_ports(port: str) -> PeripheralsConfig:
    return PeripheralsConfig(scanner=port, printer=port, lamps=port)


class TestThePeripherals:
    def test_are_unused_unless_the_settings_name_them(self) -> None:
        peripherals = open_peripherals(Config(), FakeClock())
        assert set(peripherals.states().values()) == {Unused()}
        peripherals.close()

    def test_that_are_not_plugged_in_are_absent_and_keep_nobody_waiting(self) -> None:
        settings = all_ports("/dev/serial/by-id/usb-not-there-*")
        peripherals = open_peripherals(Config(peripherals=settings), FakeClock())
        assert all(isinstance(state, Absent) for state in peripherals.states().values())
        peripherals.close()

    def test_that_are_simulated_work_as_real_ones_and_leave_slips_to_look_at(
        self, tmp_path: Path
    ) -> None:
        config = Config(
            station=StationConfig(data=str(tmp_path), environment="demo"),
            peripherals=all_ports("simulated"),
        )
        peripherals = open_peripherals(config, SystemClock())
        eventually(lambda: all(isinstance(s, Ready) for s in peripherals.states().values()))
        folder = tmp_path / "simulated"
        eventually((folder / "scan-here").exists)
        (folder / "scan-here").write_text("ACOPIO-BADGE:A0001\n")
        eventually(lambda: [s.text for s in peripherals.scanner.since(0)] == ["ACOPIO-BADGE:A0001"])
        slip = SampleSlip("EST01", "hoy").compose(lambda text: text)
        peripherals.printing.begin("test", slip)
        eventually(lambda: peripherals.printing.state("test") == Printed())
        peripherals.close()
        assert "áéíóúüñ" in (folder / "slip-0001.txt").read_text()
        assert (folder / "slip-0001.png").read_bytes().startswith(b"\x89PNG")
