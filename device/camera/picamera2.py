"""The Raspberry Pi's own cameras through picamera2.

A small stream runs for guidance; a burst switches to the full resolution and back. Every request
taken from the camera is released, for the camera runs out of buffers otherwise.

picamera2 and libcamera come from the system packages of the Pi and are imported only here, when
the camera is opened.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from typing import Any, Protocol, TypeVar

import numpy as np

from device.camera.base import (
    CameraAbsentError,
    CameraError,
    CameraGoneError,
    CameraImageError,
    CameraTimeoutError,
    Frame,
    StreamSettings,
)
from domain.clock import Clock

N = TypeVar("N", int, float)

# picamera2 names formats by their order in a 24-bit word: the bytes of BGR888 are R, G, B.
_FORMAT = "BGR888"
# It has no error of its own; these are what its methods and libcamera's bindings raise.
_PICAMERA2_ERRORS = (
    AssertionError,
    AttributeError,
    CancelledError,
    KeyError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
# Buffers of the still stream: with one, the next exposure waits until the last was copied.
_STILL_BUFFERS = 2


class Request(Protocol):
    """What is used of picamera2's `CompletedRequest`."""

    def make_array(self, name: str) -> Any: ...
    def get_metadata(self) -> Mapping[str, Any]: ...
    def release(self) -> None: ...


class Device(Protocol):
    """What is used of `picamera2.Picamera2`."""

    def create_preview_configuration(self, **options: Any) -> Any: ...
    def create_still_configuration(self, **options: Any) -> Any: ...
    def configure(self, camera_config: Any) -> None: ...
    def start(self) -> None: ...
    def switch_mode(self, camera_config: Any, wait: Any = None) -> Any: ...
    def capture_request(self, wait: Any = None, *, flush: Any = None) -> Request: ...
    def cancel_all_and_flush(self) -> None: ...
    def close(self) -> None: ...


def _open_picamera2(index: int) -> Device:
    from picamera2 import Picamera2

    device: Device = Picamera2(index)
    return device


class Picamera2Camera:
    """One camera of the Pi, by its index in `Picamera2.global_camera_info()`."""

    def __init__(
        self,
        index: int,
        clock: Clock,
        settings: StreamSettings,
        *,
        open_device: Callable[[int], Device] = _open_picamera2,
    ) -> None:
        """Open the camera, configure both streams and start the preview.

        Raises:
            CameraAbsentError: picamera2 is not installed, there is no such camera, another program
                holds it, or it refuses the sizes or controls.
        """
        self._clock = clock
        self._closed = False
        try:
            device = open_device(index)
        except (ImportError, IndexError, RuntimeError, OSError) as error:
            raise CameraAbsentError(f"camera {index} cannot be opened") from error
        self._device = device
        try:
            self._configure(settings)
        except _PICAMERA2_ERRORS as error:
            self.close()
            raise CameraAbsentError(f"camera {index} refuses its settings") from error

    def preview(self, *, timeout_s: float) -> Frame:
        """Return the newest frame of the small stream."""
        with self._errors(timeout_s):
            return self._take(timeout_s, flush=False)

    def capture(self, *, timeout_s: float) -> Frame:
        """Switch to full resolution, take one still, and switch back."""
        return self.burst(1, timeout_s=timeout_s)[0]

    def burst(self, count: int, *, timeout_s: float) -> list[Frame]:
        """Switch to full resolution, take `count` stills, and switch back.

        After a camera that timed out or is gone nothing is switched: it has to be opened again.
        """
        self._switch(self._still, timeout_s)
        try:
            with self._errors(timeout_s):
                # Frames queued before the call may show the card still moving: flush them.
                frames = [self._take(timeout_s, flush=True) for _ in range(count)]
        except CameraImageError:
            self._switch(self._preview, timeout_s)
            raise
        self._switch(self._preview, timeout_s)
        return frames

    def close(self) -> None:
        """Stop the camera and give it back."""
        if self._closed:
            return
        self._closed = True
        # Jobs of a camera that hangs would hold `close` for ever.
        self._device.cancel_all_and_flush()
        with contextlib.suppress(*_PICAMERA2_ERRORS):
            self._device.close()

    def _configure(self, settings: StreamSettings) -> None:
        device = self._device
        # Controls go into both configurations: switching the mode forgets those set otherwise.
        controls = dict(settings.controls)
        shortest_us = round(1_000_000 / settings.frames_per_s)
        self._preview = device.create_preview_configuration(
            main={"size": settings.preview_size, "format": _FORMAT},
            buffer_count=settings.buffers,
            # A frame may take longer where it is dark, never shorter: the processor has to follow.
            controls={"FrameDurationLimits": (shortest_us, 4 * shortest_us), **controls},
        )
        main: dict[str, Any] = {"format": _FORMAT}
        if settings.still_size is not None:
            main["size"] = settings.still_size
        self._still = device.create_still_configuration(
            main=main, buffer_count=_STILL_BUFFERS, controls=controls
        )
        device.configure(self._preview)
        device.start()

    def _switch(self, mode: Any, timeout_s: float) -> None:
        with self._errors(timeout_s):
            self._device.switch_mode(mode, wait=timeout_s)

    def _take(self, timeout_s: float, *, flush: bool) -> Frame:
        # `flush=True` waits for a frame whose exposure began after the call.
        request = self._device.capture_request(wait=timeout_s, flush=flush or None)
        try:
            pixels = np.asarray(request.make_array("main"))
            metadata = request.get_metadata()
        finally:
            request.release()  # an unreleased request starves the camera of buffers
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
            raise CameraImageError("the stream is no 24-bit colour image")
        return Frame(
            pixels,
            taken_at=self._clock.now(),
            exposure_us=_number(metadata, "ExposureTime", int),
            gain=_number(metadata, "AnalogueGain", float),
            lens_position=_number(metadata, "LensPosition", float),
        )

    @contextlib.contextmanager
    def _errors(self, timeout_s: float) -> Iterator[None]:
        """Translate what picamera2 raises; drop the pending jobs of a call that timed out."""
        if self._closed:
            raise CameraGoneError("the camera is closed")
        try:
            yield
        except CameraError:
            raise
        except TimeoutError as error:
            self._device.cancel_all_and_flush()  # or its late frame is never released
            raise CameraTimeoutError(f"no frame within {timeout_s} s") from error
        except _PICAMERA2_ERRORS as error:
            raise CameraGoneError("the camera answers no more") from error


def _number(metadata: Mapping[str, Any], name: str, kind: type[N]) -> N | None:
    value = metadata.get(name)
    return None if value is None else kind(value)
