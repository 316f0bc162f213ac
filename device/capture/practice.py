"""Practice: the whole visit at a desk of its own, behind which there is nothing that could keep it.

The practice desk shares camera and reader with the real one and nothing else. Its sealer has no
spool, no chain and no key, and its process no key to seal to: a mistake of a screen has nothing to
reach.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from argon2 import PasswordHasher

from device.capture.attendance import SignedIn
from device.capture.desk import Desk, DeskSettings
from device.capture.photographer import Photographer
from device.errors import CaptureRefusedError, NotEnrolledError
from device.queue.overview import Counts
from device.queue.schema import State
from device.queue.seal import ApoyoDraft, ClosedSession, Sealed
from domain.clock import Clock
from wire.envelope import Recipient
from wire.packet import Kind
from wire.policy import Auxiliar, Policy, Process

# Stands wherever a real visit has a folio, an auxiliar or a process.
PRACTICA = "PRACTICA"
_NOBODY = Recipient(kid="", recipient="")


class PracticeSealer:
    """Keeps nothing of what it is given."""

    def seal(self, draft: ApoyoDraft) -> Sealed:
        """Return a folio that nobody takes for a real one."""
        return _nothing(Kind.APOYO, folio=PRACTICA)

    def note(
        self,
        kind: Kind,
        *,
        process: str,
        auxiliar: str | None = None,
        session: str | None = None,
    ) -> Sealed:
        """Note nothing."""
        return _nothing(kind)

    def session_counts(self, opened: Sealed) -> Counts:
        """Count nothing."""
        return Counts()

    def close_session(
        self, opened: Sealed, *, process: str, auxiliar: str, session: str
    ) -> ClosedSession | None:
        """State nothing."""
        return None

    def refusal(self) -> CaptureRefusedError | None:
        """Refuse nothing: what is not kept needs neither space nor permission."""
        return None

    def captured(self, solicitud: str, identifiers: Mapping[str, str]) -> set[State]:
        """Know nobody."""
        return set()


class Practice:
    """The practice desk of a station, and the way to it, which asks for no password."""

    def __init__(
        self,
        photographer: Photographer,
        policy: Callable[[], Policy],
        clock: Clock,
        settings: DeskSettings,
    ) -> None:
        """Set up.

        Args:
            photographer: That of the station.
            policy: The one in force, whose settings are practised; without one, the usual ones.
            clock: The station's.
            settings: Those of the real desk.
        """
        self._word = secrets.token_hex(16)
        # The word is random and short-lived: nothing is won by making it slow to guess.
        self._verifier = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(self._word)
        self._real_policy = policy
        self.desk = Desk(
            photographer=photographer,
            sealer=PracticeSealer(),
            policy=self._policy,
            clock=clock,
            new_session=lambda: secrets.token_hex(8),
            versions={},
            # Nobody has a password to unlock it: practice ends instead.
            settings=replace(settings, sign_out_s=settings.idle_s),
        )

    def begin(self) -> SignedIn:
        """Begin to practise, with a clean desk."""
        return self.desk.sign_in(PRACTICA, self._word)

    def end(self) -> None:
        """Wipe what was practised."""
        self.desk.sign_out(reason="practice_over")

    def _policy(self) -> Policy:
        auxiliar = Auxiliar(PRACTICA, PRACTICA, PRACTICA, alias=PRACTICA, verifier=self._verifier)
        return Policy(
            version=1, issued_ms=0, processes=(self._process(),), keys=(), auxiliares=(auxiliar,)
        )

    def _process(self) -> Process:
        try:
            known = self._real_policy().processes
        except NotEnrolledError:
            known = ()
        usual = known[0] if known else Process(PRACTICA, PRACTICA, _NOBODY, _NOBODY)
        return replace(
            usual,
            id=PRACTICA,
            name=PRACTICA,
            opening=_NOBODY,
            recovery=_NOBODY,
            # One may practise before the period and after it.
            starts_ms=0,
            ends_ms=0,
        )


def _nothing(kind: Kind, *, folio: str | None = None) -> Sealed:
    return Sealed(folio=folio, link="", seq=0, epoch="", packet_id="", kind=kind)
