"""USB cameras through Video4Linux2, as OpenCV opens them.

A thread of its own takes every frame as it comes: the driver's queue then never holds an old one,
and waiting for a frame has a limit although the driver's own call has none that can be set.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Protocol

import cv2
import numpy as np

from device.camera.base import (
    CameraAbsentError,
    CameraGoneError,
    CameraImageError,
    CameraTimeoutError,
    Frame,
    StreamSettings,
)
from domain.clock import Clock

# Consecutive failed reads after which the device is taken as unplugged; a single one is a glitch.
_FAILED_READS = 5
_CLOSE_S = 3.0

_CONTROLS = {
    "auto_exposure": cv2.CAP_PROP_AUTO_EXPOSURE,
    "exposure": cv2.CAP_PROP_EXPOSURE,
    "gain": cv2.CAP_PROP_GAIN,
    "autofocus": cv2.CAP_PROP_AUTOFOCUS,
    "focus": cv2.CAP_PROP_FOCUS,
    "auto_white_balance": cv2.CAP_PROP_AUTO_WB,
    "white_balance_k": cv2.CAP_PROP_WB_TEMPERATURE,
    "brightness": cv2.CAP_PROP_BRIGHTNESS,
    "contrast": cv2.CAP_PROP_CONTRAST,
    "sharpness": cv2.CAP_PROP_SHARPNESS,
}


class VideoSource(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def isOpened(self) -> bool: ...  # noqa: N802
    def set(self, prop: int, value: float) -> bool: ...
    def read(self) -> tuple[bool, Any]: ...
    def release(self) -> None: ...


def _open_v4l2(path: str) -> VideoSource:
    return cv2.VideoCapture(path, cv2.CAP_V4L2)


class V4l2Camera:
    """One USB camera; preview and still are the same stream."""

    def __init__(
        self,
        path: str,
        clock: Clock,
        settings: StreamSettings,
        *,
        open_source: Callable[[str], VideoSource] = _open_v4l2,
        is_present: Callable[[str], bool] = os.path.exists,
    ) -> None:
        """Open the device, ask for format, size and controls, and start taking frames.

        Raises:
            CameraAbsentError: No such device, or another program holds it.
            ValueError: A control has no known name.
        """
        unknown = set(settings.controls) - set(_CONTROLS)
        if unknown:
            raise ValueError(f"unknown camera controls: {', '.join(sorted(unknown))}")
        self._clock = clock
        self._path = path
        self._is_present = is_present
        self._source = open_source(path)
        if not self._source.isOpened():
            self._source.release()
            raise CameraAbsentError(f"{path} cannot be opened")
        self._ask_for(settings)
        self._fresh = threading.Condition()
        self._frame: Frame | None = None
        self._taken = 0
        self._given = 0
        self._failure: Exception | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._take_frames, name="v4l2", daemon=True)
        self._thread.start()

    def preview(self, *, timeout_s: float) -> Frame:
        """Return the newest frame of the stream that was not given before."""
        return self._frame_from(self._given + 1, timeout_s)

    def capture(self, *, timeout_s: float) -> Frame:
        """Return the second frame that arrives from now on.

        The first one may have been exposed before the call, and waited in the driver's queue.
        """
        return self._frame_from(self._taken + 2, timeout_s)

    def _frame_from(self, wanted: int, timeout_s: float) -> Frame:
        """Return the newest frame once as many were taken."""
        with self._fresh:
            arrived = self._fresh.wait_for(
                lambda: self._taken >= wanted or self._failure is not None or self._closing,
                timeout=timeout_s,
            )
            if self._failure is not None:
                raise CameraGoneError("the camera answers no more") from self._failure
            if self._closing:
                raise CameraGoneError("the camera is closed")
            if not arrived or self._frame is None:
                raise CameraTimeoutError(f"no frame within {timeout_s} s")
            self._given = self._taken
            return self._frame

    def burst(self, count: int, *, timeout_s: float) -> list[Frame]:
        """Return `count` frames."""
        return [self.capture(timeout_s=timeout_s) for _ in range(count)]

    def close(self) -> None:
        """Stop taking frames and release the device.

        A driver that hangs keeps its thread: the device is then left to the end of the process,
        for releasing it under a running read crashes the driver.
        """
        with self._fresh:
            self._closing = True
            self._fresh.notify_all()
        self._thread.join(_CLOSE_S)

    def _ask_for(self, settings: StreamSettings) -> None:
        # The format first: the sizes on offer depend on it. What a camera lacks it ignores.
        fourcc = cv2.VideoWriter.fourcc(*settings.pixel_format)
        self._source.set(cv2.CAP_PROP_FOURCC, fourcc)
        width, height = settings.still_size or settings.preview_size
        self._source.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        self._source.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        self._source.set(cv2.CAP_PROP_FPS, settings.frames_per_s)
        self._source.set(cv2.CAP_PROP_BUFFERSIZE, settings.buffers)
        for name, value in settings.controls.items():
            self._source.set(_CONTROLS[name], float(value))

    def _take_frames(self) -> None:
        failed = 0
        try:
            while not self._closing:
                ok, pixels = self._source.read()
                failed = 0 if ok else failed + 1
                if ok:
                    self._publish(pixels)
                elif failed >= _FAILED_READS or not self._is_present(self._path):
                    self._fail(CameraGoneError(f"{failed} reads failed"))
                    return
        except (cv2.error, CameraImageError, OSError) as error:
            self._fail(error)
        finally:
            self._source.release()

    def _publish(self, pixels: Any) -> None:
        if pixels is None or getattr(pixels, "ndim", 0) != 3 or pixels.shape[2] != 3:
            raise CameraImageError("the stream is no colour image")
        image = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
        with self._fresh:
            self._frame = Frame(image, taken_at=self._clock.now())
            self._taken += 1
            self._fresh.notify_all()

    def _fail(self, error: Exception) -> None:
        with self._fresh:
            self._failure = error
            self._fresh.notify_all()
