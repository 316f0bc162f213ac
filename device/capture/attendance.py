"""Who is at the station: sign-in, and the begin and end of each session in the chain."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from device.capture.auxiliares import SignIn
from device.capture.errors import SignInError
from device.capture.seals import Seals
from device.errors import NotEnrolledError, QueueError
from domain.clock import Clock
from wire.packet import Kind
from wire.policy import Auxiliar, Policy, Process

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SignedIn:
    """The auxiliar at the station, for which process, in which session of theirs."""

    auxiliar: Auxiliar
    process: Process
    session: str


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
        self.here: SignedIn | None = None

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
        self._note(Kind.SESSION_OPEN, here)
        self.here = here

    def renew(self, process: Process) -> None:
        """Go on with the settings the process has now."""
        if self.here is not None:
            self.here = replace(self.here, process=process)

    def leave(self) -> None:
        """End the session, if there is one."""
        here, self.here = self.here, None
        if here is not None:
            self._note(Kind.SESSION_CLOSE, here)

    def _note(self, kind: Kind, here: SignedIn) -> None:
        try:
            self._sealer.note(
                kind, process=here.process.id, auxiliar=here.auxiliar.id, session=here.session
            )
        except QueueError as error:
            # A session that cannot be noted must not keep anybody from signing out.
            log.warning("session.not_noted kind=%s code=%s", kind.value, error.code)
