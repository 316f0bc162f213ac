"""The technician at a station: a password of its own, and a session apart from the auxiliares'."""

from __future__ import annotations

import logging
import secrets
import threading
from pathlib import Path

from device.capture.auxiliares import Tries
from device.capture.errors import SignInError
from device.capture.passwords import is_right
from domain.clock import Clock

log = logging.getLogger(__name__)

IDLE_S = 600
_KEY = "technician"


class Technician:
    """At most one technician; leads to settings and tests, never to a visit."""

    def __init__(self, verifier_file: Path | None, clock: Clock) -> None:
        """Set up.

        Args:
            verifier_file: Holds an Argon2id string, as `technician-password` writes it; read anew
                at each sign-in, so that a new password needs no restart.
            clock: Measures how long nobody touched the station.
        """
        self._verifier_file = verifier_file
        self._clock = clock
        self._tries = Tries(clock)
        self._lock = threading.Lock()
        self._session: str | None = None
        self._touched_ms = 0

    def sign_in(self, password: str) -> str:
        """Return the name of a session that begins; an older one ends.

        Raises:
            SignInError: `sign_in.wrong`, `sign_in.locked`, or `sign_in.no_technician` where no
                password was set.
        """
        with self._lock:
            self._tries.require(_KEY)
            if not is_right(password, self._verifier()):
                self._tries.failed(_KEY)
                raise SignInError("wrong password", code="sign_in.wrong")
            self._tries.succeeded(_KEY)
            self._session = secrets.token_hex(8)
            self._touched_ms = self._clock.monotonic_ms()
            log.info("technician.signed_in")
            return self._session

    def is_here(self, session: str | None) -> bool:
        """Say whether a session is the one that goes on, and keep it going."""
        with self._lock:
            idle_ms = self._clock.monotonic_ms() - self._touched_ms
            if self._session is None or session != self._session or idle_ms > IDLE_S * 1000:
                return False
            self._touched_ms = self._clock.monotonic_ms()
            return True

    def sign_out(self) -> None:
        """End the session."""
        with self._lock:
            self._session = None

    def _verifier(self) -> str:
        try:
            if self._verifier_file is not None:
                return self._verifier_file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            log.warning("technician.verifier_unreadable kind=%s", type(error).__name__)
        raise SignInError("no technician's password is set", code="sign_in.no_technician")
