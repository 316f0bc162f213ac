"""Inconformidades as they are read: the list, one of them, one of its records, one of its files."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from central.errors import NotFoundError
from central.models import (
    Aspirante,
    AuditEntry,
    Objection,
    ObjectionAttachment,
    ObjectionOutcome,
    ObjectionRecord,
    ObjectionState,
    Record,
    User,
)
from central.review.attachments import EXTENSIONS
from central.review.objections import can_be_withdrawn, own_objection
from central.storage.documents import Documents
from central.storage.sealing import Sealer
from domain.apoyo import State

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """One inconformidad in a list, with its records counted by outcome."""

    folio: str
    folio_solicitud: str
    time_zone: str
    state: ObjectionState
    submitted_at: datetime
    review_began_at: datetime | None
    resolved_at: datetime | None
    images_until: datetime | None
    outcomes: dict[ObjectionOutcome, int]

    @property
    def records(self) -> int:
        """How many records it is about."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """Some inconformidades, newest first; `after` leads to the next page."""

    rows: tuple[ObjectionRow, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class ContestedRecord:
    """One record of an inconformidad: why it was rejected, what was decided, where it is now."""

    folio_registro: str
    reasons: tuple[str, ...]
    outcome: ObjectionOutcome
    ground: str | None
    decided_at: datetime | None
    state: State
    valid: bool | None


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of an inconformidad, without its bytes."""

    token: str
    name: str = field(repr=False)
    media_type: str
    size_bytes: int

    @property
    def extension(self) -> str:
        """How the name of a file of this type ends."""
        return EXTENSIONS[self.media_type]


@dataclass(frozen=True, slots=True)
class ObjectionDetail:
    """One inconformidad with a page of its records; `after` leads to the next page of them."""

    row: ObjectionRow
    statement: str = field(repr=False)
    files: tuple[AttachedFile, ...]
    records: tuple[ContestedRecord, ...]
    after: str | None
    can_be_withdrawn: bool


@dataclass(frozen=True, slots=True)
class View:
    """One look at one picture, as the audit trail has it."""

    at: datetime
    picture: str
    by: str = field(repr=False)


def page(
    session: Session, aspirante_ids: Sequence[int], *, after: str | None = None
) -> ObjectionPage:
    """Give one page of inconformidades.

    Raises:
        NotFoundError: The page is to begin at one that is not there for who asks.
    """
    query = _whole().where(Objection.aspirante_id.in_(aspirante_ids))
    if after is not None:
        query = query.where(Objection.id < own_objection(session, aspirante_ids, after).id)
    found = session.scalars(query.order_by(Objection.id.desc()).limit(PAGE_SIZE + 1)).all()
    rows = _as_rows(session, found[:PAGE_SIZE])
    return ObjectionPage(rows, rows[-1].folio if len(found) > PAGE_SIZE else None)


def detail(
    session: Session,
    aspirante_ids: Sequence[int],
    folio: str,
    sealer: Sealer,
    *,
    after: str | None = None,
) -> ObjectionDetail:
    """Give one inconformidad.

    Raises:
        NotFoundError: There is none of that folio for who asks, or no such record in it.
    """
    objection = session.scalar(
        _whole()
        .where(Objection.folio == folio, Objection.aspirante_id.in_(aspirante_ids))
        .options(joinedload(Objection.attachments))
    )
    if objection is None:
        raise NotFoundError("no such inconformidad")
    query = _contested(objection.id)
    if after is not None:
        query = query.where(Record.id > _record_id(session, objection.id, after))
    found = session.scalars(query.limit(PAGE_SIZE + 1)).all()
    records = tuple(_as_contested(row) for row in found[:PAGE_SIZE])
    return ObjectionDetail(
        row=_as_rows(session, [objection])[0],
        statement=sealer.open(objection.statement, folio).decode(),
        files=tuple(_as_file(one, sealer) for one in objection.attachments),
        records=records,
        after=records[-1].folio_registro if len(found) > PAGE_SIZE else None,
        can_be_withdrawn=can_be_withdrawn(session, objection),
    )


