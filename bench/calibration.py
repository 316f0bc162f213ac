"""Is a value that is given with confidence 0.97 right in 97 of 100 cases? Bins, and one number.

Source: expected calibration error as in Guo et al., 2017: the mean distance of confidence and
share of right values, weighted by how many values a bin has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.report import share, table, wilson
from bench.scoring import Given

# Narrow where most values are: thresholds of withholding lie there.
EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)
_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Bin:
    """The values whose confidence lies in [low, high), the last bin closed."""

    low: float
    high: float
    values: int
    right: int
    mean: float

    @property
    def agrees(self) -> bool:
        """Is the mean confidence inside the 95 % interval of the share that is right."""
        low, high = wilson(self.right, self.values)
        return low <= self.mean <= high


def bins(given: Sequence[Given], edges: Sequence[float] = EDGES) -> list[Bin]:
    """Return the bins that hold a value."""
    found = []
    for low, high in pairwise(edges):
        last = high == edges[-1]
        inside = [g for g in given if low <= g.confidence < high or (last and g.confidence >= high)]
        if inside:
            mean = sum(g.confidence for g in inside) / len(inside)
            found.append(Bin(low, high, len(inside), sum(g.right for g in inside), mean))
    return found


def expected_error(given: Sequence[Given], edges: Sequence[float] = EDGES) -> float:
    """Return the expected calibration error, 0…1; 0 of nothing."""
    total = len(given)
    return sum(abs(b.right - b.mean * b.values) for b in bins(given, edges)) / total if total else 0


def reliability(given: Sequence[Given]) -> str:
    """Return the table, a bar of the shares that were right, and the expected error."""
    rows = [["confidence", "values", "mean", "right", "agrees", "right (█) beside confidence (│)"]]
    for one in bins(given):
        rows.append(
            [
                f"{one.low:g}–{one.high:g}",
                str(one.values),
                f"{100 * one.mean:.1f}",
                share(one.right, one.values),
                "yes" if one.agrees else "no",
                _bar(one.right / one.values, one.mean),
            ]
        )
    error = 100 * expected_error(given)
    return f"{table(rows)}\n\nExpected calibration error: {error:.2f} % of {len(given)} values."


def _bar(right: float, mean: float) -> str:
    """Draw from one half to one, where all of it happens; below one half the bar is empty."""
    filled = max(0, round((right - 0.5) * 2 * _WIDTH))
    mark = min(max(0, round((mean - 0.5) * 2 * _WIDTH)), _WIDTH - 1)
    signs = ["█" if i < filled else "·" for i in range(_WIDTH)]
    signs[mark] = "│"
    return "".join(signs)
