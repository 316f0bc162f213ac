"""How long a loop waits after failures: longer each time, and never so long that it looks dead."""

_LONGEST_S = 60.0
# Beyond it the wait is the longest in any case; unbounded, one night of failures is no number.
_MOST_DOUBLINGS = 16


def pause_s(every_s: float, failures: int) -> float:
    """Give the wait before the next turn, after so many failures in a row."""
    return min(_LONGEST_S, every_s * 2.0 ** min(failures, _MOST_DOUBLINGS))
