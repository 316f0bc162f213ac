"""The policy of a process for its stations: signed once per content, its version only grows."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.errors import ConfigError
from central.intake.scopes import ScopeBook
from central.models import (
    Aspirante,
    Auxiliar,
    AuxiliarState,
    OpeningKey,
    PolicyVersion,
    Process,
)
from central.models.database import Database, lock_for_transaction
from central.models.settings import CaptureSettings, read_settings
from domain.clock import Clock
from wire import policy as wire_policy
from wire.canonical import dumps
from wire.enrolment import SignedAnswer, sign_answer
from wire.envelope import Recipient
from wire.keys import Signer, VerifyingKey
from wire.shape import encode

_SENT = (AuxiliarState.INVITED, AuxiliarState.ACTIVE, AuxiliarState.SUSPENDED)
_TEXTS = ("citizen_page", "help_mail", "help_phone")
_MOST_AUXILIARES = 5_000


class PolicyOffice:
    """Gives the policy in force, and signs a new one when its content has changed."""

    def __init__(
        self,
        database: Database,
        signer: Signer,
        keys: tuple[VerifyingKey, ...],
        clock: Clock,
        minimum_software: str,
    ) -> None:
        self._database = database
        self._signer = signer
        self._keys = keys
        self._clock = clock
        self._minimum_software = minimum_software or "0"
        self._scopes = ScopeBook()

    def current(self, process_id: int) -> tuple[int, str]:
        """Give version and JWS of a process's policy.

        Raises:
            ConfigError: The process has no opening key, or a setting is out of its range.
        """
        now = self._clock.now()
        with self._database.read() as session:
            digest = _digest(self._build(session, process_id, 1, now))
            found = _latest(session, process_id)
        if found is not None and found.content_sha256 == digest:
            return found.version, found.jws
        with self._database.write() as session:
            lock_for_transaction(session, f"acopio/policy/{process_id}".encode("ascii"))
            latest = _latest(session, process_id)
            version = 1 if latest is None else latest.version + 1
            policy = self._build(session, process_id, version, now)
            digest = _digest(policy)
            if latest is not None and latest.content_sha256 == digest:
                return latest.version, latest.jws
            token = wire_policy.sign_policy(policy, self._signer)
            session.add(
                PolicyVersion(
                    process_id=process_id,
                    version=version,
                    content_sha256=digest,
                    jws=token,
                    signed_at=now,
                )
            )
        return version, token

    def sign_answer(self, answer: SignedAnswer) -> str:
        """Sign an answer to a new station with the key that signs policies."""
        return sign_answer(answer, self._signer)

    def _build(
        self, session: Session, process_id: int, version: int, now: datetime
    ) -> wire_policy.Policy:
        process = session.get_one(Process, process_id)
        capture = read_settings(process.settings).capture
        people = _auxiliares(session, process)
        by_id = {aspirante.id: aspirante for _auxiliar, aspirante in people}
        scopes = self._scopes.of(session, by_id.values())
        rows = [(auxiliar, aspirante, scopes[aspirante.id]) for auxiliar, aspirante in people]
        return wire_policy.Policy(
            version=version,
            issued_ms=_ms(now),
            processes=(
                wire_policy.Process(
                    id=process.code,
                    name=process.name,
                    opening=_recipient(session, process, "opening"),
                    recovery=_recipient(session, process, "recovery"),
                    starts_ms=_ms(process.starts_at),
                    ends_ms=_ms(process.ends_at),
                    models=capture.models,
                    live_photo_required=capture.live_photo_required,
                    typed_data_allowed=capture.typed_data_allowed,
                    attempts_before_fallback=capture.attempts_before_fallback,
                    notice=capture.notice,
                    notice_text=capture.notice_text,
                    acceptance=capture.acceptance,
                ),
            ),
            keys=self._keys,
            auxiliares=tuple(_auxiliar(process, *row) for row in rows),
            scopes=tuple({scope.id: scope for *_, scope in rows if scope is not None}.values()),
            settings=wire_policy.Settings(
                purge_after_s=capture.purge_after_s,
                hello_every_s=capture.hello_every_s,
                policy_every_s=capture.policy_every_s,
                capture_allowed=capture.allowed,
            ),
            texts=_texts(capture),
            minimum_software=self._minimum_software,
        )


def _texts(capture: CaptureSettings) -> dict[str, str]:
    texts = {name: getattr(capture, name) for name in _TEXTS}
    return {name: text for name, text in texts.items() if text}


def _auxiliares(session: Session, process: Process) -> list[tuple[Auxiliar, Aspirante]]:
    rows = session.execute(
        select(Auxiliar, Aspirante)
        .join(Aspirante, Aspirante.id == Auxiliar.aspirante_id)
        .where(Aspirante.process_id == process.id, Aspirante.active, Auxiliar.state.in_(_SENT))
        .order_by(Auxiliar.id)
        .limit(_MOST_AUXILIARES)
    )
    return [(auxiliar, aspirante) for auxiliar, aspirante in rows]


def _auxiliar(
    process: Process, auxiliar: Auxiliar, aspirante: Aspirante, scope: wire_policy.Scope | None
) -> wire_policy.Auxiliar:
    return wire_policy.Auxiliar(
        id=auxiliar.id_auxiliar,
        solicitud=aspirante.folio_solicitud,
        process=process.code,
        alias=f"{auxiliar.nombres} {auxiliar.apellido_paterno}".strip()[:80],
        aspirante=aspirante.name,
        verifier=auxiliar.verifier or "",
        activation=auxiliar.activation_verifier or "",
        expires_ms=_ms_or_none(auxiliar.expires_at),
        is_active=auxiliar.state is not AuxiliarState.SUSPENDED,
        scope="" if scope is None else scope.id,
        starts_ms=_ms_or_none(aspirante.starts_at),
        ends_ms=_ms_or_none(aspirante.ends_at),
    )


def _recipient(session: Session, process: Process, purpose: str) -> Recipient:
    key = session.execute(
        select(OpeningKey)
        .where(
            (OpeningKey.process_id == process.id) | OpeningKey.process_id.is_(None),
            OpeningKey.purpose == purpose,
            OpeningKey.retired_at.is_(None),
        )
        # A key of the process itself goes before the one of the whole centre.
        .order_by(OpeningKey.process_id.is_(None), OpeningKey.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if key is None:
        raise ConfigError(f"process {process.code} has no {purpose} key", code="config.no_key")
    return Recipient(key.kid, key.recipient)


def _latest(session: Session, process_id: int) -> PolicyVersion | None:
    return session.execute(
        select(PolicyVersion)
        .where(PolicyVersion.process_id == process_id)
        .order_by(PolicyVersion.version.desc())
        .limit(1)
    ).scalar_one_or_none()


def _digest(policy: wire_policy.Policy) -> bytes:
    content = encode(policy)
    del content["version"], content["issued_ms"]
    return hashlib.sha256(dumps(content)).digest()


def _ms_or_none(moment: datetime | None) -> int:
    return 0 if moment is None else _ms(moment)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
