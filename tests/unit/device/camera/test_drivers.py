"""What is particular to each camera."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from device.camera.base import (
    Camera,
    CameraAbsentError,
    CameraGoneError,
    CameraImageError,
    CameraTimeoutError,
    StreamSettings,
)
from device.camera.picamera2 import Device, Picamera2Camera
from device.camera.replay import FilmCamera, ReplayCamera
from device.camera.v4l2 import V4l2Camera
from tests.unit.device.camera.fakes import (
    PREVIEW_SIZE,
    STILL_SIZE,
    FakePicamera2,
    FakeRequest,
    FakeVideo,
    SteppingClock,
    picture,
)

SETTINGS = StreamSettings(preview_size=PREVIEW_SIZE, still_size=STILL_SIZE)


def scene(folder: Path, *reds: int) -> Path:
    folder.mkdir()
    for number, red in enumerate(reds):
        cv2.imwrite(str(folder / f"{number:02d}.png"), picture((8, 8), (red, 0, 0))[:, :, ::-1])
    return folder


def take(camera: Camera, count: int, *, timeout_s: float) -> None:
    """Take frames one by one: what was already on the way may still arrive."""
    for _ in range(count):
        camera.capture(timeout_s=timeout_s)


def red_of(camera: ReplayCamera) -> int:
    return int(camera.capture(timeout_s=1).image[0, 0, 0])


class TestReplayCamera:
    def test_plays_in_the_order_of_names_and_begins_again(self, tmp_path: Path) -> None:
        camera = ReplayCamera(scene(tmp_path / "a", 10, 20, 30), SteppingClock())
        assert [red_of(camera) for _ in range(5)] == [10, 20, 30, 10, 20]

    def test_sees_a_new_image_after_the_last(self, tmp_path: Path) -> None:
        folder = scene(tmp_path / "a", 10)
        camera = ReplayCamera(folder, SteppingClock())
        assert red_of(camera) == 10
        cv2.imwrite(str(folder / "99.png"), picture((8, 8), (90, 0, 0))[:, :, ::-1])
        assert [red_of(camera), red_of(camera)] == [10, 90]

    def test_follows_a_link_that_is_switched_in_the_middle(self, tmp_path: Path) -> None:
        first, second = scene(tmp_path / "a", 10, 20), scene(tmp_path / "b", 110, 120)
        link = tmp_path / "scene"
        link.symlink_to(first)
        camera = ReplayCamera(link, SteppingClock())
        assert red_of(camera) == 10
        following = tmp_path / "next"
        following.symlink_to(second)
        following.replace(link)
        assert [red_of(camera), red_of(camera), red_of(camera)] == [110, 120, 110]

    @pytest.mark.parametrize("exists", [True, False])
    def test_refuses_a_folder_without_images(self, tmp_path: Path, exists: bool) -> None:
        if exists:
            (tmp_path / "a").mkdir()
            (tmp_path / "a" / "note.txt").write_text("no image")
        with pytest.raises(CameraAbsentError):
            ReplayCamera(tmp_path / "a", SteppingClock())

    @pytest.mark.parametrize("content", [b"", b"no image"])
    def test_calls_a_broken_image_by_its_name(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "broken.jpg").write_bytes(content)
        with pytest.raises(CameraImageError, match=r"broken\.jpg"):
            ReplayCamera(tmp_path, SteppingClock()).capture(timeout_s=1)


class TestFilmCamera:
    @pytest.mark.parametrize("content", [None, b"no film"])
    def test_refuses_what_is_no_film(self, tmp_path: Path, content: bytes | None) -> None:
        path = tmp_path / "film.mkv"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CameraAbsentError):
            FilmCamera(path, SteppingClock())


class TestV4l2Camera:
    def open(self, video: FakeVideo, settings: StreamSettings = SETTINGS) -> V4l2Camera:
        return V4l2Camera(
            "/dev/video9",
            SteppingClock(),
            settings,
            open_source=lambda _: video,
            is_present=lambda _: video.plugged,
        )

    def test_says_that_there_is_no_camera(self) -> None:
        video = FakeVideo(opens=False)
        with pytest.raises(CameraAbsentError):
            self.open(video)
        assert video.released

    def test_asks_for_the_format_before_the_size(self) -> None:
        video = FakeVideo()
        camera = self.open(video, StreamSettings(still_size=(1920, 1080), controls={"focus": 30}))
        camera.close()
        asked = list(video.properties)
        assert asked.index(cv2.CAP_PROP_FOURCC) < asked.index(cv2.CAP_PROP_FRAME_WIDTH)
        assert video.properties[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
        assert video.properties[cv2.CAP_PROP_FRAME_WIDTH] == 1920
        assert video.properties[cv2.CAP_PROP_BUFFERSIZE] == 4
        assert video.properties[cv2.CAP_PROP_FOCUS] == 30

    def test_refuses_a_control_without_a_name(self) -> None:
        with pytest.raises(ValueError, match="zoom"):
            self.open(FakeVideo(), StreamSettings(controls={"zoom": 1}))

    def test_gives_up_waiting_for_a_driver_that_hangs(self) -> None:
        video = FakeVideo()
        camera = self.open(video)
        camera.capture(timeout_s=2)
        video.hangs.set()
        with pytest.raises(CameraTimeoutError):
            take(camera, 3, timeout_s=0.05)
        video.hangs.clear()
        assert camera.capture(timeout_s=2).image.size
        camera.close()

    def test_notices_that_it_was_unplugged_and_lets_the_device_go(self) -> None:
        video = FakeVideo()
        camera = self.open(video)
        video.plugged = False
        with pytest.raises(CameraGoneError):
            take(camera, 3, timeout_s=2)
        camera.close()
        assert video.released

    def test_survives_one_failed_read(self) -> None:
        video = FakeVideo()
        camera = V4l2Camera(
            "/dev/video9",
            SteppingClock(),
            SETTINGS,
            open_source=lambda _: video,
            is_present=lambda _: True,
        )
        reads, video.plugged = video.reads, False
        while video.reads == reads:
            pass
        video.plugged = True
        assert camera.capture(timeout_s=2).image.size
        camera.close()

    def test_refuses_a_stream_without_colour(self) -> None:
        video = FakeVideo()
        camera = self.open(video)
        video.garbage = True
        with pytest.raises(CameraGoneError) as caught:
            take(camera, 3, timeout_s=2)
        assert isinstance(caught.value.__cause__, CameraImageError)
        camera.close()

    def test_is_not_waited_for_when_it_is_closed(self) -> None:
        camera = self.open(FakeVideo())
        camera.close()
        with pytest.raises(CameraGoneError):
            camera.capture(timeout_s=2)


class TestPicamera2Camera:
    def open(self, device: Device, settings: StreamSettings = SETTINGS) -> Picamera2Camera:
        return Picamera2Camera(0, SteppingClock(), settings, open_device=lambda _: device)

    def test_previews_small_and_takes_stills_large(self) -> None:
        device = FakePicamera2()
        camera = self.open(device)
        assert camera.preview(timeout_s=1).image.shape[1::-1] == PREVIEW_SIZE
        assert camera.capture(timeout_s=1).image.shape[1::-1] == STILL_SIZE
        assert camera.preview(timeout_s=1).image.shape[1::-1] == PREVIEW_SIZE
        assert device.calls == ["newest", "still", "fresh", "preview", "newest"]

    def test_leaves_the_size_of_a_still_to_the_sensor(self) -> None:
        camera = self.open(FakePicamera2(), StreamSettings(preview_size=PREVIEW_SIZE))
        assert camera.capture(timeout_s=1).image.shape[1::-1] == STILL_SIZE

    def test_says_what_the_camera_said_about_the_frame(self) -> None:
        frame = self.open(FakePicamera2()).capture(timeout_s=1)
        assert (frame.exposure_us, frame.gain, frame.lens_position) == (12_000, 2.0, 8.5)

    def test_sets_the_controls_in_both_modes(self) -> None:
        device = FakePicamera2()
        camera = self.open(device, StreamSettings(controls={"ExposureTime": 8000}))
        assert device.mode["controls"]["ExposureTime"] == 8000
        assert device.mode["controls"]["FrameDurationLimits"][0] == 66_667
        assert device.mode["main"]["format"] == "BGR888"
        camera.close()

    def test_gives_every_buffer_back(self) -> None:
        device = FakePicamera2()
        camera = self.open(device)
        camera.burst(9, timeout_s=1)
        assert device.lent == 0

    def test_gives_the_buffer_back_when_its_pixels_cannot_be_read(self) -> None:
        device = FakePicamera2()
        camera = self.open(device)
        device.mode["main"]["size"] = "none"
        with pytest.raises(CameraGoneError):
            camera.preview(timeout_s=1)
        assert device.lent == 0

    def test_asks_nothing_more_of_a_camera_that_timed_out_in_a_burst(self) -> None:
        device = FakePicamera2()
        camera = self.open(device)
        device.capture_request = self.time_out  # type: ignore[method-assign]  # it freezes here
        with pytest.raises(CameraTimeoutError):
            camera.burst(2, timeout_s=0.1)
        assert device.calls == ["still"]

    def time_out(self, wait: object = None, *, flush: object = None) -> FakeRequest:
        raise TimeoutError

    def test_drops_the_job_of_a_frame_that_never_came(self) -> None:
        device = FakePicamera2()
        camera = self.open(device)
        device.frozen = True
        with pytest.raises(CameraTimeoutError):
            camera.preview(timeout_s=0.1)
        assert device.flushed == 1

    @pytest.mark.parametrize(
        "error", [ImportError("no picamera2"), IndexError("no camera"), RuntimeError("in use")]
    )
    def test_says_that_there_is_no_camera(self, error: Exception) -> None:
        def refuse(index: int) -> Device:
            raise error

        with pytest.raises(CameraAbsentError) as caught:
            Picamera2Camera(0, SteppingClock(), SETTINGS, open_device=refuse)
        assert caught.value.__cause__ is error

    def test_closes_a_camera_that_refuses_its_settings(self) -> None:
        device = FakePicamera2()
        with pytest.raises(CameraAbsentError):
            self.open(device, StreamSettings(controls={"Refused": 1}))
        assert device.closed
