"""A day of rejections stands out when it is worse than the past and than the process."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rejection import RejectionRule, Share, unusual_rejection, wilson_low

USUAL = [Share(10, 100)] * 3


def shares(least: int = 0, most: int = 5_000) -> st.SearchStrategy[Share]:
    return st.integers(least, most).flatmap(
        lambda decided: st.integers(0, decided).map(lambda rejected: Share(rejected, decided))
    )


class TestUnusualRejection:
    def test_a_day_three_times_as_bad_as_everything_known_stands_out(self) -> None:
        found = unusual_rejection(Share(60, 200), Share(100, 1_000), USUAL)
        assert found is not None
        assert (found.day.value, found.own, found.usual) == (0.3, 0.1, 0.1)

    @pytest.mark.parametrize(
        ("day", "before", "others", "why"),
        [
            (Share(20, 200), Share(100, 1_000), USUAL, "as always"),
            (Share(49, 49), Share(100, 1_000), USUAL, "too few apoyos"),
            (Share(9, 60), Share(0, 1_000), USUAL, "too few rejected"),
            (Share(60, 200), Share(280, 1_000), USUAL, "bad, and so was the past"),
            (Share(60, 200), Share(100, 1_000), [Share(28, 100)] * 3, "bad for everybody"),
            (Share(10, 60), Share(60, 600), USUAL, "by chance"),
            (Share(60, 200), Share(0, 0), USUAL[:2], "nothing to compare with"),
        ],
    )
    def test_stays_silent(self, day: Share, before: Share, others: list[Share], why: str) -> None:
        assert unusual_rejection(day, before, others) is None, why

    def test_a_first_day_is_compared_with_the_others_and_the_only_request_with_its_past(
        self,
    ) -> None:
        first = unusual_rejection(Share(60, 200), Share(0, 0), USUAL)
        only = unusual_rejection(Share(60, 200), Share(100, 1_000), [])
        assert first is not None
        assert only is not None
        assert (first.own, only.usual) == (None, None)

    def test_requests_with_little_of_their_own_have_no_say(self) -> None:
        others = [*USUAL, *[Share(40, 40)] * 20]
        assert unusual_rejection(Share(60, 200), Share(0, 0), others) is not None

    @given(shares(), shares(), st.lists(shares(), max_size=6))
    def test_what_stands_out_is_worse_than_all_that_is_known(
        self, day: Share, before: Share, others: list[Share]
    ) -> None:
        found = unusual_rejection(day, before, others)
        if found is not None:
            known = [value for value in (found.own, found.usual) if value is not None]
            assert known
            assert all(day.value > value for value in known)
            assert day.rejected >= RejectionRule().least_rejected


class TestWilson:
    @pytest.mark.parametrize(("share", "low"), [(Share(81, 263), 0.2553), (Share(15, 148), 0.0624)])
    def test_agrees_with_published_intervals(self, share: Share, low: float) -> None:
        # R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3, 95 %.
        assert wilson_low(share, 1.959964) == pytest.approx(low, abs=5e-5)

    @given(shares(least=1))
    def test_lies_between_nothing_and_the_share(self, share: Share) -> None:
        assert 0 <= wilson_low(share, 3.09) <= share.value + 1e-12

    def test_more_rejected_than_decided_is_a_fault(self) -> None:
        with pytest.raises(ValueError, match="part"):
            Share(2, 1)
