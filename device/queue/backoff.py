"""Waiting after a failure: full jitter, so that a thousand stations do not come back together."""

from collections.abc import Callable


class Backoff:
    """Waits between nothing and a bound that doubles with every failure, up to a limit."""

    def __init__(self, first_s: float, most_s: float, uniform: Callable[[float, float], float]):
        """Start without failures.

        Args:
            first_s: Bound after the first failure, in seconds.
            most_s: Largest bound, in seconds.
            uniform: Draws a number between two bounds, such as `random.uniform`.
        """
        self._first_s = first_s
        self._most_s = most_s
        self._uniform = uniform
        self._failures = 0

    @property
    def failures(self) -> int:
        """Failures since the last success."""
        return self._failures

    def succeeded(self) -> None:
        """Forget the failures."""
        self._failures = 0

    def failed(self, *, at_least_s: float | None = None) -> float:
        """Count a failure and return the seconds to wait.

        Args:
            at_least_s: What the server asked for (`Retry-After`); the jitter is added to it.
        """
        self._failures += 1
        # 2 ** 32 seconds is beyond any limit; more doublings would only overflow a float
        bound_s = min(self._most_s, self._first_s * 2 ** min(self._failures - 1, 32))
        return (at_least_s or 0.0) + self._uniform(0.0, bound_s)
