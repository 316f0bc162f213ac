"""An auxiliar's first password: a one-time code is exchanged for the verifier of a password."""

from __future__ import annotations

import hmac
import logging
from datetime import datetime, timedelta

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import InvalidInputError, StationRefusedError
from central.intake.policy import PolicyOffice
from central.models import Aspirante, Auxiliar, AuxiliarState, Station, StationState
from central.models.database import Database
from domain.clock import Clock
from wire.api import ActivateRequest, ErrorCode

_log = logging.getLogger(__name__)

# What a station has to spend on a password, and may: it is spent again at every sign-in.
_LEAST_KIB, _MOST_KIB, _MOST_PASSES = 19 * 1024, 256 * 1024, 16
_WITHDRAWN = (AuxiliarState.SUSPENDED, AuxiliarState.DEACTIVATED)
_STATUS = {ErrorCode.ACTIVATION_USED: 409}
# Of a code nobody has: an unknown auxiliar takes as long as a wrong code.
_NOBODY = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1).hash("nobody")


class ActivationOffice:
    """Takes activations from the stations of the auxiliar's own process."""

    def __init__(
        self, database: Database, policies: PolicyOffice, clock: Clock, *, ttl_h: int, tries: int
    ) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock
        self._ttl = timedelta(hours=ttl_h)
        self._tries = tries
        self._hasher = PasswordHasher()

    def activate(self, request: ActivateRequest, *, station: str) -> str:
        """Keep the verifier of a new password, and give the policy that has it, signed.

        The same verifier again gets the policy again. A failure is counted before it is told.

        Raises:
            StationRefusedError: The code says why: `station.revoked` or `activation.…`.
            InvalidInputError: The verifier is cheaper or dearer than agreed.
        """
        _require_cost(request.verifier)
        now = self._clock.now()
        with self._database.write() as session:
            place = session.execute(
                select(Station).where(Station.id_dispositivo == station)
            ).scalar_one()
            process_id = place.process_id
            code = (
                self._try(session, request, place, now)
                if place.state is StationState.ACTIVE
                else ErrorCode.REVOKED
            )
        if code is not None:
            _log.info("activation.refused station=%s code=%s", station, code)
            raise StationRefusedError("not activated", code=code, status=_STATUS.get(code, 403))
        return self._policies.current(process_id)[1]

    def _try(
        self, session: Session, request: ActivateRequest, place: Station, now: datetime
    ) -> str | None:
        """Activate, or return the code of why not; what it counts is kept in either case."""
        auxiliar = session.execute(
            select(Auxiliar)
            .join(Aspirante, Aspirante.id == Auxiliar.aspirante_id)
            .where(
                Auxiliar.id_auxiliar == request.auxiliar,
                Aspirante.process_id == place.process_id,
            )
            .with_for_update(of=Auxiliar)
        ).scalar_one_or_none()
        if auxiliar is None:
            self._matches(_NOBODY, request.code)
            return ErrorCode.ACTIVATION_WRONG
        if not auxiliar.aspirante.active or auxiliar.state in _WITHDRAWN:
            return ErrorCode.ACTIVATION_WITHDRAWN
        if hmac.compare_digest(auxiliar.verifier or "", request.verifier):
            return None
        if auxiliar.activation_verifier is None:
            return ErrorCode.ACTIVATION_USED if auxiliar.verifier else ErrorCode.ACTIVATION_WRONG
        if auxiliar.activation_failures >= self._tries:
            return ErrorCode.ACTIVATION_LOCKED
        if not self._matches(auxiliar.activation_verifier, request.code):
            auxiliar.activation_failures += 1
            if auxiliar.activation_failures >= self._tries:
                _write(session, auxiliar, place, now, "auxiliar.activation_locked")
            return ErrorCode.ACTIVATION_WRONG
        if auxiliar.invited_at is None or now >= auxiliar.invited_at + self._ttl:
            return ErrorCode.ACTIVATION_EXPIRED
        auxiliar.verifier, auxiliar.activation_verifier = request.verifier, None
        auxiliar.must_change_password, auxiliar.activation_failures = False, 0
        auxiliar.state, auxiliar.activated_at = AuxiliarState.ACTIVE, now
        _write(session, auxiliar, place, now, "auxiliar.activated")
        return None

    def _matches(self, verifier: str, code: str) -> bool:
        try:
            return self._hasher.verify(verifier, code)
        except (VerificationError, InvalidHashError):
            return False


def _require_cost(verifier: str) -> None:
    try:
        cost = extract_parameters(verifier)
    except InvalidHashError as error:
        raise InvalidInputError(
            "not an Argon2 verifier", field="verifier", code=ErrorCode.ACTIVATION_VERIFIER
        ) from error
    if (
        cost.type is not Type.ID
        or not _LEAST_KIB <= cost.memory_cost <= _MOST_KIB
        or not 1 <= cost.time_cost <= _MOST_PASSES
        or not 1 <= cost.parallelism <= 4
        or cost.salt_len < 16
        or cost.hash_len < 32
    ):
        raise InvalidInputError(
            "not of the agreed cost", field="verifier", code=ErrorCode.ACTIVATION_VERIFIER
        )


def _write(
    session: Session, auxiliar: Auxiliar, place: Station, now: datetime, action: str
) -> None:
    trail.write(
        session,
        at=now,
        actor=f"station:{place.id_dispositivo}",
        action=action,
        subject_kind="auxiliar",
        subject=auxiliar.id_auxiliar,
    )
    _log.info("%s auxiliar=%s station=%s", action, auxiliar.id_auxiliar, place.id_dispositivo)
