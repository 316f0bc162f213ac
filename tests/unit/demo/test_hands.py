"""The hands of `make kiosk` show what the screen asks for, and who comes next."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import scenes
from demo.cast import invent_visits
from demo.hands import PAUSE_POLLS, Hands
from demo.places import Places


class Table:
    """What lies before the camera, and the hands that put it there."""

    def __init__(self, root: Path) -> None:
        self.places, self.frames = Places(root), root / "frames"
        self.places.station.mkdir(parents=True)
        visits = invent_visits(1, 2)
        for visit in visits:
            for shot in scenes.SHOTS:
                for attempt in range(2):
                    (self.frames / f"{visit.number:02d}" / f"{shot}-{attempt}").mkdir(parents=True)
        self.hands = Hands(self.places, self.frames, visits, "http://127.0.0.1:9")

    def at(self, step: str | None, attempts: int = 0, *, polls: int = PAUSE_POLLS) -> str:
        """Stand at a step for a while, and say what lies before the camera then."""
        for _ in range(polls):
            self.hands.follow(step, attempts)
        return str(self.places.scene.resolve().relative_to(self.frames.resolve()))


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


def test_each_visit_brings_the_next_person_and_the_first_again_after_the_last(
    table: Table,
) -> None:
    shown = []
    for _ in range(3):
        assert table.at("consent") == "table"
        shown.append([table.at("front"), table.at("back"), table.at("live_photo")])
        assert table.at("summary") == "table"
        assert table.at(None) == "table"
    first, second = (
        [f"{number:02d}/{shot}-0" for shot in ("front", "back", "live")] for number in (1, 2)
    )
    assert shown == [first, second, first]


def test_an_attempt_that_was_not_taken_is_followed_by_another_photograph(table: Table) -> None:
    table.at("consent")
    assert table.at("front") == "01/front-0"
    assert table.at("front", 1) == "01/front-1"


def test_the_screen_sees_an_empty_table_before_a_credential_lies_there(table: Table) -> None:
    table.at("consent")
    assert table.at("front", polls=PAUSE_POLLS - 1) == "table"
    assert table.at("front", polls=1) == "01/front-0"
