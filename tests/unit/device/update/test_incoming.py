"""Bundles that come in pieces."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from device.errors import ServerUnreachableError
from device.update.base import UpdateError
from device.update.incoming import Incoming
from wire.api import MAX_CHUNK_BYTES, ReleaseOffer

BUNDLE = bytes(range(256)) * 9_000
OFFER = ReleaseOffer(hashlib.sha256(BUNDLE).hexdigest(), len(BUNDLE), "{}")


def served(data: bytes) -> Callable[[str, int, int], bytes]:
    return lambda _sha256, first, count: data[first : first + count]


class TestIncoming:
    def test_goes_on_where_it_was_cut(self, tmp_path: Path) -> None:
        incoming = Incoming(tmp_path)
        incoming.take(OFFER)
        asked: list[int] = []

        def once(_sha256: str, first: int, count: int) -> bytes:
            asked.append(first)
            if len(asked) == 2:
                raise ServerUnreachableError("cut")
            return BUNDLE[first : first + count]

        with pytest.raises(ServerUnreachableError):
            incoming.fetch(once, pieces=8)
        again = Incoming(tmp_path)
        again.take(OFFER)
        assert again.fetch(once, pieces=8) is False
        assert asked == [0, MAX_CHUNK_BYTES, MAX_CHUNK_BYTES, 2 * MAX_CHUNK_BYTES]
        ready = again.ready()
        assert ready is not None
        assert ready.read_bytes() == BUNDLE
        assert again.fetch(once, pieces=8) is False  # there is nothing more to ask for

    def test_takes_only_so_many_pieces_at_a_time(self, tmp_path: Path) -> None:
        incoming = Incoming(tmp_path)
        incoming.take(OFFER)
        assert incoming.fetch(served(BUNDLE), pieces=1) is True
        assert incoming.ready() is None

    def test_drops_bytes_that_are_not_those_offered(self, tmp_path: Path) -> None:
        incoming = Incoming(tmp_path)
        incoming.take(OFFER)
        with pytest.raises(UpdateError) as refused:
            incoming.fetch(served(b"?" + BUNDLE[1:]), pieces=8)
        assert refused.value.code == "update.digest"
        assert incoming.ready() is None
        assert incoming.fetch(served(BUNDLE), pieces=8) is False
        assert incoming.ready() is not None

    def test_drops_what_another_offer_began(self, tmp_path: Path) -> None:
        incoming = Incoming(tmp_path)
        incoming.take(OFFER)
        incoming.fetch(served(BUNDLE), pieces=1)
        incoming.take(ReleaseOffer("0" * 64, 10, "{}"))
        assert not list((tmp_path / "fetching").glob("*.part"))
        incoming.forget()
        assert incoming.offer() is None

    def test_does_not_fill_the_disk(self, tmp_path: Path) -> None:
        incoming = Incoming(tmp_path)
        incoming.take(ReleaseOffer(OFFER.sha256, 1 << 50, "{}"))
        with pytest.raises(UpdateError) as refused:
            incoming.fetch(served(BUNDLE), pieces=1)
        assert refused.value.code == "update.no_room"
