"""Where the shutter stands for the side, or the face, that the visit waits for.

Looking at a frame is no touch: a card that lies before the camera keeps nobody signed in.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Protocol

from device.camera.base import Image
from device.capture.face_gate import CODES as FACE_ORDER
from device.capture.session import AwaitingLivePhoto, Case, Open, Shooting, Step
from device.capture.shutter import Points, Rules, Seen, Shutter
from device.inference.base import Quad
from device.inference.reader import Preview
from domain.clock import Clock
from domain.credential.fields import Side

CARD_ORDER = (
    "card.not_a_credential",
    "side.other",
    "card.cut",
    "card.too_small",
    "card.tilted",
    "quality.dark",
    "quality.bright",
    "card.covered",
    "quality.glare",
    "quality.motion",
    "quality.blurred",
)
# Nobody holds the head as still as a card lies; a shake is told by the sharpness.
FACE_RULES = Rules(still=0.04, drift=0.1, order=FACE_ORDER)
# Which side it is costs half of finding the card: it is asked of every fourth frame.
_CLASSIFY_EVERY = 4


class Eyes(Protocol):
    """What is looked through: a desk, whose visit says what is looked for."""

    @property
    def case(self) -> Case | None: ...
    def guide(self, image: Image, *, classify: bool = False) -> Preview | None: ...
    def guide_face(self, image: Image) -> Seen | None: ...


class Guide:
    """The shutter of one station, from frame to frame and from page to page."""

    def __init__(self, clock: Clock, *, automatic: bool = True) -> None:
        self._clock = clock
        self._automatic = automatic
        self._lock = threading.Lock()
        self._shutter = Shutter()
        # Which visit, step and attempt the shutter is for.
        self._visit: tuple[Eyes, int] | None = None
        self._attempt: tuple[Step, int] | None = None
        self._frames = 0
        self._kind: str | None = None

    @property
    def automatic(self) -> bool:
        """Whether pictures take themselves."""
        return self._automatic

    def look(self, desk: Eyes, step: Step, image: Image) -> Shutter | None:
        """Return where the shutter stands after one more preview frame.

        Returns:
            None while the reader is busy, or when the visit is not at this step.
        """
        with self._lock:
            case = desk.case
            if not isinstance(case, Open) or case.step is not step:
                return None
            self._begin(desk, case, step)
            is_face = step is Step.LIVE_PHOTO
            seen = desk.guide_face(image) if is_face else self._see(desk, step, image)
            if seen is None:
                return None
            self._shutter = self._shutter.after(seen, self._clock.monotonic_ms())
            return self._shutter

    def _begin(self, desk: Eyes, case: Open, step: Step) -> None:
        visit = desk, case.began_ms
        attempt = step, case.attempts if isinstance(case, Shooting | AwaitingLivePhoto) else 0
        is_other = attempt != self._attempt
        # Nobody looks while a live photo is shown: whoever looks again wants another one.
        if visit != self._visit or (is_other and step is Step.LIVE_PHOTO):
            self._shutter = self._fresh(step)
        elif is_other:
            # The card of the last picture still lies there: it is not taken for the next one.
            self._shutter = self._shutter.spent()
        if (visit, attempt) != (self._visit, self._attempt):
            self._visit, self._attempt, self._frames = visit, attempt, 0

    def _fresh(self, step: Step) -> Shutter:
        if step is Step.LIVE_PHOTO:
            return Shutter(replace(FACE_RULES, automatic=self._automatic))
        return Shutter(Rules(automatic=self._automatic, order=CARD_ORDER))

    def _see(self, desk: Eyes, step: Step, image: Image) -> Seen | None:
        preview = desk.guide(image, classify=self._frames % _CLASSIFY_EVERY == 0)
        if preview is None:
            return None
        if preview.quad is None:
            # The next card is looked at whole, at once.
            self._frames, self._kind = 0, None
            return Seen(None, preview.reasons)
        self._frames += 1
        if preview.kind is not None:
            self._kind = preview.kind.side.value if preview.kind.side else "none"
        points = share_of(preview.quad, image)
        return Seen(points, _with_side(preview.reasons, self._kind, step), self._kind)


def share_of(quad: Quad, image: Image) -> Points:
    """Return the corners as shares of the picture, the uppermost left one first.

    One pass over a small picture does not know which end of the card is up: without an order of
    their own the corners would change places from frame to frame.
    """
    height, width = image.shape[:2]
    points = [(x / width, y / height) for x, y in quad.corners]
    first = min(range(4), key=lambda i: sum(points[i]))
    return tuple(points[first:] + points[:first])


def _with_side(reasons: tuple[str, ...], kind: str | None, step: Step) -> tuple[str, ...]:
    if kind == "none":
        return (*reasons, "card.not_a_credential")
    wanted = Side.FRONT if step is Step.FRONT else Side.BACK
    return reasons if kind is None or kind == wanted else (*reasons, "side.other")
