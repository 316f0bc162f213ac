"""Nonces for proofs of possession, and anchors of time, that no table has to remember.

Both carry their own moment and an HMAC over it, so every process of the server knows them again,
also after a restart.
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime, timedelta

_MAC_CHARACTERS = 32
_FORM = re.compile(r"([0-9a-f]{1,14})-([0-9a-f]{32})")


class NonceBook:
    """Gives nonces that hold for a while, and anchors that hold for ever."""

    def __init__(self, secret: bytes, ttl_s: int) -> None:
        self._secret = secret
        self._ttl = timedelta(seconds=ttl_s)

    def nonce(self, now: datetime) -> str:
        """Give a nonce to be used from now on."""
        return self._issue("nonce", now)

    def is_fresh(self, nonce: str, now: datetime) -> bool:
        """Say whether a nonce is ours and not too old."""
        issued_at = self._moment("nonce", nonce)
        # A minute of leeway: processes on two machines may share the secret, not the clock.
        return issued_at is not None and -timedelta(minutes=1) <= now - issued_at <= self._ttl

    def anchor(self, station: str, now: datetime) -> str:
        """Name a moment given to one station: packets sealed after it carry the name."""
        return self._issue(f"anchor/{station}", now)

    def anchored_at(self, station: str, anchor: str) -> datetime | None:
        """Give the moment of an anchor that this centre gave to this station, else None."""
        return self._moment(f"anchor/{station}", anchor)

    def _issue(self, purpose: str, now: datetime) -> str:
        stamp = f"{int(now.timestamp() * 1000):x}"
        return f"{stamp}-{self._mac(purpose, stamp)}"

    def _moment(self, purpose: str, text: str) -> datetime | None:
        form = _FORM.fullmatch(text)
        if form is None or not hmac.compare_digest(form[2], self._mac(purpose, form[1])):
            return None
        return datetime.fromtimestamp(int(form[1], 16) / 1000, UTC)

    def _mac(self, purpose: str, stamp: str) -> str:
        text = f"{purpose}/{stamp}".encode("ascii")
        return hmac.new(self._secret, text, "sha256").hexdigest()[:_MAC_CHARACTERS]