def contested(
    session: Session, aspirante_ids: Sequence[int], folio: str, folio_registro: str
) -> tuple[ObjectionRow, ContestedRecord]:
    """Give one record of one inconformidad.

    Raises:
        NotFoundError: It is not there for who asks.
    """
    objection = own_objection(session, aspirante_ids, folio)
    row = session.scalar(_contested(objection.id).where(Record.folio_registro == folio_registro))
    if row is None:
        raise NotFoundError("no such record in it")
    return _as_rows(session, [objection])[0], _as_contested(row)


def attachment(
    session: Session,
    aspirante_ids: Sequence[int],
    folio: str,
    token: str,
    sealer: Sealer,
    documents: Documents,
) -> tuple[AttachedFile, bytes]:
    """Give one file of an inconformidad.

    Raises:
        NotFoundError: There is none for who asks.
        StorageError: Its bytes cannot be read.
    """
    objection = own_objection(session, aspirante_ids, folio)
    row = session.scalar(
        select(ObjectionAttachment).where(
            ObjectionAttachment.objection_id == objection.id, ObjectionAttachment.token == token
        )
    )
    if row is None:
        raise NotFoundError("no such file")
    return _as_file(row, sealer), documents.read(token)


def views(session: Session, folio: str, folio_registro: str) -> tuple[View, ...]:
    """Give who looked at which picture of a record of an inconformidad, last first."""
    found = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == "record",
            AuditEntry.subject == folio_registro,
            AuditEntry.action == "picture.shown",
            AuditEntry.details["objection"].as_string() == folio,
        )
        .order_by(AuditEntry.id.desc())
        .limit(PAGE_SIZE)
    ).all()
    rows = session.execute(
        select(User.id, User.name).where(User.id.in_({_user_id(entry) for entry in found}))
    )
    names = {row.id: row.name for row in rows}
    return tuple(
        View(entry.at, entry.details["picture"], names.get(_user_id(entry), "")) for entry in found
    )


def _user_id(entry: AuditEntry) -> int:
    return int(entry.actor.removeprefix("user:"))


def _whole() -> Select[Objection]:
    return select(Objection).options(joinedload(Objection.aspirante).joinedload(Aspirante.process))


def _contested(objection_id: int) -> Select[ObjectionRecord]:
    return (
        select(ObjectionRecord)
        .join(ObjectionRecord.record)
        .options(joinedload(ObjectionRecord.record))
        .where(ObjectionRecord.objection_id == objection_id)
        .order_by(Record.id)
    )


def _record_id(session: Session, objection_id: int, folio_registro: str) -> int:
    found = session.scalar(
        select(Record.id)
        .join(ObjectionRecord, ObjectionRecord.record_id == Record.id)
        .where(
            ObjectionRecord.objection_id == objection_id, Record.folio_registro == folio_registro
        )
    )
    if found is None:
        raise NotFoundError("no such record in it")
    return found


def _as_rows(session: Session, objections: Sequence[Objection]) -> tuple[ObjectionRow, ...]:
    counts: dict[int, Counter[ObjectionOutcome]] = {one.id: Counter() for one in objections}
    counted = session.execute(
        select(ObjectionRecord.objection_id, ObjectionRecord.outcome, func.count())
        .where(ObjectionRecord.objection_id.in_(counts))
        .group_by(ObjectionRecord.objection_id, ObjectionRecord.outcome)
    )
    for objection_id, outcome, count in counted:
        counts[objection_id][outcome] = count
    return tuple(
        ObjectionRow(
            folio=one.folio,
            folio_solicitud=one.aspirante.folio_solicitud,
            time_zone=one.aspirante.process.time_zone,
            state=one.state,
            submitted_at=one.submitted_at,
            review_began_at=one.review_began_at,
            resolved_at=one.resolved_at,
            images_until=one.images_until,
            outcomes=dict(counts[one.id]),
        )
        for one in objections
    )


def _as_contested(row: ObjectionRecord) -> ContestedRecord:
    return ContestedRecord(
        folio_registro=row.record.folio_registro,
        reasons=tuple(row.reasons),
        outcome=row.outcome,
        ground=row.ground,
        decided_at=row.decided_at,
        state=row.record.state,
        valid=row.record.valid,
    )


def _as_file(row: ObjectionAttachment, sealer: Sealer) -> AttachedFile:
    return AttachedFile(
        token=row.token,
        name=sealer.open(row.name, row.token).decode(),
        media_type=row.media_type,
        size_bytes=row.size_bytes,
    )
