"""Which picture of a burst is kept, and how many are read."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np

from device.camera.base import Frame, Image
from device.capture.photographer import Photographer
from device.capture.session import AwaitingFront
from device.inference.base import Model, Quad
from device.inference.reader import Preview
from device.inference.reading import FieldReading, Quality, Reading
from domain.credential.fields import Side, Source
from tests.kiosks import kiosk_policy
from tests.stations import Centre, FakeClock
from wire.record import Consent

CASE = AwaitingFront(
    process=kiosk_policy(Centre()).processes[0], began_ms=0, consent=Consent("1", 0)
)
TODAY = date(2026, 11, 26)


class Burst:
    """Frames told apart by their tone, and a reader that knows how good each of them is."""

    def __init__(self, *worths: tuple[float, bool, tuple[str, ...]]) -> None:
        self.worths = worths
        self.reads = 0

    def burst(self, count: int, *, timeout_s: float | None = None) -> list[Frame]:
        tones = range(40, 40 + 40 * len(self.worths), 40)
        pictures = (np.full((200, 320, 3), tone, np.uint8) for tone in tones)
        return [Frame(picture, taken_at=FakeClock().now()) for picture in pictures]

    def read(self, image: Image, *, today: date | None) -> Reading:
        focus, inside, reasons = self.worths[(int(image[0, 0, 0]) - 40) // 40]
        self.reads += 1
        return Reading(
            found=True,
            reasons=reasons,
            # As the camera sees it: never twice at the very same place.
            quad=Quad(((10.0, 10.0 + self.reads), (300.0, 10.0), (300.0, 190.0), (10.0, 190.0))),
            side=Side.FRONT,
            model=Model.G,
            fields={"clave_elector": FieldReading("EJPRLS90010109M000", 0.9, Source.TEXT)},
            quality=Quality(0.8 * focus, 0.6, 0.0, 0.0, 0.5, 12.0, inside=inside),
        )

    def preview(self, image: Image, *, classify: bool = False) -> Preview:
        raise NotImplementedError  # nobody looks before the burst here

    def kept(self) -> int:
        """Return the place in the burst of the picture that was kept."""
        shot = Photographer(self, self, burst=len(self.worths)).side(Side.FRONT, CASE, today=TODAY)
        photo = cv2.imdecode(np.frombuffer(shot.photo, np.uint8), cv2.IMREAD_COLOR)
        assert photo is not None
        return round((float(photo.mean()) - 40) / 40)


class TestTheBestOfABurst:
    def test_is_the_sharpest(self) -> None:
        assert Burst((0.5, True, ()), (0.9, True, ()), (0.7, True, ())).kept() == 1

    def test_is_a_whole_one_before_a_sharp_one(self) -> None:
        cut = ("card.cut",)
        blurred = ("quality.blurred",)
        assert Burst((0.9, False, cut), (0.3, True, blurred), (0.8, False, cut)).kept() == 1

    def test_is_one_that_the_gate_takes_before_any_other(self) -> None:
        assert Burst((0.9, True, ("quality.glare",)), (0.4, True, ())).kept() == 1
