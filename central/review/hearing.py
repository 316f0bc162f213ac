"""What the authority does with an inconformidad: begin, open the images, decide record by record.

"Corrected" takes the rejection away and sends the record to verification again, so partition,
counts and duplicates stay exact. What verification then finds new is this:

- images that a reviewer had rejected count as accepted;
- a rejection by the period is not made again for the reason that was set aside;
- the register is asked again, with the clave as a person read it from the image where that is the
  correction. Its answer stays its own: nobody writes a situación registral by hand.

Of one citizen only one apoyo counts, so a duplicate falls only when its clave was misread, or the
record that held the place counts no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.accounts.permissions import Role
from central.audit import trail
from central.errors import ConflictError, InvalidInputError, NotFoundError
from central.mail.outbox import post_objection
from central.models import (
    Objection,
    ObjectionOutcome,
    ObjectionRecord,
    ObjectionState,
    Record,
    ReviewState,
    StateChange,
    User,
    WorkState,
)
from central.models.objections import OPEN_OBJECTIONS
from central.models.partition import COUNTING_STATES, move
from central.review.objections import write_down
from central.storage.citizens import CitizenNames, CitizenSealer
from domain.apoyo import SituacionRegistral, State
from domain.credential.clave_elector import parse_clave_elector
from domain.errors import ClaveElectorError

_DECIDING = frozenset({Role.ADMIN, Role.AUTHORITY, Role.REVIEWER, Role.ADJUDICATOR})
MOST_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was decided about a record, and why; `clave_elector` is the one read from the image."""

    outcome: ObjectionOutcome
    ground: str
    clave_elector: str | None = field(default=None, repr=False)


def decider(session: Session, email: str) -> User:
    """Find who decides.

    Raises:
        NotFoundError: Nobody with that address may decide.
    """
    user = session.scalar(select(User).where(User.email == email.strip().lower(), User.active))
    if user is None or not {row.role for row in user.grants} & _DECIDING:
        raise NotFoundError("nobody with that address decides", code="hearing.decider")
    return user


def begin(session: Session, folio: str, *, actor: str, now: datetime) -> None:
    """Begin to look at an inconformidad; doing it again changes nothing.

    Raises:
        NotFoundError: There is none of that folio.
        ConflictError: It is not open.
    """
    objection = _open_objection(session, folio)
    if objection.state is ObjectionState.SUBMITTED:
        _begin(session, objection, actor, now)


def open_images(
    session: Session, folio: str, *, until: datetime, actor: str, now: datetime
) -> None:
    """Let the aspirante look at the images of its records until a moment.

    Raises:
        NotFoundError: There is none of that folio.
        ConflictError: It was withdrawn.
    """
    objection = _objection(session, folio)
    if objection.state is ObjectionState.WITHDRAWN:
        raise ConflictError("it was withdrawn", code="objection.closed")
    objection.images_until = until
    write_down(session, objection, "objection.images_opened", actor, now, until=until.isoformat())
    post_objection(session, objection, "images", now=now)


def decide(
    session: Session,
    folio: str,
    folio_registro: str,
    resolution: Resolution,
    *,
    decided_by: User | None,
    actor: str,
    citizens: CitizenSealer,
    now: datetime,
) -> None:
    """Decide about one record; with the last one the inconformidad is resolved.

    Args:
        session: A session that writes.
        folio: The inconformidad,
        folio_registro: and the record of it.
        resolution: What is decided, and why.
        decided_by: The person who decides, where the register of users knows them.
        actor: Who wrote it down.
        citizens: Seals a corrected clave.
        now: The present.

    Raises:
        NotFoundError: There is no such inconformidad, or no such record in it.
        InvalidInputError: No ground is given, or a clave is none.
        ConflictError: It is decided already, or by the person who rejected it, or correcting it
            cannot make it count.
    """
    _check(resolution)
    objection = _open_objection(session, folio)
    row, record = _pending(session, objection, folio_registro)
    _check_person(session, record, decided_by)
    if record.valid is not False and resolution.outcome is ObjectionOutcome.CONFIRMED:
        raise ConflictError("it is not rejected any more", code="hearing.not_rejected")
    if objection.state is ObjectionState.SUBMITTED:
        _begin(session, objection, actor, now)
    row.outcome, row.ground = resolution.outcome, resolution.ground.strip()
    row.decided_by = actor if decided_by is None else f"user:{decided_by.id}"
    row.decided_at = now
    if resolution.outcome is ObjectionOutcome.CORRECTED:
        _correct(session, record, row, resolution, citizens, now)
    session.flush()
    trail.write(
        session,
        at=now,
        actor=actor,
        action="objection.decided",
        subject_kind="record",
        subject=folio_registro,
        details={
            "objection": folio,
            "outcome": resolution.outcome.value,
            "decided_by": row.decided_by,
            "clave_corrected": row.correction is not None,
        },
    )
    waits = select(ObjectionRecord.record_id).where(
        ObjectionRecord.objection_id == objection.id,
        ObjectionRecord.outcome == ObjectionOutcome.PENDING,
    )
    if session.scalar(waits.limit(1)) is None:
        objection.state, objection.resolved_at = ObjectionState.RESOLVED, now
        post_objection(session, objection, "resolved", now=now)


