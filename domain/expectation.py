"""How many of the open apoyos will count, judged by what became of those decided so far.

Each way out of an open state has a share that nobody knows exactly: it is given the posterior of
Jeffreys' prior (a half case for each way out) and the cases seen. An apoyo in processing counts
at once, goes to the mesa de control, or is rejected; one at the mesa counts or is rejected. Mean
and variance of what will count follow exactly; the interval is that of the beta distribution with
the same mean and variance over 0 … open. Days differ more than chance alone allows, so the cases
seen are worth less by how much they do (`spread`).

Source: L. D. Brown, T. T. Cai, A. DasGupta, Interval Estimation for a Binomial Proportion,
Statistical Science 16 (2001), for the prior; P. McCullagh, J. A. Nelder, Generalized Linear Models
(1989), section 4.5, for the spread.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

from domain.beta import beta_quantile

# Nine in ten such intervals hold what comes true.
LEVEL = 0.90
_PRIOR = 0.5


@dataclass(frozen=True, slots=True)
class WaysOut:
    """How many records left an open state, and for where."""

    counted: int
    rejected: int
    to_mesa: int = 0


@dataclass(frozen=True, slots=True)
class Expectation:
    """How many of `of` open apoyos are likely to count, and the interval around it."""

    of: int
    likely: int
    low: int
    high: int

    @property
    def share(self) -> float:
        """The share of the open apoyos that is likely to count."""
        return self.likely / self.of if self.of else 0.0


def expected_valid(
    in_processing: int,
    at_mesa: int,
    *,
    left_processing: WaysOut,
    left_mesa: WaysOut,
    spread: float = 1.0,
) -> Expectation:
    """Judge how many of the open apoyos will count; `spread` is at least 1."""
    of = in_processing + at_mesa
    if of == 0:
        return Expectation(0, 0, 0, 0)
    counts, sends = (
        _PRIOR + left_processing.counted / spread,
        _PRIOR + left_processing.to_mesa / spread,
    )
    cases = counts + sends + _PRIOR + left_processing.rejected / spread
    mesa_counts = _PRIOR + left_mesa.counted / spread
    mesa_cases = mesa_counts + _PRIOR + left_mesa.rejected / spread
    p = mesa_counts / mesa_cases
    p_squared = p * (mesa_counts + 1) / (mesa_cases + 1)
    v, m = counts / cases, sends / cases
    q = v + m * p
    # Moments of the second order of the posterior: Dirichlet for processing, beta for the mesa.
    more = cases + 1
    q_squared = (
        v * (counts + 1) / more + 2 * v * sends / more * p + m * (sends + 1) / more * p_squared
    )
    likely = in_processing * q + at_mesa * p
    chance = spread * (in_processing * (q - q_squared) + at_mesa * (p - p_squared))
    unknown = (
        in_processing**2 * (q_squared - q * q)
        + at_mesa**2 * (p_squared - p * p)
        + 2 * in_processing * at_mesa * m * (p_squared - p * p)
    )
    low, high = _interval(likely / of, (chance + unknown) / of**2)
    return Expectation(
        of=of,
        likely=round(likely),
        low=min(floor(low * of), round(likely)),
        high=min(of, max(ceil(high * of), round(likely))),
    )


def spread_of_days(days: Iterable[tuple[int, int]]) -> float:
    """Say how many times more the days differ than chance alone allows; at least 1.

    `days` are (decided, of these counted): Pearson's chi squared over its degrees of freedom.
    """
    known = [(decided, counted) for decided, counted in days if decided]
    decided = sum(day[0] for day in known)
    share = sum(day[1] for day in known) / decided if decided else 0.0
    if len(known) < 2 or not 0 < share < 1:
        return 1.0
    squares = ((counted - n * share) ** 2 / (n * share * (1 - share)) for n, counted in known)
    return max(1.0, sum(squares) / (len(known) - 1))


def _interval(mean: float, variance: float) -> tuple[float, float]:
    # Below 1 the distribution would know less than the prior alone.
    weight = max(1.0, mean * (1 - mean) / variance - 1) if variance > 0 else 1e9
    a, b = mean * weight, (1 - mean) * weight
    return beta_quantile((1 - LEVEL) / 2, a, b), beta_quantile((1 + LEVEL) / 2, a, b)
