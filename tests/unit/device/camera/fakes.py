"""Stand-ins for what the drivers talk to: a V4L2 stream and a Picamera2, written by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

PREVIEW_SIZE = (64, 48)
STILL_SIZE = (128, 96)
# One red pixel value that no channel order but R, G, B gives.
RED = (200, 40, 10)


class SteppingClock:
    """Wall time that stands still, elapsed time that goes on."""

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 12, tzinfo=UTC)

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


def picture(size: tuple[int, int], colour: tuple[int, int, int] = RED) -> Any:
    width, height = size
    return np.full((height, width, 3), colour, np.uint8)


class FakeVideo:
    """A USB camera as `cv2.VideoCapture` shows it: B, G, R; it can be unplugged, or hang."""

    def __init__(self, *, opens: bool = True) -> None:
        self.opens = opens
        self.plugged = True
        self.hangs = threading.Event()
        self.properties: dict[int, float] = {}
        self.released = False
        self.reads = 0
        self.garbage = False

    def isOpened(self) -> bool:  # noqa: N802
        return self.opens

    def set(self, prop: int, value: float) -> bool:
        self.properties[prop] = value
        return True

    def read(self) -> tuple[bool, Any]:
        while self.hangs.is_set():
            time.sleep(0.001)
        time.sleep(0.001)
        self.reads += 1
        if not self.plugged:
            return False, None
        if self.garbage:
            return True, np.zeros((4, 4), np.uint8)
        return True, picture(STILL_SIZE)[:, :, ::-1]

    def release(self) -> None:
        self.released = True


class FakeRequest:
    """A buffer of the camera on loan."""

    def __init__(self, device: FakePicamera2, size: tuple[int, int]) -> None:
        self._device = device
        self._size = size
        self._released = False

    def make_array(self, name: str) -> Any:
        assert name == "main"
        assert not self._released
        return picture(self._size)

    def get_metadata(self) -> Mapping[str, Any]:
        return {"ExposureTime": 12_000, "AnalogueGain": 2.0, "LensPosition": 8.5}

    def release(self) -> None:
        assert not self._released, "a request is released once"
        self._released = True
        self._device.lent -= 1


class FakePicamera2:
    """The methods of Picamera2 that the driver uses, with its rules about order and buffers."""

    BUFFERS = 4

    def __init__(self) -> None:
        self.lent = 0
        self.mode: Any = None
        self.started = False
        self.closed = False
        self.plugged = True
        self.frozen = False
        self.flushed = 0
        self.calls: list[str] = []

    def create_preview_configuration(self, **options: Any) -> Any:
        return {"use_case": "preview", **options}

    def create_still_configuration(self, **options: Any) -> Any:
        return {"use_case": "still", **options}

    def configure(self, camera_config: Any) -> None:
        if self.started:
            raise RuntimeError("Camera must be stopped before configuring")
        if "Refused" in camera_config["controls"]:
            raise RuntimeError("Control Refused is not advertised by libcamera")
        self.mode = camera_config

    def start(self) -> None:
        if self.mode is None:
            raise RuntimeError("Camera has not been configured")
        self.started = True

    def switch_mode(self, camera_config: Any, wait: Any = None) -> Any:
        self._answer(wait)
        self.calls.append(camera_config["use_case"])
        self.mode = camera_config
        return camera_config

    def capture_request(self, wait: Any = None, *, flush: Any = None) -> FakeRequest:
        self._answer(wait)
        assert self.lent < self.BUFFERS, "the camera has no buffer left"
        self.calls.append("fresh" if flush else "newest")
        self.lent += 1
        return FakeRequest(self, self.mode["main"].get("size", STILL_SIZE))

    def cancel_all_and_flush(self) -> None:
        self.flushed += 1

    def close(self) -> None:
        self.closed = True

    def _answer(self, wait: Any) -> None:
        assert wait, "a call without a limit may never return"
        if not self.plugged:
            raise RuntimeError("camera has been closed")
        if self.frozen:
            raise TimeoutError
