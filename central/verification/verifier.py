"""Verifies records: lease, open, ask the register, decide; each step may be cut and begun again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from central.audit import trail
from central.config import WorkerConfig
from central.errors import RegisterUnavailableError, VaultRefusedError, VaultUnavailableError
from central.models import (
    Aspirante,
    Citizen,
    CitizenWord,
    Office,
    Packet,
    Process,
    Record,
    ReviewState,
    work,
)
from central.models.database import Database, insert_or_ignore
from central.models.partition import COUNTING_STATES, Registered, move, reconsider_duplicates
from central.models.settings import ProcessSettings, read_settings
from central.register.base import Answer, Question, Register
from central.storage.citizens import CitizenSealer, citizen_key
from central.vault.client import VaultClient
from central.verification import leases
from central.verification.captured import Captured, read_captured
from central.verification.decide import (
    Bracket,
    Decision,
    Facts,
    Period,
    Scope,
    decide,
)
from central.verification.duplicates import demote, find_precedence, lock_citizen, reason
from central.verification.hearing import corrected_claves, set_aside
from central.verification.leases import Lease
from domain.apoyo import SituacionRegistral, State
from domain.clock import Clock
from wire.errors import ShapeError

_log = logging.getLogger(__name__)

_MADE_BY = "verification"
# Starts of a worker on one record, in multiples of its tries, before it is set aside.
_MOST_STARTS = 3
# Refusals of the vault that speak of the record itself: what the station sealed is not in order.
_UNSOUND = ("record.", "envelope.padding")


@dataclass(frozen=True, slots=True)
class _Opened:
    lease: Lease
    captured: Captured


class Verifier:
    """One worker's hands. Any number of them may work at once."""

    def __init__(
        self,
        database: Database,
        vault: VaultClient,
        register: Register,
        citizens: CitizenSealer,
        register_secret: bytes,
        config: WorkerConfig,
        clock: Clock,
        owner: str,
    ) -> None:
        self._database = database
        self._vault = vault
        self._register = register
        self._citizens = citizens
        self._register_secret = register_secret
        self._config = config
        self._clock = clock
        self._owner = owner

    def run_once(self) -> int:
        """Verify one batch of records that are due; give how many were leased."""
        with self._database.write() as session:
            batch = leases.claim(
                session,
                self._owner,
                most=self._config.batch,
                lease_s=self._config.lease_s,
                now=self._clock.now(),
            )
        opened: list[_Opened] = []
        for position, lease in enumerate(batch):
            try:
                found = self._open(lease)
            except VaultUnavailableError as error:
                _log.warning("vault.unavailable records=%d", len(batch) - position)
                self._return(batch[position:], error.code, counts=False)
                break
            if found is not None:
                opened.append(found)
        self._verify(self._corrected(opened))
        return len(batch)

    def _open(self, lease: Lease) -> _Opened | None:
        if lease.tries > _MOST_STARTS * self._config.tries:
            # It was begun again and again and never came to an end: it takes workers with it.
            self._return([lease], "record.never_ends", counts=True)
            return None
        try:
            padded = self._vault.open_record(lease.link, actor=f"worker:{self._owner}")
        except VaultRefusedError as error:
            if error.code.startswith(_UNSOUND):
                self._decide_unsound(lease, error.code)
            else:
                self._return([lease], error.code, counts=True)
            return None
        try:
            return _Opened(lease, read_captured(padded))
        except ShapeError as error:
            self._return([lease], error.code, counts=True)
            return None

    def _corrected(self, opened: Sequence[_Opened]) -> list[_Opened]:
        """Put the claves that a hearing corrected in the place of those that were captured."""
        with self._database.read() as session:
            claves = corrected_claves(
                session, [one.lease.record_id for one in opened], self._citizens
            )
        return [
            replace(one, captured=replace(one.captured, clave_elector=claves[one.lease.record_id]))
            if one.lease.record_id in claves
            else one
            for one in opened
        ]

    def _verify(self, opened: Sequence[_Opened]) -> None:
        asked = [one for one in opened if one.captured.clave_elector is not None]
        try:
            answers = self._register.ask(
                [Question(one.captured.clave_elector or "") for one in asked]
            )
        except RegisterUnavailableError as error:
            _log.warning("register.unavailable records=%d", len(opened))
            self._return([one.lease for one in opened], error.code, counts=False)
            return
        by_record = {
            one.lease.record_id: answer for one, answer in zip(asked, answers, strict=True)
        }
        for one in opened:
            try:
                self._verify_one(one, by_record.get(one.lease.record_id))
            except Exception:  # noqa: BLE001  (one bad record must not hold up the others)
                _log.exception("record.failed link=%s", one.lease.link.hex())
                self._return([one.lease], "record.failed", counts=True)

    def _verify_one(self, one: _Opened, answer: Answer | None) -> None:
        with self._database.write() as session:
            key = None
            if answer is not None:
                key = citizen_key(self._register_secret, one.captured.clave_elector or "")
                # The citizen before the record: two workers never wait for each other in a ring.
                lock_citizen(session, one.lease.office_id, key)
            record = work.held(session, Record, one.lease.record_id, self._owner)
            if record is None:
                return  # the lease ran out, and another worker has it
            self._settle(session, record, one, answer, key)
            work.finish(record)
            folio, state, reasons = record.folio_registro, record.state, record.reasons
        _log.info(
            "record.verified folio=%s state=%s reasons=%s", folio, state.value, ",".join(reasons)
        )

    def _settle(
        self,
        session: Session,
        record: Record,
        one: _Opened,
        answer: Answer | None,
        key: bytes | None,
    ) -> None:
        now = self._clock.now()
        self._keep_names(session, record, one.captured)
        record.attack_permille = one.captured.risk.attack_permille
        if answer is None or key is None:
            # Nothing to ask with: people read the clave from the image.
            decision = Decision(
                State.EN_MESA_DE_CONTROL, None, ("record.no_clave",), ReviewState.PENDING
            )
            _apply(session, record, decision, None, now)
            return
        settings, facts = self._facts(session, record, one, answer)
        decision = decide(facts, settings.review)
        was_counting = record.state in COUNTING_STATES
        record.citizen_key = key
        record.duplicate_of_id = None
        if decision.state in COUNTING_STATES:
            precedence = find_precedence(session, record, key, settings.presented)
            if precedence.first is not None:
                record.duplicate_of_id = precedence.first.id
                decision = Decision(
                    State.DUPLICADO,
                    False,
                    (reason(record, precedence.first),),
                    record.review_state,
                )
            elif precedence.later is not None:
                demote(session, precedence.later, record, now=now, made_by=_MADE_BY)
        _apply(session, record, decision, answer, now)
        if was_counting and decision.state not in COUNTING_STATES:
            reconsider_duplicates(session, record, now=now)

    def _facts(
        self, session: Session, record: Record, one: _Opened, answer: Answer
    ) -> tuple[ProcessSettings, Facts]:
        aspirante = session.get_one(Aspirante, record.aspirante_id)
        office = session.get_one(Office, record.office_id)
        process = session.get_one(Process, aspirante.process_id)
        packet = session.get_one(Packet, record.packet_id)
        facts = Facts(
            link=one.lease.link,
            answer=answer,
            scope=_scope(office, aspirante),
            period=Period(
                aspirante.starts_at or process.starts_at,
                aspirante.ends_at or process.ends_at,
                process.deliver_until,
            ),
            bracket=Bracket(
                record.captured_after, record.received_at, record.captured_at, record.clock_class
            ),
            risk=one.captured.risk,
            review_state=record.review_state,
            review_labels=record.reasons,
            is_quarantined=packet.quarantined,
            set_aside=set_aside(session, record.id),
        )
        return read_settings(process.settings), facts

    def _keep_names(self, session: Session, record: Record, captured: Captured) -> None:
        """Seal the names for the aspirante's Consulta; doing it twice leaves one row."""
        sealed = self._citizens.seal(record.aspirante_id, record.id, captured.names)
        if not insert_or_ignore(session, Citizen, {"record_id": record.id, "sealed": sealed}):
            return
        session.execute(delete(CitizenWord).where(CitizenWord.record_id == record.id))
        rows = [
            {"aspirante_id": record.aspirante_id, "digest": digest, "record_id": record.id}
            for digest in self._citizens.words(record.aspirante_id, captured.names)
        ]
        if rows:
            session.execute(insert(CitizenWord), rows)

    def _decide_unsound(self, lease: Lease, code: str) -> None:
        """The packet is signed and whole, but what is sealed in it is not this record."""
        with self._database.write() as session:
            record = work.held(session, Record, lease.record_id, self._owner)
            if record is None:
                return
            decision = Decision(State.INCONSISTENCIA, False, (code,), record.review_state)
            _apply(session, record, decision, None, self._clock.now())
            work.finish(record)
            folio = record.folio_registro
        _log.warning("record.unsound folio=%s code=%s", folio, code)

    def _return(self, batch: Sequence[Lease], code: str, *, counts: bool) -> None:
        for lease in batch:
            with self._database.write() as session:
                record = work.held(session, Record, lease.record_id, self._owner)
                if record is None:
                    continue
                now = self._clock.now()
                wait_s = self._config.backoff_s * (2 ** min(lease.tries - 1, 6) if counts else 1)
                is_dead = work.give_back(
                    record,
                    code=code,
                    again_at=now + timedelta(seconds=wait_s),
                    counts=counts,
                    most_tries=self._config.tries,
                )
                if is_dead:
                    _give_up(session, record, code, now)
                folio = record.folio_registro
            if is_dead:
                _log.error("record.given_up folio=%s code=%s", folio, code)


