"""Who is at the station: sign-in, and the begin and end of each session in the chain."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from device.capture.auxiliares import SignIn
from device.capture.errors import SignInError
from device.capture.seals import Seals
from device.errors import NotEnrolledError, QueueError
from device.queue.overview import Counts
from device.queue.seal import ClosedSession, Sealed
from domain.clock import Clock
from wire.packet import Kind
from wire.policy import Auxiliar, Policy, Process

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SignedIn:
    """The auxiliar at the station, for which process, in which session of theirs."""

    auxiliar: Auxiliar
    process: Process
    session: str


@dataclass(frozen=True)
class Closed:
    """A session that was ended: whose it was, and what the station states about it."""

    here: SignedIn
    session: ClosedSession


class Attendance:
    """At most one auxiliar; the desk calls it under its own lock."""

    def __init__(
        self,
        sealer: Seals,
        policy: Callable[[], Policy],
        clock: Clock,
        new_session: Callable[[], str],
    ) -> None:
        self._sealer = sealer
        self._policy = policy
        self._new_session = new_session
        self._sign_in = SignIn(clock)
        self._opened: Sealed | None = None
        self._present: SignedIn | None = None
        self._is_locked = False
        self.closed: Closed | None = None

    @property
    def here(self) -> SignedIn | None:
        """Who may work now."""
        return None if self._is_locked else self._present

    @property
    def locked_out(self) -> SignedIn | None:
        """Whose session waits behind the lock."""
        return self._present if self._is_locked else None

    def lock(self) -> None:
        """Keep the session and let nobody work until its auxiliar is back."""
        self._is_locked = self._present is not None

    def unlock(self, password: str) -> SignedIn:
        """Go on with the session, with what the policy now says of its auxiliar.

        Raises:
            SignInError: The leaf's code says why.
        """
        waiting = self.locked_out
        if waiting is None:
            raise SignInError("nothing is locked", code="sign_in.required")
        back = replace(self.check(waiting.auxiliar.id, password), session=waiting.session)
        self._present, self._is_locked = back, False
        return back

    def check(self, name: str, password: str) -> SignedIn:
        """Return who may come in; nobody has yet.

        Raises:
            SignInError: The leaf's code says why.
        """
        try:
            policy = self._policy()
        except NotEnrolledError as error:
            raise SignInError("no policy yet", code="sign_in.no_policy") from error
        auxiliar, process = self._sign_in.check(policy, name, password)
        return SignedIn(auxiliar, process, self._new_session())

    def enter(self, here: SignedIn) -> None:
        """Begin a session."""
        self._present, self._is_locked, self.closed = here, False, None
        self._opened = self._noted(
            Kind.SESSION_OPEN,
            lambda: self._sealer.note(
                Kind.SESSION_OPEN,
                process=here.process.id,
                auxiliar=here.auxiliar.id,
                session=here.session,
            ),
        )

    def renew(self, process: Process) -> None:
        """Go on with the settings the process has now."""
        if self._present is not None:
            self._present = replace(self._present, process=process)

    def counts(self) -> Counts:
        """Count what was sealed in the session that goes on."""
        return Counts() if self._opened is None else self._sealer.session_counts(self._opened)

    def leave(self) -> None:
        """End the session, if there is one; `closed` keeps its close-out until somebody enters."""
        here, opened = self._present, self._opened
        self._present = self._opened = None
        self._is_locked = False
        if here is None or opened is None:
            return
        ended = self._noted(
            Kind.SESSION_CLOSE,
            lambda: self._sealer.close_session(
                opened,
                process=here.process.id,
                auxiliar=here.auxiliar.id,
                session=here.session,
            ),
        )
        self.closed = None if ended is None else Closed(here, ended)

    def _noted(self, kind: Kind, note: Callable[[], T]) -> T | None:
        try:
            return note()
        except QueueError as error:
            # A session that cannot be noted must not keep anybody from signing out.
            log.warning("session.not_noted kind=%s code=%s", kind.value, error.code)
            return None
