"""Asks for what a warning is made of: the station's condition, the policy, what was captured."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from device.capture.attendance import SignedIn
from device.capture.gathered import shown_value
from device.capture.seals import Seals
from device.capture.warnings import (
    Captured,
    Caution,
    Condition,
    Severity,
    about_period,
    about_person,
    about_station,
)
from device.errors import CaptureRefusedError
from device.queue.schema import State
from wire.policy import Auxiliar, Policy
from wire.record import Field, identifying

_WITH_THE_CENTRE = {State.STORED, State.PURGING, State.PURGED}


class Watch:
    """Warnings of one desk; without a condition to measure it has none of the station."""

    def __init__(
        self,
        sealer: Seals,
        policy: Callable[[], Policy],
        condition: Callable[[], Condition] | None,
    ) -> None:
        self._sealer = sealer
        self._policy = policy
        self._condition = condition

    def station(self, here: SignedIn | None) -> tuple[Caution, ...]:
        """Return what to know before a visit."""
        if self._condition is None:
            return ()
        condition = self._condition()
        return (*self._period(condition, here), *about_station(condition))

    def refusal(self, here: SignedIn | None) -> CaptureRefusedError | None:
        """Say that the process takes no captures at this time, or nothing."""
        if self._condition is None:
            return None
        for warning in self._period(self._condition(), here):
            if warning.severity is Severity.STOP:
                return CaptureRefusedError("outside the period", code=warning.code)
        return None

    def person(self, fields: Mapping[str, Field], auxiliar: Auxiliar) -> tuple[Caution, ...]:
        """Return what to know while the person is there."""
        states = self._sealer.captured(auxiliar.solicitud, identifying(fields))
        captured = None
        if states:
            captured = Captured.SENT if states & _WITH_THE_CENTRE else Captured.HERE
        scope = self._policy().scope(auxiliar.scope)
        values = {name: shown_value(field.value) for name, field in fields.items()}
        return about_person(values, captured=captured, scope=scope)

    def _period(self, condition: Condition, here: SignedIn | None) -> tuple[Caution, ...]:
        if here is None:
            return ()
        process = self._policy().process(here.process.id) or here.process
        return about_period(condition, process, here.auxiliar)