def _apply(
    session: Session, record: Record, decision: Decision, answer: Answer | None, now: datetime
) -> None:
    register = None
    if answer is not None:
        record.situacion_registral = answer.situacion
        record.register_version_id = answer.version_id
        at = answer.place
        register = Registered(
            answer.motivo_baja,
            None if at is None else (at.entidad, at.distrito, at.municipio, at.seccion),
        )
    else:
        record.situacion_registral = SituacionRegistral.SIN_RESPUESTA
    move(
        session,
        record,
        decision.state,
        reasons=decision.reasons,
        made_by=_MADE_BY,
        made_at=now,
        register=register,
    )
    record.valid = decision.valid
    record.review_state = decision.review_state
    record.verified_at = now


def _give_up(session: Session, record: Record, code: str, now: datetime) -> None:
    trail.write(
        session,
        at=now,
        actor=_MADE_BY,
        action="record.given_up",
        subject_kind="record",
        subject=record.folio_registro,
        details={"code": code},
    )


def _scope(office: Office, aspirante: Aspirante) -> Scope:
    match office.scope:
        case "entidad":
            return Scope(aspirante.scope_entidad)
        case "distrito":
            return Scope(aspirante.scope_entidad, distrito=aspirante.scope_distrito)
        case "municipio":
            return Scope(aspirante.scope_entidad, municipio=aspirante.scope_municipio)
        case _:
            return Scope()
