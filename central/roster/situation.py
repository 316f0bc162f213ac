"""Asks the register for auxiliares who came in, and invites those in the Lista Nominal.

The queue is the rows themselves: registered, with a sealed clave and without an answer. The
question is put outside of any transaction that writes; the answer is written only where none is
there yet, so two workers that ask the same thing at once do nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select, update

from central.audit import trail
from central.errors import RegisterUnavailableError, SecretError
from central.mail.outbox import post_activations
from central.models import Auxiliar, AuxiliarState
from central.models.database import Database
from central.register.base import Question, Register
from central.storage.sealing import Sealer
from domain.apoyo import SituacionRegistral
from domain.clock import Clock

_log = logging.getLogger(__name__)

_BATCH = 200


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: int
    code: str
    sealed: bytes = field(repr=False)
    clave: str = field(repr=False)


class SituationDesk:
    """One worker's hands."""

    def __init__(
        self, database: Database, register: Register, sealer: Sealer, clock: Clock, owner: str
    ) -> None:
        """Prepare; `sealer` opens what was sealed for `registration.CLAVE_PURPOSE`."""
        self._database = database
        self._register = register
        self._sealer = sealer
        self._clock = clock
        self._owner = owner
        # Said once in the log, not at every turn.
        self._unreadable: set[str] = set()

    def run_once(self) -> int:
        """Ask for the next ones who wait; give how many were answered."""
        waiting = self._waiting()
        if not waiting:
            return 0
        try:
            answers = self._register.ask([Question(one.clave) for one in waiting])
        except RegisterUnavailableError:
            _log.warning("register.unavailable auxiliares=%d", len(waiting))
            return 0
        return self._write(
            {one.id: (one, answer.situacion) for one, answer in zip(waiting, answers, strict=True)}
        )

    def _waiting(self) -> list[_Waiting]:
        """Give the oldest who wait; those whose clave does not open are passed over."""
        found: list[_Waiting] = []
        last = 0
        while not found:
            with self._database.read() as session:
                rows = session.execute(
                    select(Auxiliar.id, Auxiliar.id_auxiliar, Auxiliar.clave_sealed)
                    .where(waits(), Auxiliar.id > last)
                    .order_by(Auxiliar.id)
                    .limit(_BATCH)
                ).all()
            if not rows:
                break
            last = rows[-1].id
            for auxiliar_id, code, sealed in rows:
                clave = self._open(sealed or b"", code)
                if sealed is not None and clave is not None:
                    found.append(_Waiting(auxiliar_id, code, sealed, clave))
        return found

    def _open(self, sealed: bytes, code: str) -> str | None:
        try:
            return self._sealer.open(sealed, code).decode()
        except SecretError:
            # Sealed with a secret that was replaced since: the aspirante has to write it again.
            if code not in self._unreadable:
                self._unreadable.add(code)
                _log.error("auxiliar.clave_unreadable auxiliar=%s", code)
            return None

    def _write(self, answers: Mapping[int, tuple[_Waiting, SituacionRegistral]]) -> int:
        now = self._clock.now()
        answered: dict[SituacionRegistral, dict[int, int]] = {}
        with self._database.write() as session:
            rows = session.execute(
                select(Auxiliar.id, Auxiliar.aspirante_id, Auxiliar.clave_sealed)
                .where(Auxiliar.id.in_(answers), waits())
                .with_for_update()
            )
            for auxiliar_id, aspirante_id, sealed in rows:
                asked, situacion = answers[auxiliar_id]
                # Corrected meanwhile: the answer is to another question. No answer yet: later.
                if sealed == asked.sealed and situacion is not SituacionRegistral.SIN_RESPUESTA:
                    answered.setdefault(situacion, {})[auxiliar_id] = aspirante_id
            for situacion, people in answered.items():
                session.execute(
                    update(Auxiliar)
                    .where(Auxiliar.id.in_(people))
                    .values(situacion_registral=situacion.value, clave_sealed=None)
                    .execution_options(synchronize_session=False)
                )
                trail.write_all(
                    session,
                    [answers[auxiliar_id][0].code for auxiliar_id in people],
                    at=now,
                    actor=f"worker:{self._owner}",
                    action="auxiliar.checked",
                    subject_kind="auxiliar",
                    details={"situacion": situacion.value},
                )
                if situacion is SituacionRegistral.LISTA_NOMINAL:
                    post_activations(session, people, now=now)
        written = sum(map(len, answered.values()))
        if written:
            _log.info("auxiliares.checked auxiliares=%d", written)
        return written


def waits() -> ColumnElement[bool]:
    """Say of a row that the register is still to be asked."""
    return (
        (Auxiliar.state == AuxiliarState.REGISTERED)
        & Auxiliar.situacion_registral.is_(None)
        & Auxiliar.clave_sealed.is_not(None)
    )
