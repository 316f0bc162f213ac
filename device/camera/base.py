"""What every camera of the station offers, and how it fails.

CameraError
├── CameraAbsentError    no such device, or somebody else holds it
├── CameraGoneError      it was there and answers no more: unplugged, or its driver died
├── CameraTimeoutError   no frame within the time given
└── CameraImageError     a frame that is no image
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

import numpy as np
import numpy.typing as npt

from device.errors import StationError

Image = npt.NDArray[np.uint8]


class CameraError(StationError):
    """A camera could not do what was asked; `code` is stable, the message is for a log."""

    code = "camera.error"


class CameraAbsentError(CameraError):
    """There is no such camera, or it cannot be opened."""

    code = "camera.absent"


class CameraGoneError(CameraError):
    """The camera answered before and does not any more; open it again."""

    code = "camera.gone"


class CameraTimeoutError(CameraError):
    """No frame came within the time given."""

    code = "camera.timeout"


class CameraImageError(CameraError):
    """What came is no image."""

    code = "camera.image"


@dataclass(frozen=True, eq=False)
class Frame:
    """One image in R, G, B, height × width × 3, with what the camera said about it.

    `taken_at` is the station's clock when the frame was handed over; exposure is in microseconds,
    gain a factor, `lens_position` in dioptres; None is a camera that does not say.
    """

    image: Image = field(repr=False)
    taken_at: datetime
    exposure_us: int | None = None
    gain: float | None = None
    lens_position: float | None = None


@dataclass(frozen=True)
class StreamSettings:
    """What is asked of a camera before its first frame.

    Sizes are (width, height) in pixels; None asks for the sensor's own. `pixel_format` is a
    V4L2 FourCC. `controls` are passed on by name (exposure in microseconds, gain as a factor).
    """

    still_size: tuple[int, int] | None = None
    preview_size: tuple[int, int] = (1280, 720)
    pixel_format: str = "MJPG"
    frames_per_s: int = 15
    buffers: int = 4
    controls: Mapping[str, float | int | bool] = field(default_factory=lambda: MappingProxyType({}))


class Camera(Protocol):
    """A source of images, for one thread at a time; it raises `CameraError` and nothing else."""

    def preview(self, *, timeout_s: float) -> Frame:
        """Take one frame for guidance: quick, and as small as the camera offers."""
        ...

    def capture(self, *, timeout_s: float) -> Frame:
        """Take one still, at full resolution, exposed after the call."""
        ...

    def burst(self, count: int, *, timeout_s: float) -> list[Frame]:
        """Take `count` stills one after the other; `timeout_s` is for each of them."""
        ...

    def close(self) -> None:
        """Give the device back; a second call does nothing."""
        ...
