"""The thread that owns the camera."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from device.camera.base import (
    Camera,
    CameraAbsentError,
    CameraError,
    CameraGoneError,
    CameraImageError,
    CameraTimeoutError,
    Frame,
)
from device.camera.service import (
    CameraService,
    CameraState,
    Failed,
    Running,
    Stalled,
    Stopped,
    Supervision,
)
from tests.unit.device.camera.fakes import SteppingClock, picture

QUICK = Supervision(
    frame_timeout_s=0.2, preview_interval_s=0.005, idle_check_s=0.02, backoff_s=0.01, stalled_s=0.1
)


class ScriptedCamera:
    """Gives frames until it is told to fail."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.hangs = threading.Event()
        self.previews = 0
        self.closed = False

    def preview(self, *, timeout_s: float) -> Frame:
        self.previews += 1
        return self._frame()

    def capture(self, *, timeout_s: float) -> Frame:
        return self._frame()

    def burst(self, count: int, *, timeout_s: float) -> list[Frame]:
        return [self._frame() for _ in range(count)]

    def close(self) -> None:
        self.closed = True

    def _frame(self) -> Frame:
        while self.hangs.is_set():
            time.sleep(0.001)
        if self.error is not None:
            raise self.error
        return Frame(picture((8, 8)), taken_at=SteppingClock().now())


def eventually(statement: Callable[[], bool]) -> None:
    for _ in range(2000):
        if statement():
            return
        time.sleep(0.002)
    pytest.fail("it never came true")


@contextmanager
def running(open_camera: Callable[[], Camera]) -> Iterator[CameraService]:
    service = CameraService(open_camera, SteppingClock(), QUICK)
    service.start()
    yield service
    service.stop()


def state_is(service: CameraService, kind: type[CameraState]) -> Callable[[], bool]:
    return lambda: isinstance(service.state, kind)


class TestCameraService:
    def test_runs_and_gives_previews_and_bursts(self) -> None:
        with running(ScriptedCamera) as service:
            eventually(state_is(service, Running))
            assert service.latest() is not None
            assert len(service.burst(3)) == 3

    def test_is_stopped_before_and_after(self) -> None:
        camera = ScriptedCamera()
        service = CameraService(lambda: camera, SteppingClock(), QUICK)
        assert service.state == Stopped()
        with pytest.raises(CameraAbsentError):
            service.burst(1)
        service.start()
        eventually(state_is(service, Running))
        service.stop()
        assert service.state == Stopped()
        assert camera.closed

    def test_opens_the_camera_again_after_it_was_unplugged(self) -> None:
        cameras: list[ScriptedCamera] = []

        def open_camera() -> Camera:
            cameras.append(ScriptedCamera())
            return cameras[-1]

        with running(open_camera) as service:
            eventually(state_is(service, Running))
            cameras[0].error = CameraGoneError("unplugged")
            with pytest.raises(CameraError):
                service.burst(1)
            eventually(lambda: len(cameras) > 1 and isinstance(service.state, Running))
            assert cameras[0].closed
            assert len(service.burst(1)) == 1

    def test_says_how_often_it_failed_and_when_it_tries_again(self) -> None:
        def refuse() -> Camera:
            raise CameraAbsentError("nothing there")

        with running(refuse) as service:
            eventually(lambda: isinstance(s := service.state, Failed) and s.failures >= 3)
            state = service.state
            if isinstance(state, Failed):
                assert state.code == "camera.absent"
                assert state.retry_in_s >= QUICK.backoff_s * 4
            assert service.latest() is None

    def test_survives_an_error_that_no_driver_should_raise(self) -> None:
        camera = ScriptedCamera()
        with running(lambda: camera) as service:
            eventually(state_is(service, Running))
            camera.error = ZeroDivisionError()
            with pytest.raises((CameraError, ZeroDivisionError)):
                service.burst(1)
            camera.error = None
            eventually(state_is(service, Running))
            assert len(service.burst(1)) == 1

    def test_does_not_open_again_for_one_broken_image(self) -> None:
        camera = ScriptedCamera()
        with running(lambda: camera) as service:
            eventually(state_is(service, Running))
            camera.error = CameraImageError("broken")
            # The idle check may meet the same image and restart; the error is the same for us.
            with pytest.raises(CameraError):
                service.burst(1)
            camera.error = None
            eventually(state_is(service, Running))

    def test_says_that_the_driver_hangs(self) -> None:
        camera = ScriptedCamera()
        with running(lambda: camera) as service:
            eventually(state_is(service, Running))
            camera.hangs.set()
            with pytest.raises(CameraTimeoutError):
                service.burst(1, timeout_s=0.01)
            eventually(state_is(service, Stalled))
            camera.hangs.clear()
            eventually(state_is(service, Running))

    def test_rests_when_nobody_looks(self) -> None:
        camera = ScriptedCamera()
        resting = Supervision(preview_interval_s=0.001, idle_check_s=60)
        service = CameraService(lambda: camera, SteppingClock(), resting)
        service.start()
        eventually(state_is(service, Running))
        time.sleep(0.05)
        assert camera.previews == 1
        eventually(lambda: service.latest() is not None and camera.previews > 2)
        service.stop()

    def test_makes_a_preview_for_whoever_takes_one(self) -> None:
        camera = ScriptedCamera()
        with running(lambda: camera) as service:
            eventually(state_is(service, Running))
            taken = [service.newer_than(None, timeout_s=60)]
            for _ in range(9):
                taken.append(service.newer_than(taken[-1], timeout_s=60))
            assert None not in taken
            assert len({id(frame) for frame in taken}) == 10
            assert service.rate() > 0

    def test_gives_no_old_preview_while_the_camera_is_away(self) -> None:
        camera = ScriptedCamera()
        with running(lambda: camera) as service:
            eventually(state_is(service, Running))
            frame = service.newer_than(None, timeout_s=60)
            camera.error = CameraGoneError("unplugged")
            eventually(state_is(service, Failed))
            assert service.newer_than(frame, timeout_s=0.001) is None
            camera.error = None
            assert service.newer_than(frame, timeout_s=60) is not frame
            assert service.restarts > 0

    def test_starts_once(self) -> None:
        with running(ScriptedCamera) as service:
            service.start()
            eventually(state_is(service, Running))
            names = [thread.name for thread in threading.enumerate()]
            assert names.count("camera") == 1
