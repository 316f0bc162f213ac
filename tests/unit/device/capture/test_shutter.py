"""When the picture is taken by itself, and what the person is told until then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import hypothesis.strategies as st
from hypothesis import given

from device.capture.shutter import (
    CHANGE_SOMETHING,
    HOLD_STILL,
    HOLDING,
    NOTHING_FOUND,
    PRESS,
    Gate,
    Points,
    Rules,
    Seen,
    Shutter,
)

EVERY_MS = 70
CORNERS: Points = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
GOOD = Seen(CORNERS, kind="front")
GLARE = Seen(CORNERS, ("quality.glare",), kind="front")
NOTHING = Seen(None, ("card.not_found",))
TURNED = Seen(CORNERS, kind="back")
ENOUGH = 20


def moved(by: float) -> Seen:
    return Seen(tuple((x + by, y) for x, y in CORNERS), kind="front")


def states(frames: Iterable[Seen], shutter: Shutter | None = None) -> list[Shutter]:
    """Show frames one after the other; return where the shutter stood after each."""
    stood = [shutter or Shutter()]
    for number, seen in enumerate(frames):
        stood.append(stood[-1].after(seen, number * EVERY_MS))
    return stood[1:]


def shots(frames: Sequence[Seen]) -> list[int]:
    return [n for n, state in enumerate(states(frames)) if state.gate is Gate.FIRE]


class TestTheShutter:
    def test_takes_one_picture_of_a_card_that_lies_still(self) -> None:
        assert len(shots([GOOD] * 200)) == 1

    def test_counts_down_while_it_holds(self) -> None:
        holding = [s for s in states([GOOD] * ENOUGH) if s.gate is Gate.HOLDING]
        progress = [state.progress for state in holding]
        assert progress == sorted(progress)
        assert {state.hint for state in holding} == {HOLDING}

    def test_waits_for_the_hand_where_it_is_not_automatic(self) -> None:
        by_hand = states([GOOD] * ENOUGH, Shutter(Rules(automatic=False)))
        assert Gate.FIRE not in {state.gate for state in by_hand}
        assert (by_hand[-1].gate, by_hand[-1].hint) == (Gate.HOLDING, PRESS)

    def test_asks_to_hold_still_while_the_card_moves(self) -> None:
        sliding = states([moved(0.05 * n) for n in range(8)])
        assert {state.gate for state in sliding} == {Gate.ADJUSTING}
        assert sliding[-1].hint == HOLD_STILL

    def test_does_not_take_a_card_that_drifts_away_slowly(self) -> None:
        assert shots([moved(0.01 * n) for n in range(40)]) == []

    def test_begins_to_count_again_when_something_comes_between(self) -> None:
        assert shots([GOOD] * 6 + [GLARE] + [GOOD] * 6) == []

    def test_takes_no_second_picture_of_a_card_that_was_not_touched(self) -> None:
        again = states([GOOD] * 60, Shutter(seen=GOOD).spent())
        assert {state.gate for state in again} == {Gate.SPENT}
        assert again[-1].hint == CHANGE_SOMETHING

    def test_takes_another_one_when_the_card_was_lifted_moved_or_turned(self) -> None:
        for change in ([NOTHING, *[GOOD] * ENOUGH], [moved(0.2)] * ENOUGH, [TURNED] * ENOUGH):
            assert len(shots([*[GOOD] * ENOUGH, *change])) == 2

    def test_says_nothing_new_for_a_single_frame(self) -> None:
        stood = states([NOTHING] * 6 + [GLARE] + [NOTHING] * 6)
        assert {state.hint for state in stood[5:]} == {"card.not_found"}

    def test_says_the_most_urgent_thing_alone(self) -> None:
        rules = Rules(order=("side.other", "quality.glare"))
        bad = Seen(CORNERS, ("card.cut", "quality.glare", "side.other"))
        assert states([bad] * 6, Shutter(rules))[-1].hint == "side.other"

    def test_says_that_nothing_is_there_before_the_first_frame(self) -> None:
        assert (Shutter().gate, Shutter().hint) == (Gate.SEARCHING, NOTHING_FOUND)


JITTER = st.floats(-0.004, 0.004)
FRAMES = st.lists(
    st.one_of(
        st.sampled_from([GOOD, GLARE, NOTHING, TURNED]),
        st.builds(moved, st.floats(-0.19, 0.19)),
        st.builds(moved, JITTER),
    ),
    max_size=60,
)


class TestAnyFrames:
    @given(FRAMES)
    def test_never_open_it_while_a_code_stands_or_nothing_is_there(
        self, frames: list[Seen]
    ) -> None:
        for number in shots(frames):
            assert frames[number].points is not None
            assert not frames[number].codes

    @given(FRAMES)
    def test_open_it_after_enough_good_ones_only(self, frames: list[Seen]) -> None:
        rules = Rules()
        for number in shots(frames):
            held = frames[number - rules.frames + 1 : number + 1]
            assert len(held) == rules.frames
            assert all(seen.points is not None and not seen.codes for seen in held)

    @given(FRAMES, st.lists(JITTER, min_size=ENOUGH, max_size=ENOUGH))
    def test_end_in_a_picture_when_a_fresh_card_trembles_no_more_than_it_may(
        self, before: list[Seen], trembling: list[float]
    ) -> None:
        frames = [*before, NOTHING, *(moved(by) for by in trembling)]
        assert any(number > len(before) for number in shots(frames))

    @given(FRAMES)
    def test_never_open_it_twice_without_a_change_between(self, frames: list[Seen]) -> None:
        taken = shots(frames)
        for first, second in pairwise(taken):
            between = frames[first + 1 : second + 1]
            assert any(
                seen.points is None
                or seen.kind != frames[first].kind
                or _far(seen.points, frames[first].points)
                for seen in between
            )


def _far(points: Points, others: Points | None) -> bool:
    assert others is not None
    # The card's diagonal is 0.85 of the picture: 0.15 of it.
    return abs(points[0][0] - others[0][0]) > 0.127
