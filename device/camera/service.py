"""One thread that owns the camera: it opens it, watches it, and opens it again when it fails.

Camera stacks freeze in the field after hours. Nobody else touches the camera: the kiosk asks this
service for the newest preview or for a burst, and shows its state when there is none.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from datetime import datetime

from device.camera.base import (
    Camera,
    CameraAbsentError,
    CameraError,
    CameraImageError,
    CameraTimeoutError,
    Frame,
)
from device.camera.meter import Meter
from domain.clock import Clock

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Starting:
    """The camera is being opened; no frame yet."""


@dataclass(frozen=True)
class Running:
    """Frames arrive."""

    since: datetime


@dataclass(frozen=True)
class Stalled:
    """The driver has not answered for `silent_ms`; only a restart of the program can help."""

    silent_ms: int


@dataclass(frozen=True)
class Failed:
    """Opening or reading failed `failures` times in a row; the next try is `retry_in_s` later."""

    code: str
    failures: int
    retry_in_s: float


@dataclass(frozen=True)
class Stopped:
    """The service does not run."""


CameraState = Starting | Running | Stalled | Failed | Stopped


@dataclass(frozen=True)
class Supervision:
    """How the camera is watched; all in seconds.

    A frame may take `frame_timeout_s`. Whoever takes a preview asks for the next one, which is
    made `preview_interval_s` after the last at the earliest: as fast as it is taken, and no faster
    than eyes need. Without anybody, one frame each `idle_check_s` shows that the camera lives. A
    try after a failure comes after `backoff_s`, doubled up to `max_backoff_s`.
    """

    frame_timeout_s: float = 5.0
    preview_interval_s: float = 1 / 15
    idle_check_s: float = 20.0
    backoff_s: float = 0.5
    max_backoff_s: float = 30.0
    stalled_s: float = 15.0


@dataclass
class _Job:
    count: int
    timeout_s: float
    frames: Future[list[Frame]]


class CameraService:
    """Shares one camera among the threads of the kiosk."""

    def __init__(
        self,
        open_camera: Callable[[], Camera],
        clock: Clock,
        supervision: Supervision | None = None,
    ) -> None:
        self._open_camera = open_camera
        self._clock = clock
        self._supervision = supervision or Supervision()
        self._jobs: queue.Queue[_Job] = queue.Queue()
        self._stopping = threading.Event()
        self._lock = threading.Condition()
        self._state: CameraState = Stopped()
        self._latest: Frame | None = None
        self._is_asked = False
        self._beat_ms = clock.monotonic_ms()
        self._failures = 0
        self._opened = 0
        self._meter = Meter()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; a second call does nothing."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._set(Starting())
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def stop(self, *, timeout_s: float = 5.0) -> None:
        """Close the camera and end the thread, or leave it behind when its driver hangs."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None
        self._set(Stopped())

    @property
    def state(self) -> CameraState:
        """What the camera is doing now."""
        with self._lock:
            silent_ms = self._clock.monotonic_ms() - self._beat_ms
            alive = isinstance(self._state, Starting | Running)
            if alive and silent_ms > self._supervision.stalled_s * 1000:
                return Stalled(silent_ms)
            return self._state

    @property
    def restarts(self) -> int:
        """How often the camera was opened again since the service started."""
        with self._lock:
            return max(self._opened - 1, 0)

    def rate(self) -> float:
        """Previews a second over the last seconds in which somebody looked."""
        return self._meter.per_second(self._clock.monotonic_ms())

    def latest(self) -> Frame | None:
        """Return the newest preview, and ask for another."""
        with self._lock:
            self._is_asked = True
            return self._latest

    def newer_than(self, frame: Frame | None, *, timeout_s: float) -> Frame | None:
        """Wait for another preview than the one taken before, and ask for the next.

        Args:
            frame: The one taken before; None for the first, which is then made after this call.
            timeout_s: How long to wait.

        Returns:
            The preview, or None when the camera gave none: `state` says why.
        """
        with self._lock:
            known = frame if frame is not None else self._latest
            self._is_asked = True
            self._lock.wait_for(
                lambda: self._latest is not None and self._latest is not known, timeout_s
            )
            if self._latest is None or self._latest is known:
                return None
            # The camera makes the next one while this one is looked at.
            self._is_asked = True
            return self._latest

    def burst(self, count: int, *, timeout_s: float | None = None) -> list[Frame]:
        """Return `count` stills.

        Raises:
            CameraError: No camera, or no frame in time; the leaf names the cause.
        """
        state = self.state
        if isinstance(state, Failed | Stopped | Stalled):
            raise CameraAbsentError(f"the camera is {type(state).__name__.lower()}")
        each_s = timeout_s if timeout_s is not None else self._supervision.frame_timeout_s
        job = _Job(count, each_s, Future())
        self._jobs.put(job)
        try:
            # The camera may be starting, and may have to switch its mode twice.
            return job.frames.result(timeout=each_s * (count + 3))
        except CancelledError as error:
            raise CameraAbsentError("the camera stopped") from error
        except TimeoutError as error:
            job.frames.cancel()
            raise CameraTimeoutError(f"no {count} frames within {each_s} s each") from error

    def _run(self) -> None:
        while not self._stopping.is_set():
            camera: Camera | None = None
            try:
                self._set(Starting())
                camera = self._open_camera()
                with self._lock:
                    self._opened += 1
                self._serve(camera)
            except CameraError as error:
                self._fail(error.code)
                log.warning("camera.failed code=%s failures=%d", error.code, self._failures)
            except Exception:  # the kiosk must survive any driver
                self._fail(CameraError.code)
                log.exception("camera.failed code=%s", CameraError.code)
            finally:
                if camera is not None:
                    self._close(camera)
                self._refuse_jobs()
            self._stopping.wait(self._backoff_s() if self._failures else 0)
        self._refuse_jobs()

    def _serve(self, camera: Camera) -> None:
        """Answer jobs and renew the preview until the camera fails or the service stops."""
        supervision = self._supervision
        renewed_ms = self._clock.monotonic_ms()
        self._renew(camera)
        while not self._stopping.is_set():
            self._beat()
            pause_s = supervision.preview_interval_s
            if self._is_wanted():
                # What the last frame took counts: a slow camera is asked again at once.
                pause_s = max(pause_s - self._since_s(renewed_ms), 0.001)
            try:
                job = self._jobs.get(timeout=pause_s)
            except queue.Empty:
                if self._is_wanted() or self._since_s(renewed_ms) >= supervision.idle_check_s:
                    renewed_ms = self._clock.monotonic_ms()
                    self._renew(camera)
                continue
            self._answer(camera, job)

    def _renew(self, camera: Camera) -> None:
        with self._lock:
            is_watched, self._is_asked = self._is_asked, False
        frame = camera.preview(timeout_s=self._supervision.frame_timeout_s)
        with self._lock:
            if is_watched:
                self._meter.tick(self._clock.monotonic_ms())
            self._latest = frame
            self._lock.notify_all()
            self._failures = 0
            self._beat_ms = self._clock.monotonic_ms()
            if not isinstance(self._state, Running):
                self._state = Running(since=frame.taken_at)

    def _answer(self, camera: Camera, job: _Job) -> None:
        if not job.frames.set_running_or_notify_cancel():
            return  # whoever asked has given up
        try:
            frames = camera.burst(job.count, timeout_s=job.timeout_s)
        except CameraImageError as error:
            job.frames.set_exception(error)  # one bad image; the camera itself goes on
        except Exception as error:
            job.frames.set_exception(error)
            raise
        else:
            self._beat()
            job.frames.set_result(frames)

    def _refuse_jobs(self) -> None:
        while True:
            try:
                self._jobs.get_nowait().frames.cancel()
            except queue.Empty:
                return

    def _close(self, camera: Camera) -> None:
        try:
            camera.close()
        except Exception:  # a driver that fails to close is opened again all the same
            log.exception("camera.close_failed")

    def _fail(self, code: str) -> None:
        with self._lock:
            self._failures += 1
            self._latest = None
            self._state = Failed(code, self._failures, self._backoff_s())

    def _backoff_s(self) -> float:
        supervision = self._supervision
        exponent = min(self._failures - 1, 16)
        return float(min(supervision.backoff_s * 2**exponent, supervision.max_backoff_s))

    def _is_wanted(self) -> bool:
        with self._lock:
            return self._is_asked

    def _since_s(self, at_ms: int) -> float:
        return (self._clock.monotonic_ms() - at_ms) / 1000

    def _beat(self) -> None:
        with self._lock:
            self._beat_ms = self._clock.monotonic_ms()

    def _set(self, state: CameraState) -> None:
        with self._lock:
            self._beat_ms = self._clock.monotonic_ms()
            self._state = state
