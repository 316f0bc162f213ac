"""Every camera keeps the same promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from device.camera.base import Camera, CameraError, StreamSettings
from device.camera.picamera2 import Picamera2Camera
from device.camera.replay import FilmCamera, ReplayCamera
from device.camera.v4l2 import V4l2Camera
from tests.unit.device.camera.fakes import (
    PREVIEW_SIZE,
    RED,
    STILL_SIZE,
    FakePicamera2,
    FakeVideo,
    SteppingClock,
    picture,
)

SETTINGS = StreamSettings(preview_size=PREVIEW_SIZE, still_size=STILL_SIZE)


@dataclass
class Rig:
    """A camera, and how somebody takes it away."""

    camera: Camera
    unplug: Callable[[], None]


def replay(folder: Path) -> Rig:
    for number in range(3):
        cv2.imwrite(str(folder / f"{number}.png"), picture(STILL_SIZE)[:, :, ::-1])

    def unplug() -> None:
        for path in folder.iterdir():
            path.unlink()

    return Rig(ReplayCamera(folder, SteppingClock()), unplug)


def film(folder: Path) -> Rig:
    path = folder / "film.mkv"
    # FFV1 keeps every value: the colours can be compared.
    width, height = STILL_SIZE
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), 10, (width, height))
    for _ in range(3):
        writer.write(picture(STILL_SIZE)[:, :, ::-1])
    writer.release()
    camera = FilmCamera(path, SteppingClock())
    return Rig(camera, camera.close)


def v4l2(folder: Path) -> Rig:
    video = FakeVideo()
    camera = V4l2Camera(
        "/dev/video9",
        SteppingClock(),
        SETTINGS,
        open_source=lambda _: video,
        is_present=lambda _: video.plugged,
    )
    return Rig(camera, lambda: setattr(video, "plugged", False))


def picamera2(folder: Path) -> Rig:
    device = FakePicamera2()
    camera = Picamera2Camera(0, SteppingClock(), SETTINGS, open_device=lambda _: device)
    return Rig(camera, lambda: setattr(device, "plugged", False))


@pytest.fixture(params=[replay, film, v4l2, picamera2])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    built: Rig = request.param(tmp_path)
    yield built
    built.camera.close()


class TestEveryCamera:
    def test_gives_colour_images_in_red_green_blue(self, rig: Rig) -> None:
        for frame in (rig.camera.preview(timeout_s=2), rig.camera.capture(timeout_s=2)):
            assert frame.image.dtype == np.uint8
            assert frame.image.ndim == 3
            # A film may keep colours in another space and round them on the way.
            assert np.abs(frame.image[0, 0].astype(int) - RED).max() <= 3

    def test_takes_stills_at_full_resolution(self, rig: Rig) -> None:
        width, height = STILL_SIZE
        assert rig.camera.capture(timeout_s=2).image.shape == (height, width, 3)

    def test_says_when_a_frame_was_taken(self, rig: Rig) -> None:
        assert rig.camera.capture(timeout_s=2).taken_at == SteppingClock().now()

    def test_takes_as_many_stills_as_asked(self, rig: Rig) -> None:
        assert len(rig.camera.burst(4, timeout_s=2)) == 4

    def test_goes_on_for_longer_than_its_buffers(self, rig: Rig) -> None:
        for _ in range(12):
            rig.camera.preview(timeout_s=2)

    def test_raises_its_own_error_when_it_is_taken_away(self, rig: Rig) -> None:
        rig.camera.preview(timeout_s=2)
        rig.unplug()
        with pytest.raises(CameraError):
            # What was already on the way may still arrive.
            rig.camera.burst(10, timeout_s=2)

    def test_is_closed_as_often_as_one_likes(self, rig: Rig) -> None:
        rig.camera.close()
        rig.camera.close()

    def test_shows_no_pixel_in_its_text(self, rig: Rig) -> None:
        assert "array" not in repr(rig.camera.capture(timeout_s=2))
