"""The automatic shutter: one instruction for each frame, and the moment to take the picture.

It knows nothing of cards and faces: whoever looks at the frames says what keeps the shutter closed
(codes) and where the subject is (points). A value of it is where things stand after a frame;
`after` returns the next one, so that the same frames at the same times always end the same way.

    searching → adjusting → holding → fire → spent → … → searching

It fires once. Spent, it waits until something changed: the subject left, moved, or is another one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import hypot

# x and y, 0…1 of the picture.
Points = tuple[tuple[float, float], ...]

NOTHING_FOUND = "shutter.nothing_found"
HOLD_STILL = "shutter.hold_still"
HOLDING = "shutter.holding"
PRESS = "shutter.press"
CHANGE_SOMETHING = "shutter.change_something"
TAKING = "shutter.taking"


class Gate(StrEnum):
    """What the shutter does now."""

    SEARCHING = "searching"
    ADJUSTING = "adjusting"
    HOLDING = "holding"
    FIRE = "fire"
    SPENT = "spent"


@dataclass(frozen=True)
class Seen:
    """What one frame shows: `points` of the subject, None when there is none.

    `codes` keep the shutter closed. `kind` tells subjects apart at one place (a card that was
    turned over), None where that was not looked at.
    """

    points: Points | None
    codes: tuple[str, ...] = ()
    kind: str | None = None


@dataclass(frozen=True)
class Rules:
    """When the shutter opens; distances are shares of the subject's size.

    It holds for `frames` frames and `hold_ms`, between two of which no point moves by more than
    `still`, nor by more than `drift` from where it was when the holding began. Spent, it takes
    `changed` for another try. A new instruction stands after `settle_ms`, or the words would
    flicker. `order` puts the most urgent code first; the others follow by their names.
    """

    frames: int = 4
    hold_ms: int = 600
    # One pass of the detector over a noisy preview moves a corner by up to 0.02 of a still card.
    still: float = 0.035
    drift: float = 0.08
    changed: float = 0.15
    settle_ms: int = 250
    automatic: bool = True
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shutter:
    """Where the shutter stands after a frame.

    `hint` is the code of the one instruction, `progress` how much of the holding is done, 0…1.
    """

    rules: Rules = Rules()
    gate: Gate = Gate.SEARCHING
    hint: str = NOTHING_FOUND
    progress: float = 0.0
    seen: Seen = Seen(None)
    _hold: _Hold | None = field(default=None, repr=False)
    _fired_at: Seen | None = field(default=None, repr=False)
    _wish: tuple[str, int] = field(default=(NOTHING_FOUND, 0), repr=False)

    def after(self, seen: Seen, at_ms: int) -> Shutter:
        """Return where it stands after one more frame, taken at a monotonic `at_ms`."""
        if self.gate is Gate.FIRE:
            # Whoever was to take the picture may not have done so yet: once is enough.
            return self.spent().after(seen, at_ms)
        if self.gate is Gate.SPENT and not self._is_changed(seen):
            hint = self._most_urgent(seen.codes) or CHANGE_SOMETHING
            return self._turn(seen, at_ms, Gate.SPENT, hint)
        if seen.points is None:
            hint = self._most_urgent(seen.codes) or NOTHING_FOUND
            return self._turn(seen, at_ms, Gate.SEARCHING, hint)
        if seen.codes:
            return self._turn(seen, at_ms, Gate.ADJUSTING, self._most_urgent(seen.codes) or "")
        if self._moved(seen):
            return self._turn(seen, at_ms, Gate.ADJUSTING, HOLD_STILL)
        return self._held(seen, seen.points, at_ms)

    def spent(self) -> Shutter:
        """Return it after a picture was taken, by itself or by hand: what is seen now was taken."""
        return replace(self, gate=Gate.SPENT, progress=0.0, _hold=None, _fired_at=self.seen)

    def _held(self, seen: Seen, points: Points, at_ms: int) -> Shutter:
        begun = self._hold or _Hold(points, at_ms)
        hold = replace(begun, frames=begun.frames + 1)
        by_frames = hold.frames / self.rules.frames
        by_time = (at_ms - hold.since_ms) / max(self.rules.hold_ms, 1)
        progress = min(1.0, by_frames, by_time)
        if progress < 1:
            return self._turn(seen, at_ms, Gate.HOLDING, HOLDING, hold, progress)
        if not self.rules.automatic:
            return self._turn(seen, at_ms, Gate.HOLDING, PRESS, hold, progress)
        fired = self._turn(seen, at_ms, Gate.FIRE, TAKING)
        return replace(fired, progress=1.0, _fired_at=seen)

    def _turn(
        self,
        seen: Seen,
        at_ms: int,
        gate: Gate,
        hint: str,
        hold: _Hold | None = None,
        progress: float = 0.0,
    ) -> Shutter:
        wished, since_ms = self._wish
        wish = self._wish if hint == wished else (hint, at_ms)
        is_settled = hint == wished and at_ms - since_ms >= self.rules.settle_ms
        # Whoever holds still, and whoever spoilt it, must know at once.
        is_urgent = Gate.HOLDING in (gate, self.gate) or gate is Gate.FIRE
        return replace(
            self,
            gate=gate,
            hint=hint if is_settled or is_urgent else self.hint,
            progress=progress,
            seen=seen,
            _hold=hold,
            _fired_at=self._fired_at if gate is Gate.SPENT else None,
            _wish=wish,
        )

    def _most_urgent(self, codes: tuple[str, ...]) -> str | None:
        order = self.rules.order
        rank = {code: place for place, code in enumerate(order)}
        return min(codes, key=lambda code: (rank.get(code, len(order)), code), default=None)

    def _moved(self, seen: Seen) -> bool:
        since_last = _distance(self.seen.points, seen.points)
        since_begun = _distance(self._hold.points, seen.points) if self._hold else 0.0
        return since_last > self.rules.still or since_begun > self.rules.drift

    def _is_changed(self, seen: Seen) -> bool:
        taken = self._fired_at
        if taken is None or seen.points is None:
            return True
        if taken.kind and seen.kind and taken.kind != seen.kind:
            return True
        return _distance(taken.points, seen.points) > self.rules.changed


@dataclass(frozen=True)
class _Hold:
    """Since when, and from where, everything has been right."""

    points: Points
    since_ms: int
    frames: int = 0


def _distance(before: Points | None, after: Points | None) -> float:
    """Return how far the point that moved most did, in sizes of the subject; unlike is far."""
    if before is None or after is None or len(before) != len(after):
        return 1.0
    size = hypot(*(max(axis) - min(axis) for axis in zip(*before, strict=True))) or 1.0
    moves = (hypot(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in zip(before, after, strict=True))
    return max(moves) / size