def note_attachment(session: Session, folio: str, token: str, *, actor: str, now: datetime) -> None:
    """Write down that somebody of the authority took a file of an inconformidad.

    Raises:
        NotFoundError: There is none of that folio.
    """
    write_down(
        session, _objection(session, folio), "objection.attachment_read", actor, now, token=token
    )


def pending_folios(session: Session, folio: str) -> Sequence[str]:
    """Give the records of an inconformidad that wait for a decision."""
    return session.scalars(
        select(Record.folio_registro)
        .join(ObjectionRecord, ObjectionRecord.record_id == Record.id)
        .join(Objection, Objection.id == ObjectionRecord.objection_id)
        .where(Objection.folio == folio, ObjectionRecord.outcome == ObjectionOutcome.PENDING)
        .order_by(Record.id)
    ).all()


def _check(resolution: Resolution) -> None:
    if not 0 < len(resolution.ground.strip()) <= MOST_CHARACTERS:
        raise InvalidInputError("a decision says its ground", field="ground", code="hearing.ground")
    if resolution.outcome not in (ObjectionOutcome.CORRECTED, ObjectionOutcome.CONFIRMED):
        raise InvalidInputError("corrected or confirmed", field="outcome")
    if resolution.clave_elector is None:
        return
    if resolution.outcome is not ObjectionOutcome.CORRECTED:
        raise InvalidInputError("a clave corrects", field="clave", code="hearing.clave")
    try:
        parse_clave_elector(resolution.clave_elector)
    except ClaveElectorError as error:
        raise InvalidInputError(str(error), field="clave", code="hearing.clave") from error


def _check_person(session: Session, record: Record, decided_by: User | None) -> None:
    """Let nobody decide about their own rejection; where a person rejected, a person decides.

    A person's finding stands also where a station has withdrawn the record since.
    """
    rejections = select(StateChange.made_by).where(
        StateChange.record_id == record.id, StateChange.after == record.state.value
    )
    if record.review_state is ReviewState.REJECTED:
        rejections = rejections.where(StateChange.made_by.startswith("user:"))
    rejected_by = session.scalar(rejections.order_by(StateChange.id.desc()).limit(1))
    if rejected_by is None or not rejected_by.startswith("user:"):
        return
    if decided_by is None:
        raise ConflictError("a person rejected it: say who decides", code="hearing.who")
    if rejected_by == f"user:{decided_by.id}":
        raise ConflictError("the same person rejected it", code="hearing.same_person")


def _correct(
    session: Session,
    record: Record,
    row: ObjectionRecord,
    resolution: Resolution,
    citizens: CitizenSealer,
    now: datetime,
) -> None:
    if record.valid is not False:
        return  # it counts again by itself: the record that had its place does no more
    if resolution.clave_elector is not None:
        names = CitizenNames("", "", "", resolution.clave_elector)
        row.correction = citizens.seal(record.aspirante_id, record.id, names)
    elif record.state is State.DUPLICADO and _place_is_taken(session, record):
        raise ConflictError("the other record counts still", code="hearing.duplicate")
    if record.state is State.INCONSISTENCIA and record.review_state is ReviewState.REJECTED:
        record.review_state = ReviewState.APPROVED
    move(
        session,
        record,
        State.EN_PROCESAMIENTO,
        reasons=(),
        made_by=row.decided_by or "hearing",
        made_at=now,
    )
    record.valid = None
    record.situacion_registral, record.motivo_baja = SituacionRegistral.SIN_RESPUESTA, None
    record.work_state, record.next_try_at, record.tries = WorkState.WAITING, now, 0


def _place_is_taken(session: Session, record: Record) -> bool:
    holder = select(func.count()).where(
        Record.id == record.duplicate_of_id, Record.state.in_(COUNTING_STATES)
    )
    return bool(session.scalar(holder))


def _objection(session: Session, folio: str) -> Objection:
    found = session.scalar(select(Objection).where(Objection.folio == folio).with_for_update())
    if found is None:
        raise NotFoundError("no such inconformidad", code="objection.unknown")
    return found


def _open_objection(session: Session, folio: str) -> Objection:
    objection = _objection(session, folio)
    if objection.state not in OPEN_OBJECTIONS:
        raise ConflictError("it is not open any more", code="objection.closed")
    return objection


def _pending(
    session: Session, objection: Objection, folio_registro: str
) -> tuple[ObjectionRecord, Record]:
    record = session.scalar(
        select(Record).where(Record.folio_registro == folio_registro).with_for_update()
    )
    row = None
    if record is not None:
        row = session.get(ObjectionRecord, (objection.id, record.id))
    if record is None or row is None:
        raise NotFoundError("no such record in it", code="objection.record")
    if row.outcome is not ObjectionOutcome.PENDING:
        raise ConflictError("it is decided already", code="objection.decided")
    return row, record


def _begin(session: Session, objection: Objection, actor: str, now: datetime) -> None:
    objection.state, objection.review_began_at = ObjectionState.IN_REVIEW, now
    write_down(session, objection, "objection.review_began", actor, now)
