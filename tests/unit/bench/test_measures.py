"""The rows of the comparison: counted alike for us and for peers, each beside its target."""

from bench.calibration import bins, expected_error, reliability
from bench.comparison import Column, comparison, speed, verdict
from bench.measures import MEASURES, all_exact, exact
from bench.scoring import Given, Mistake, Score

NAMES = ("nombres", "apellido_paterno", "apellido_materno")


def card(**outcomes: str) -> Score:
    return Score(
        frame="a.jpg",
        difficulty="easy",
        model="D",
        side="front",
        has_card=True,
        found=True,
        iou=0.95,
        outcomes=outcomes,
        ms={"total": 40.0},
    )


class TestCounts:
    def test_each_printed_value_counts_by_itself(self) -> None:
        scores = [card(nombres="exact", apellido_paterno="wrong"), card(nombres="abstained")]
        assert exact(NAMES)(scores) == (1, 3)

    def test_a_card_counts_when_all_that_it_prints_is_exact(self) -> None:
        scores = [
            card(nombres="exact", apellido_paterno="exact"),
            card(nombres="exact", apellido_paterno="abstained"),
            card(curp="exact"),
        ]
        assert all_exact(NAMES)(scores) == (1, 2)

    def test_every_target_of_the_issue_has_one_figure_a_tier(self) -> None:
        assert all(m.target is None or len(m.target) == 3 for m in MEASURES)


class TestVerdict:
    def test_less_is_better_where_the_target_is_an_upper_bound(self) -> None:
        wrong = next(m for m in MEASURES if m.title.startswith("wrong, of"))
        assert verdict(wrong, "easy", 0, 100) == " ✓"
        assert verdict(wrong, "easy", 1, 100) == " ✗"

    def test_nothing_asked_is_no_verdict(self) -> None:
        assert verdict(MEASURES[0], "easy", 0, 0) == ""


class TestComparison:
    def test_a_peer_is_not_asked_what_it_was_given(self) -> None:
        ours = Column("ours", [card(mrz="exact")], ours=True)
        peer = Column("peer, true corners", [card(mrz="abstained")], helped=True)
        rows = {
            line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]]
            for line in comparison([ours, peer]).splitlines()
            if line.startswith("|")
        }
        assert rows["detection, IoU ≥ 0.9"] == ["≥ 99.9", "100.0 [20.7–100.0] ✓", "–"]
        assert rows["MRZ, three lines"] == ["≥ 99", "100.0 [20.7–100.0] ✓", "0.0 [0.0–79.3]"]

    def test_a_wrong_value_that_passes_its_checks_is_its_own_row(self) -> None:
        one = card(curp="wrong")
        mistake = Mistake("curp", "A", "B", 0.99, passes_checks=True)
        scored = Score(**{f: getattr(one, f) for f in one.__slots__} | {"mistakes": (mistake,)})
        table = comparison([Column("ours", [scored], ours=True)])
        row = next(line for line in table.splitlines() if "passing all" in line)
        assert "100.0" in row
        assert "✗" in row

    def test_speed_is_told_in_times_ours(self) -> None:
        slow = Score(**{f: getattr(card(), f) for f in card().__slots__} | {"ms": {"total": 400.0}})
        table = speed([Column("ours", [card()], ours=True), Column("peer", [slow])])
        assert "10.0" in table.splitlines()[-1]


class TestCalibration:
    def test_a_reader_as_right_as_it_says_has_no_error(self) -> None:
        given = [Given("curp", 0.75, right=i % 4 != 0) for i in range(40)]
        assert expected_error(given) == 0.0
        assert all(one.agrees for one in bins(given))

    def test_one_too_sure_of_itself_is_told_by_how_much(self) -> None:
        given = [Given("curp", 0.96, right=i % 2 == 0) for i in range(100)]
        assert abs(expected_error(given) - 0.46) < 1e-9
        assert not bins(given)[0].agrees
        assert "46.00 % of 100 values" in reliability(given)

    def test_certainty_itself_is_in_the_last_bin(self) -> None:
        (last,) = bins([Given("curp", 1.0, right=True)])
        assert last.values == 1

    def test_nothing_given_is_no_error(self) -> None:
        assert expected_error([]) == 0.0
