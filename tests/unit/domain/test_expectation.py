"""How many open apoyos will count: published shares, hand-computed cases, and what always holds."""

from __future__ import annotations

from fractions import Fraction
from math import asin, comb, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.beta import beta_quantile, incomplete_beta
from domain.expectation import Expectation, WaysOut, expected_valid, spread_of_days

COUNTS = st.integers(0, 200_000)
NOTHING = WaysOut(0, 0)


class TestBeta:
    @pytest.mark.parametrize(
        ("successes", "low", "high"), [(0, 0.0, 0.292), (1, 0.016, 0.501), (2, 0.065, 0.648)]
    )
    def test_agrees_with_the_published_intervals_of_seven_trials(
        self, successes: int, low: float, high: float
    ) -> None:
        # Brown, Cai and DasGupta (2001), table 5: Jeffreys' interval of 95 % for n = 7; its
        # lower limit at no success is set to 0 there.
        a, b = successes + 0.5, 7 - successes + 0.5
        if successes:
            assert round(beta_quantile(0.025, a, b), 3) == low
            assert round(beta_quantile(0.975, a, b), 3) == high
        else:
            assert beta_quantile(0.025, a, b) < 0.001

    @given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 99))
    def test_is_a_sum_of_binomials_where_both_are_whole(self, a: int, b: int, percent: int) -> None:
        # NIST DLMF 8.17.5, in exact arithmetic.
        x, n = Fraction(percent, 100), a + b - 1
        exact = sum(comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1))
        assert incomplete_beta(percent / 100, a, b) == pytest.approx(float(exact), abs=1e-12)

    @pytest.mark.parametrize("x", [0.01, 0.25, 0.5, 0.9])
    def test_is_the_arcsine_law_for_a_half_and_a_half(self, x: float) -> None:
        assert incomplete_beta(x, 0.5, 0.5) == pytest.approx(2 / pi * asin(sqrt(x)), abs=1e-13)

    @pytest.mark.parametrize(("x", "share"), [(-1, 0.0), (0, 0.0), (1, 1.0), (2, 1.0)])
    def test_holds_nothing_below_0_and_all_below_1(self, x: float, share: float) -> None:
        assert incomplete_beta(x, 2, 3) == share

    @given(st.floats(0.01, 0.99), st.floats(0.5, 1e6), st.floats(0.5, 1e6))
    def test_a_quantile_is_where_its_share_lies(self, share: float, a: float, b: float) -> None:
        assert incomplete_beta(beta_quantile(share, a, b), a, b) == pytest.approx(share, abs=1e-6)


class TestExpectedValid:
    def test_a_mesa_that_accepted_three_of_four_is_believed_almost_that_much(self) -> None:
        # Jeffreys: (3 + ½) / (4 + 1) = 0.7 of 100.
        found = expected_valid(0, 100, left_processing=NOTHING, left_mesa=WaysOut(3, 1))
        assert found.likely == 70

    def test_a_record_in_processing_may_count_by_way_of_the_mesa(self) -> None:
        # v = 6½/11½, m = 2½/11½, and of the mesa 7½/10: (6½ + 2½ · 0.75) / 11½ of 1,000.
        found = expected_valid(
            1_000, 0, left_processing=WaysOut(6, 2, to_mesa=2), left_mesa=WaysOut(7, 2)
        )
        assert found.likely == round(1_000 * (6.5 + 2.5 * 0.75) / 11.5)

    def test_with_nothing_decided_it_says_that_anything_is_possible(self) -> None:
        found = expected_valid(0, 1_000, left_processing=NOTHING, left_mesa=NOTHING)
        # The arcsine law: 5 % lie below sin²(π/40) = 0.006.
        assert (found.likely, found.low, found.high) == (500, 6, 994)

    def test_with_nothing_open_there_is_nothing_to_expect(self) -> None:
        found = expected_valid(0, 0, left_processing=WaysOut(9, 1), left_mesa=WaysOut(9, 1))
        assert found == Expectation(0, 0, 0, 0)
        assert found.share == 0

    @given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, st.floats(1, 1e4))
    def test_the_interval_holds_what_is_likely_and_stays_within_what_is_open(
        self,
        processing: int,
        mesa: int,
        counted: int,
        rejected: int,
        onward: int,
        accepted: int,
        refused: int,
        spread: float,
    ) -> None:
        found = expected_valid(
            processing,
            mesa,
            left_processing=WaysOut(counted, rejected, onward),
            left_mesa=WaysOut(accepted, refused),
            spread=spread,
        )
        assert 0 <= found.low <= found.likely <= found.high <= processing + mesa == found.of

    @given(
        st.integers(1, 50_000),
        st.integers(0, 50_000),
        st.integers(1, 500),
        st.integers(1, 500),
        st.integers(1, 500),
        st.integers(2, 50),
    )
    def test_the_interval_narrows_as_more_is_decided_in_the_same_shares(
        self, processing: int, mesa: int, counted: int, rejected: int, onward: int, times: int
    ) -> None:
        few, many = (
            expected_valid(
                processing,
                mesa,
                left_processing=WaysOut(counted * n, rejected * n, onward * n),
                left_mesa=WaysOut(counted * n, rejected * n),
            )
            for n in (1, times)
        )
        # The prior leans towards the half, so at the very edge a rounding or two may be added.
        allowed = 3 + 0.03 * (processing + mesa)
        assert many.high - many.low <= few.high - few.low + allowed

    @given(st.integers(1, 10_000), st.integers(0, 1_000), st.integers(0, 1_000))
    def test_days_that_differ_widen_it(self, mesa: int, accepted: int, refused: int) -> None:
        calm, uneven = (
            expected_valid(
                0,
                mesa,
                left_processing=NOTHING,
                left_mesa=WaysOut(50 + accepted, 50 + refused),
                spread=spread,
            )
            for spread in (1.0, 4.0)
        )
        assert uneven.high - uneven.low >= calm.high - calm.low - 1


class TestSpreadOfDays:
    def test_is_the_chi_squared_over_its_degrees_of_freedom(self) -> None:
        # Two days of 100, 40 and 60 counted: (10² + 10²) / (100 · ½ · ½) over 1.
        assert spread_of_days([(100, 40), (100, 60)]) == pytest.approx(8.0)

    @pytest.mark.parametrize(
        "days", [[], [(10, 5)], [(0, 0), (9, 4)], [(5, 5), (7, 7)], [(10, 5), (10, 5)]]
    )
    def test_is_one_where_nothing_shows_more(self, days: list[tuple[int, int]]) -> None:
        assert spread_of_days(days) == 1.0
