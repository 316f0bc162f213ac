"""What a killed demo remembers."""

from pathlib import Path

from demo.cast import invent_visits
from demo.journal import Journal
from demo.kiosk import Guarded
from demo.places import Ports
from demo.score import Score

VISITS = invent_visits(1)
PORTS = Ports(portal=1, stations=2, provider=3, kiosk=4)
DONE = Guarded(VISITS[0], "A-B-C-1", Score(9, 1, 0), ("nombres",), {"front": 1}, ("x",), 900, 40)


class TestJournal:
    def test_gives_back_what_was_noted(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "journal.jsonl")
        journal.begin(1, PORTS, 5)
        journal.note(DONE)
        journal.note_untold(VISITS[1])
        again = Journal(tmp_path / "journal.jsonl")
        assert again.prepared(1) == (PORTS, 5)
        assert again.guarded(VISITS) == [DONE]
        assert again.untold(VISITS) == [VISITS[1]]

    def test_does_not_go_on_with_another_seed_nor_with_a_finished_demo(
        self, tmp_path: Path
    ) -> None:
        journal = Journal(tmp_path / "journal.jsonl")
        assert journal.prepared(1) is None
        journal.begin(1, PORTS, 5)
        assert journal.prepared(2) is None
        journal.finish()
        assert journal.prepared(1) is None

    def test_forgets_the_line_that_was_being_written(self, tmp_path: Path) -> None:
        path = tmp_path / "journal.jsonl"
        journal = Journal(path)
        journal.begin(1, PORTS, 5)
        journal.note(DONE)
        path.write_bytes(path.read_bytes()[:-9])
        assert journal.prepared(1) == (PORTS, 5)
        assert journal.guarded(VISITS) == []
