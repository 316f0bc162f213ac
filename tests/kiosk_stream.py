"""The stream of pictures and guidance, as the page reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from tests.kiosks import Browser

_TIMEOUT_S = 30


class Stream:
    """One page that looks; `messages` are those since it began."""

    def __init__(self, answer: requests.Response) -> None:
        self._answer = answer
        self.picture = b""

    def message(self) -> dict[str, Any] | None:
        """Return the next message, None at the end; its picture stays in `picture`."""
        lengths = self._take(8)
        if not lengths:
            return None
        text = self._take(int.from_bytes(lengths[:4]))
        self.picture = self._take(int.from_bytes(lengths[4:]))
        said: dict[str, Any] = json.loads(text)
        return said

    def until(self, statement: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first message of which it is true."""
        for _ in range(500):
            said = self.message()
            assert said is not None, "the stream ended"
            if statement(said):
                return said
        raise AssertionError("it never came")

    def last(self) -> dict[str, Any]:
        """Return the last message of a stream that ends."""
        said = None
        for _ in range(500):
            following = self.message()
            if following is None:
                assert said is not None
                return said
            said = following
        raise AssertionError("it did not end")

    def close(self) -> None:
        """Leave the page."""
        self._answer.close()

    def _take(self, count: int) -> bytes:
        taken: bytes = self._answer.raw.read(count)
        return taken


@contextmanager
def looking(address: str, browser: Browser, subject: str) -> Iterator[Stream]:
    """Look as a signed-in browser does, over a real connection."""
    cookie = browser.client.get_cookie("acopio_kiosk")
    assert cookie is not None
    with requests.get(
        f"{address}/stream/{subject}",
        headers={"Cookie": f"acopio_kiosk={cookie.value}"},
        stream=True,
        timeout=_TIMEOUT_S,
    ) as answer:
        assert answer.status_code == 200
        yield Stream(answer)
