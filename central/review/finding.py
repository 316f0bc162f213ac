"""One finding of the mesa de control about one record; what follows is verification's to decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import ConflictError, InvalidInputError, NotFoundError
from central.models.aspirantes import Aspirante
from central.models.partition import move, reconsider_duplicates
from central.models.processes import Process
from central.models.records import Record, ReviewState
from central.models.settings import read_settings
from central.models.work import WorkState
from domain.apoyo import SituacionRegistral, State


def approve(session: Session, folio: str, *, reviewer_id: int, now: datetime) -> None:
    """Find nothing wrong with the images; the record is verified again, now with that finding.

    Raises:
        NotFoundError: There is no such record.
        ConflictError: It does not wait for a finding, or the register has not answered for it.
    """
    record = _waiting(session, folio)
    if record.situacion_registral is SituacionRegistral.SIN_RESPUESTA:
        raise ConflictError("the register has not answered for it", code="review.no_answer")
    record.review_state = ReviewState.APPROVED
    record.work_state, record.next_try_at, record.tries = WorkState.WAITING, now, 0
    _write(session, record, "record.approved", (), reviewer_id, now)


def reject(
    session: Session, folio: str, labels: Sequence[str], *, reviewer_id: int, now: datetime
) -> None:
    """Find the images inconsistent, for reasons of the official list; duplicates step up.

    Raises:
        NotFoundError: There is no such record.
        ConflictError: It does not wait for a finding.
        InvalidInputError: No reason was given, or one that the process does not list: whoever is
            rejected is told why.
    """
    if not labels:
        raise InvalidInputError("a rejection has a reason", field="labels")
    record = _waiting(session, folio)
    settings = session.scalar(
        select(Process.settings)
        .join(Aspirante, Aspirante.process_id == Process.id)
        .where(Aspirante.id == record.aspirante_id)
    )
    if set(labels) - set(read_settings(settings or {}).review.labels):
        raise InvalidInputError("the process has no such reason", field="labels")
    record.review_state, record.valid = ReviewState.REJECTED, False
    move(
        session,
        record,
        State.INCONSISTENCIA,
        reasons=labels,
        made_by=f"user:{reviewer_id}",
        made_at=now,
    )
    reconsider_duplicates(session, record, now=now)
    _write(session, record, "record.rejected", labels, reviewer_id, now)


def _waiting(session: Session, folio: str) -> Record:
    record = session.execute(
        select(Record).where(Record.folio_registro == folio).with_for_update()
    ).scalar_one_or_none()
    if record is None:
        raise NotFoundError("no such record")
    if record.state is not State.EN_MESA_DE_CONTROL or record.work_state is not WorkState.DONE:
        raise ConflictError("it does not wait for a finding", code="review.not_waiting")
    return record


def _write(
    session: Session,
    record: Record,
    action: str,
    labels: Sequence[str],
    reviewer_id: int,
    now: datetime,
) -> None:
    trail.write(
        session,
        at=now,
        actor=f"user:{reviewer_id}",
        action=action,
        subject_kind="record",
        subject=record.folio_registro,
        details={"labels": list(labels)},
    )
