"""The ring that a station's id draws."""

from collections import Counter

from central.models.releases import Ring, drawn_ring


class TestDrawnRing:
    def test_is_the_same_at_every_time(self) -> None:
        assert {drawn_ring("EST01") for _ in range(3)} == {drawn_ring("EST01")}

    def test_spreads_stations_as_the_shares_say_and_draws_nobody_into_the_laboratory(self) -> None:
        drawn = Counter(drawn_ring(f"EST{number:05d}") for number in range(20_000))
        assert Ring.LAB not in drawn
        assert 800 < drawn[Ring.CANARY] < 1_200
        assert 1_700 < drawn[Ring.EARLY] < 2_300


class TestRing:
    def test_reaches_all_that_came_before_and_leads_to_the_next(self) -> None:
        assert Ring.EARLY.reached == (Ring.LAB, Ring.CANARY, Ring.EARLY)
        assert Ring.LAB.following is Ring.CANARY
        assert Ring.GENERAL.following is None
