"""Nonces and anchors carry their own moment and cannot be made up."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from central.intake.nonces import NonceBook

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BOOK = NonceBook(b"k" * 32, 300)


def test_a_nonce_holds_for_its_time_and_in_every_process() -> None:
    nonce = BOOK.nonce(NOW)
    other_process = NonceBook(b"k" * 32, 300)
    assert other_process.is_fresh(nonce, NOW + timedelta(seconds=300))
    assert not other_process.is_fresh(nonce, NOW + timedelta(seconds=301))
    assert not NonceBook(b"x" * 32, 300).is_fresh(nonce, NOW)


@given(st.text(max_size=60))
def test_what_we_did_not_give_is_not_fresh(text: str) -> None:
    assert not BOOK.is_fresh(text, NOW)


def test_an_anchor_is_of_one_station_and_gives_its_moment_back() -> None:
    anchor = BOOK.anchor("E1", NOW)
    assert BOOK.anchored_at("E1", anchor) == NOW
    assert BOOK.anchored_at("E2", anchor) is None
    assert not BOOK.is_fresh(anchor, NOW)
