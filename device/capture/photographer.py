"""What the camera gives a visit: bursts of a side that were read, live photos, and guidance."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from device.camera.base import Frame, Image
from device.capture import live_photo
from device.capture.pictures import PRINT_QUALITY, RECORD_QUALITY, to_jpeg
from device.capture.session import AwaitingBack, AwaitingFront, Shot
from device.capture.shutter import Seen
from device.inference.base import CARD_WIDTH_PX, InferenceError
from device.inference.reader import Preview, combine
from device.inference.reading import Reading
from device.inference.rectify import rectify
from domain.credential.fields import Side
from wire.policy import Process

# A field this sure, on a side whose fields all agree, gains nothing from another frame.
_CLEAR = 0.97


class Reader(Protocol):
    """Reads credentials; one thread at a time."""

    def read(self, image: Image, *, today: date | None) -> Reading: ...
    def preview(self, image: Image, *, classify: bool = False) -> Preview: ...


class Stills(Protocol):
    """Gives bursts of stills; it raises `CameraError`."""

    def burst(self, count: int, *, timeout_s: float | None = None) -> list[Frame]: ...


class Photographer:
    """Camera, reader and finder of one station, shared by whoever captures there."""

    def __init__(
        self,
        camera: Stills,
        reader: Reader | None,
        finder: live_photo.FaceFinder | None = None,
        *,
        burst: int = 3,
    ) -> None:
        self._camera = camera
        self._reader = reader
        self._finder = finder
        self._burst = burst
        # Photographing takes seconds: whoever asks where the visit stands does not wait for it.
        self.shooting = threading.Lock()
        self._reading = threading.Lock()
        self._looking = threading.Lock()

    def side(self, side: Side, case: AwaitingFront | AwaitingBack, *, today: date) -> Shot:
        """Take a burst of one side and read it.

        Raises:
            CameraError: No frame.
        """
        return self._read(self._camera.burst(self._burst), side, case, today)

    def read_once(self, *, today: date) -> Reading:
        """Take one still and read whatever side it shows, for a test of camera and reader.

        Raises:
            CameraError: No frame.
        """
        with self.shooting:
            frame = self._camera.burst(1)[0]
            if self._reader is None:
                return Reading(found=False, reasons=("reader.unavailable",))
            with self._reading:
                return self._reader.read(frame.image, today=today)

    def face(self) -> live_photo.FacePhoto:
        """Take a live photo, the best of a burst.

        Raises:
            CameraError: No frame.
        """
        frames = self._camera.burst(self._burst)
        with self._looking:
            return live_photo.best_of([frame.image for frame in frames], self._finder)

    def guide(self, image: Image, *, classify: bool = False) -> Preview | None:
        """Return guidance for a preview frame, None when the reader is busy or absent.

        `classify` asks which side it is too.
        """
        if self._reader is None or not self._reading.acquire(blocking=False):
            return None
        try:
            return self._reader.preview(image, classify=classify)
        except InferenceError:
            return None
        finally:
            self._reading.release()

    @property
    def finds_faces(self) -> bool:
        """Say whether faces are looked for at all."""
        return self._finder is not None

    def guide_face(self, image: Image) -> Seen | None:
        """Return what the live photo still lacks; None where nothing looks for faces now."""
        if self._finder is None or not self._looking.acquire(blocking=False):
            return None
        try:
            return live_photo.guide(image, self._finder)
        finally:
            self._looking.release()

    def _read(
        self,
        frames: Sequence[Frame],
        side: Side,
        case: AwaitingFront | AwaitingBack,
        today: date,
    ) -> Shot:
        attempt = case.attempts + 1
        if self._reader is None:
            # Manual framing: the photo may be kept at once.
            photo = to_jpeg(frames[-1].image, quality=RECORD_QUALITY)
            unread = Reading(found=False, reasons=("reader.unavailable",))
            enough = case.process.attempts_before_fallback
            return Shot(photo, None, unread, unread.reasons, max(attempt, enough))
        readings: list[Reading] = []
        with self._reading:
            for frame in frames:
                readings.append(self._reader.read(frame.image, today=today))
                if _is_clear(readings[-1], side):
                    break
        reading = combine(readings, today=today)
        best = next((i for i, r in enumerate(readings) if r.quad is reading.quad), 0)
        image = frames[best].image
        return Shot(
            photo=to_jpeg(image, quality=RECORD_QUALITY),
            card=_card(image, reading),
            reading=reading,
            reasons=_reasons(reading, side, case.process),
            attempt=attempt,
        )


def _is_clear(reading: Reading, side: Side) -> bool:
    """Say whether one frame told everything: the others would only cost time."""
    return (
        reading.accepted
        and reading.side is side
        and not reading.checks
        and all(field.confidence >= _CLEAR for field in reading.fields.values())
    )


def _reasons(reading: Reading, side: Side, process: Process) -> tuple[str, ...]:
    reasons = list(reading.reasons)
    if reading.found and reading.side is not side:
        reasons.append("side.other")
    if reading.model is not None and reading.model.value not in process.models:
        reasons.append("model.not_accepted")
    return tuple(sorted(reasons))


def _card(image: Image, reading: Reading) -> bytes | None:
    if reading.quad is None:
        return None
    return to_jpeg(rectify(image, reading.quad), longest_px=CARD_WIDTH_PX, quality=PRINT_QUALITY)
