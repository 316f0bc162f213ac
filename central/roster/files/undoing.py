"""Taking back a whole file: who never activated goes, who did stays listed and is deactivated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, not_, select, update
from sqlalchemy.orm import Session

from central.audit import trail
from central.models import (
    Aspirante,
    Auxiliar,
    AuxiliarBatch,
    AuxiliarState,
    BatchState,
    Mail,
    MailKind,
    Record,
    WorkState,
)
from central.roster.files.batches import locked
from central.roster.registration import lock_places


@dataclass(frozen=True, slots=True)
class Undoing:
    """What taking back a file does, in numbers of people.

    Attributes:
        removed: Never activated: they go, and may be registered again.
        deactivated: Activated at a station: they stay listed with their apoyos, and capture no
            more.
        untouched: Deactivated before, or blocked by the authority: that stays as it is.
    """

    removed: int
    deactivated: int
    untouched: int


def foresee(session: Session, batch: AuxiliarBatch) -> Undoing:
    """Count what `undo` would do now."""
    removed, deactivated, everybody = (
        session.scalar(select(func.count()).select_from(Auxiliar).where(condition)) or 0
        for condition in (_never_active(batch), _active(batch), _of(batch))
    )
    return Undoing(removed, deactivated, everybody - removed - deactivated)


def undo(session: Session, batch: AuxiliarBatch, *, user_id: int, now: datetime) -> None:
    """Take back a file that was imported; a second time, or of another file, changes nothing."""
    batch = locked(session, batch)
    if batch.state is not BatchState.IMPORTED:
        session.commit()
        return
    aspirante = session.get_one(Aspirante, batch.aspirante_id)
    lock_places(session, aspirante.process_id)
    actor = f"user:{user_id}"
    # One statement each: who activates at a station meanwhile is seen by the database.
    removed = session.scalars(
        delete(Auxiliar)
        .where(_never_active(batch))
        .returning(Auxiliar.id_auxiliar)
        .execution_options(synchronize_session=False)
    ).all()
    deactivated = session.scalars(
        update(Auxiliar)
        .where(_active(batch))
        .values(state=AuxiliarState.DEACTIVATED, deactivated_at=now)
        .returning(Auxiliar.id_auxiliar)
        .execution_options(synchronize_session=False)
    ).all()
    # Letters of those who went, went with them.
    session.execute(
        delete(Mail)
        .where(
            Mail.auxiliar_id.in_(select(Auxiliar.id).where(_of(batch))),
            Mail.kind == MailKind.ACTIVATION,
            Mail.work_state == WorkState.WAITING,
        )
        .execution_options(synchronize_session=False)
    )
    for action, codes in (("auxiliar.removed", removed), ("auxiliar.deactivated", deactivated)):
        trail.write_all(
            session,
            codes,
            at=now,
            actor=actor,
            action=action,
            subject_kind="auxiliar",
            details={"batch": batch.id},
        )
    batch.state, batch.undone_at, batch.content = BatchState.UNDONE, now, None
    trail.write(
        session,
        at=now,
        actor=actor,
        action="auxiliar_file.undone",
        subject_kind="auxiliar_file",
        subject=batch.token,
        details={"removed": len(removed), "deactivated": len(deactivated)},
    )
    session.commit()


def _of(batch: AuxiliarBatch) -> ColumnElement[bool]:
    return and_(Auxiliar.batch_id == batch.id, Auxiliar.aspirante_id == batch.aspirante_id)


def _never_active(batch: AuxiliarBatch) -> ColumnElement[bool]:
    """Name who can go: no password, no record, and no block that a new registration would lift."""
    has_record = select(Record.id).where(Record.auxiliar_id == Auxiliar.id).exists()
    return and_(
        _of(batch),
        Auxiliar.activated_at.is_(None),
        Auxiliar.verifier.is_(None),
        Auxiliar.state != AuxiliarState.SUSPENDED,
        not_(has_record),
    )


def _active(batch: AuxiliarBatch) -> ColumnElement[bool]:
    return and_(
        _of(batch),
        not_(_never_active(batch)),
        Auxiliar.state.not_in((AuxiliarState.SUSPENDED, AuxiliarState.DEACTIVATED)),
    )
