"""Inconformidades as an aspirante makes them: submit, withdraw, read, take an attachment."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import ConflictError, InvalidInputError, NotFoundError
from central.mail.outbox import post_objection
from central.models import (
    Objection,
    ObjectionAttachment,
    ObjectionOutcome,
    ObjectionRecord,
    ObjectionState,
    Record,
)
from central.models.objections import OPEN_OBJECTIONS
from central.review.attachments import MOST_FILES, Attachment
from central.review.contest import Candidate, judge, terms
from central.storage.documents import Documents
from central.storage.sealing import Sealer

# What seals statements and the names of files; the web and the commands use the same.
PURPOSE = "objections"
MOST_CHARACTERS = 5_000

# Without letters and digits that are mistaken for each other when they are read aloud.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_folio() -> str:
    """Draw a folio at random: 58 bits, so that nobody comes upon another's."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return f"INC-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def submit(
    session: Session,
    aspirante_ids: Sequence[int],
    folios: Sequence[str],
    statement: str,
    files: Sequence[Attachment],
    *,
    user_id: int,
    sealer: Sealer,
    documents: Documents,
    now: datetime,
) -> Objection:
    """Contest records with one statement and its files; the caller commits.

    Raises:
        InvalidInputError: Nothing is contested, nothing is said, or too much of something.
        ConflictError: A record may not be contested, or not any more.
    """
    if not statement.strip() or len(statement) > MOST_CHARACTERS:
        raise InvalidInputError("a statement has 1 to 5000 characters", field="statement")
    if len(files) > MOST_FILES:
        raise InvalidInputError("too many files", field="files", code="attachment.count")
    session.execute(
        # In one order for everybody: two who contest the same records wait, and none is killed.
        select(Record.id)
        .where(Record.folio_registro.in_(folios))
        .order_by(Record.id)
        .with_for_update()
    ).all()
    chosen = judge(session, aspirante_ids, folios, now=now)
    aspirante_id = _one_aspirante(session, chosen)
    folio = new_folio()
    objection = Objection(
        folio=folio,
        aspirante_id=aspirante_id,
        user_id=user_id,
        statement=sealer.seal(statement.strip().encode(), folio),
        state=ObjectionState.SUBMITTED,
        submitted_at=now,
    )
    session.add(objection)
    session.flush()
    _add_records(session, objection, chosen)
    for file in files:
        session.add(_attach(objection, file, sealer, documents))
    write_down(session, objection, "objection.submitted", f"user:{user_id}", now,
                records=len(chosen), files=len(files))  # fmt: skip
    post_objection(session, objection, "submitted", now=now)
    return objection


def withdraw(
    session: Session, aspirante_ids: Sequence[int], folio: str, *, user_id: int, now: datetime
) -> None:
    """Take an inconformidad back, as long as nothing of it is decided; the caller commits.

    Raises:
        NotFoundError: There is none of that folio for who asks.
        ConflictError: Something of it is decided, or it is not open any more.
    """
    objection = own_objection(session, aspirante_ids, folio, for_update=True)
    if not can_be_withdrawn(session, objection):
        raise ConflictError("something of it is decided already", code="objection.decided")
    for row in _rows(session, objection):
        row.outcome, row.decided_at = ObjectionOutcome.WITHDRAWN, now
    objection.state, objection.resolved_at = ObjectionState.WITHDRAWN, now
    objection.images_until = None
    write_down(session, objection, "objection.withdrawn", f"user:{user_id}", now)
    post_objection(session, objection, "withdrawn", now=now)


def can_be_withdrawn(session: Session, objection: Objection) -> bool:
    """Say whether an inconformidad is open and nothing of it decided."""
    decided = select(ObjectionRecord.record_id).where(
        ObjectionRecord.objection_id == objection.id,
        ObjectionRecord.outcome != ObjectionOutcome.PENDING,
    )
    return objection.state in OPEN_OBJECTIONS and session.scalar(decided.limit(1)) is None


def own_objection(
    session: Session, aspirante_ids: Sequence[int], folio: str, *, for_update: bool = False
) -> Objection:
    """Find an inconformidad.

    Raises:
        NotFoundError: There is none of that folio for who asks.
    """
    query = select(Objection).where(
        Objection.folio == folio, Objection.aspirante_id.in_(aspirante_ids)
    )
    found = session.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise NotFoundError("no such inconformidad", code="objection.unknown")
    return found


def _one_aspirante(session: Session, chosen: Sequence[Candidate]) -> int:
    if not chosen:
        raise InvalidInputError("no record was chosen", field="records", code="objection.none")
    if any(one.obstacle for one in chosen):
        raise ConflictError("a record may not be contested any more", code="objection.changed")
    aspirantes = {one.aspirante_id for one in chosen}
    if len(aspirantes) > 1:
        raise InvalidInputError("records of several requests", code="objection.mixed")
    aspirante_id = aspirantes.pop()
    if len(chosen) > terms(session, [aspirante_id])[aspirante_id].hearing.most_records:
        raise InvalidInputError("too many records", field="records", code="objection.many")
    return aspirante_id


def _add_records(session: Session, objection: Objection, chosen: Sequence[Candidate]) -> None:
    rows = [
        {
            "objection_id": objection.id,
            "record_id": one.record_id,
            "outcome": ObjectionOutcome.PENDING,
            "reasons": list(one.reasons),
        }
        for one in chosen
    ]
    try:
        session.execute(insert(ObjectionRecord), rows)
    except IntegrityError as error:  # somebody else of the same aspirante was quicker
        raise ConflictError("a record is contested already", code="objection.changed") from error


def _attach(
    objection: Objection, file: Attachment, sealer: Sealer, documents: Documents
) -> ObjectionAttachment:
    token = documents.put(file.content)
    return ObjectionAttachment(
        objection_id=objection.id,
        token=token,
        name=sealer.seal(file.name.encode(), token),
        media_type=file.media_type,
        size_bytes=len(file.content),
        sha256=file.digest,
    )


def _rows(session: Session, objection: Objection) -> Sequence[ObjectionRecord]:
    return session.scalars(
        select(ObjectionRecord).where(ObjectionRecord.objection_id == objection.id)
    ).all()


def write_down(
    session: Session,
    objection: Objection,
    action: str,
    actor: str,
    now: datetime,
    **details: trail.Detail,
) -> None:
    """Write an act on an inconformidad into the audit trail."""
    trail.write(
        session,
        at=now,
        actor=actor,
        action=action,
        subject_kind="objection",
        subject=objection.folio,
        details=details,
    )
