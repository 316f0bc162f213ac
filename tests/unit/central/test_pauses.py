"""A loop that fails goes on failing quietly, however long the night is."""

from hypothesis import given
from hypothesis import strategies as st

from central.commands.pauses import pause_s


@given(st.floats(0.05, 600), st.integers(0, 10**6))
def test_a_wait_is_never_longer_than_a_minute_and_never_shrinks(every_s: float, n: int) -> None:
    assert 0 < pause_s(every_s, n) <= max(60, 0)
    assert pause_s(every_s, n + 1) >= pause_s(every_s, n)
