"""A camera that plays a folder of images or a film: the demo, the tests, a laptop without one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from device.camera.base import (
    CameraAbsentError,
    CameraGoneError,
    CameraImageError,
    Frame,
    Image,
)
from domain.clock import Clock

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".webp"})


class FilmCamera:
    """Plays the frames of a film, and begins again after the last."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the film.

        Raises:
            CameraAbsentError: There is no such file, or no frame in it.
        """
        self._path = path
        self._clock = clock
        self._film = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        if not self._film.isOpened():
            raise CameraAbsentError(f"{path} is no film")

    def preview(self, *, timeout_s: float) -> Frame:
        """Return the next frame."""
        return self.capture(timeout_s=timeout_s)

    def capture(self, *, timeout_s: float) -> Frame:
        """Return the next frame."""
        read, pixels = self._film.read()
        if not read:
            self._film.set(cv2.CAP_PROP_POS_FRAMES, 0)
            read, pixels = self._film.read()
        if not read:
            raise CameraGoneError(f"no frame left in {self._path.name}")
        image = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
        return Frame(image, taken_at=self._clock.now())

    def burst(self, count: int, *, timeout_s: float) -> list[Frame]:
        """Return the next `count` frames."""
        return [self.capture(timeout_s=timeout_s) for _ in range(count)]

    def close(self) -> None:
        """Close the file."""
        self._film.release()


class ReplayCamera:
    """Plays images in the order of their names, and begins again after the last.

    The folder is looked at again at the end of each round, and at once when its name leads
    somewhere else: it may be a link that is switched to another scene while the camera runs.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Open the folder.

        Raises:
            CameraAbsentError: There is no such folder, or no image in it.
        """
        self._folder = folder
        self._clock = clock
        self._scene: Path | None = None
        self._paths: list[Path] = []
        if not self._listed():
            raise CameraAbsentError(f"no image in {folder}")

    def preview(self, *, timeout_s: float) -> Frame:
        """Return the next image; a film has one size."""
        return self.capture(timeout_s=timeout_s)

    def capture(self, *, timeout_s: float) -> Frame:
        """Return the next image of the scene that the folder leads to now."""
        if self._folder.resolve() != self._scene or not self._paths:
            self._paths = self._listed()
        if not self._paths:
            raise CameraGoneError(f"no image left in {self._folder}")
        return Frame(read_rgb(self._paths.pop(0)), taken_at=self._clock.now())

    def burst(self, count: int, *, timeout_s: float) -> list[Frame]:
        """Return the next `count` images."""
        return [self.capture(timeout_s=timeout_s) for _ in range(count)]

    def close(self) -> None:
        """Forget the list; nothing is held open."""
        self._paths = []
        self._scene = None

    def _listed(self) -> list[Path]:
        self._scene = self._folder.resolve()
        try:
            names = [path for path in self._scene.iterdir() if path.suffix.lower() in SUFFIXES]
        except OSError:
            return []
        return sorted(names)


def read_rgb(path: Path) -> Image:
    """Return the pixels of an image file in R, G, B, turned as its EXIF says.

    Raises:
        CameraGoneError: The file cannot be read.
        CameraImageError: The file is no image.
    """
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise CameraGoneError(f"{path.name}: {error.strerror}") from error
    pixels = cv2.imdecode(content, cv2.IMREAD_COLOR_RGB) if content.size else None
    if pixels is None:
        raise CameraImageError(f"{path.name} is no image")
    return np.asarray(pixels, np.uint8)
