"""When more apoyos of one day are rejected than is usual, so that somebody should look.

A day stands out only if it is worse than what is known on both sides: than the request's own
days before, and than what is usual in the process (the median of its requests on that day, so
that a register that answers late or wrongly alarms nobody). What is compared is the lower end of
the interval in which the day's share lies, for chance alone must not send a letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import median


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the decided apoyos were rejected."""

    rejected: int
    decided: int

    def __post_init__(self) -> None:
        if not 0 <= self.rejected <= self.decided:
            raise ValueError("the rejected are a part of the decided")

    @property
    def value(self) -> float:
        """The share itself, 0 for nothing decided."""
        return self.rejected / self.decided if self.decided else 0.0


@dataclass(frozen=True, slots=True)
class RejectionRule:
    """What counts as unusual. The defaults speak up for what a person would act upon."""

    # Fewer decided apoyos, or fewer rejected ones, say nothing.
    least_decided: int = 50
    least_rejected: int = 10
    # Standard deviations of the Wilson interval; 3.09 is one day in a thousand by chance.
    z: float = 3.09
    # The day's share is at least so many times each of the two it is compared with.
    factor: float = 1.5
    # Fewer requests with enough apoyos on that day have no median worth the name.
    least_requests: int = 3


@dataclass(frozen=True, slots=True)
class Unusual:
    """A day that stands out, with what it was compared with; None where too little is known."""

    day: Share
    own: float | None
    usual: float | None


def unusual_rejection(
    day: Share, before: Share, others: Iterable[Share], rule: RejectionRule | None = None
) -> Unusual | None:
    """Say whether a day stands out.

    Args:
        day: The apoyos received on the day.
        before: Those of the same request on the days before it.
        others: Those of each other request of the process on the same day.
        rule: What counts as unusual.
    """
    rule = rule or RejectionRule()
    if day.decided < rule.least_decided or day.rejected < rule.least_rejected:
        return None
    own = before.value if before.decided >= rule.least_decided else None
    shares = [share.value for share in others if share.decided >= rule.least_decided]
    usual = median(shares) if len(shares) >= rule.least_requests else None
    known = [value for value in (own, usual) if value is not None]
    if not known or day.value < rule.factor * max(known):
        return None
    if wilson_low(day, rule.z) <= max(known):
        return None
    return Unusual(day, own, usual)


def wilson_low(share: Share, z: float) -> float:
    """Give the lower end of the interval of a share.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927) 209–212.
    """
    n = share.decided
    if n == 0:
        return 0.0
    centre = share.value + z * z / (2 * n)
    spread = z * sqrt(share.value * (1 - share.value) / n + z * z / (4 * n * n))
    return max(0.0, (centre - spread) / (1 + z * z / n))
