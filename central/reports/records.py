"""Consulta de registros: the records of an aspirante by the official filters, page by page.

Pages follow the key, newest first, so the last page costs what the first does. Every query carries
the aspirantes of who asks: a record of somebody else is as absent as one that does not exist.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from central.errors import NotFoundError
from central.models import (
    Aspirante,
    Auxiliar,
    Citizen,
    CitizenWord,
    MotivoBaja,
    Process,
    Receipt,
    Record,
    ReviewState,
    StateChange,
    Station,
)
from central.storage.citizens import CitizenNames, CitizenSealer
from domain.apoyo import SituacionRegistral, State
from domain.errors import FolioError
from domain.folio import FolioRegistro

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """The official filters; empty text and None ask for nothing. All that are set must hold.

    Dates are days of reception in the zone of the process. `valid` true asks for valid records,
    false for those decided against; a record that is not decided yet answers to neither.
    """

    received_from: date | None = None
    received_to: date | None = None
    folio_solicitud: str = ""
    folio_registro: str = ""
    nombres: str = field(default="", repr=False)
    apellido_paterno: str = field(default="", repr=False)
    apellido_materno: str = field(default="", repr=False)
    process_kind: str = ""
    id_auxiliar: str = ""
    id_dispositivo: str = ""
    situacion: SituacionRegistral | None = None
    valid: bool | None = None
    motivo_baja: str = ""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record in a list. `names` is None until the record was opened for verification."""

    folio_registro: str
    folio_solicitud: str
    names: CitizenNames | None
    received_at: datetime
    id_auxiliar: str
    id_dispositivo: str
    situacion: SituacionRegistral
    state: State
    valid: bool | None
    motivo_baja: str | None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some records, newest first; the folios lead to the pages of newer and of older ones."""

    rows: tuple[RecordRow, ...]
    newer_than: str | None
    older_than: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a record through the states; `before` is None for the reception."""

    before: State | None
    after: State
    made_at: datetime
    by_person: bool


@dataclass(frozen=True, slots=True)
class RecordDetail:
    """One record with its history and its receipt."""

    row: RecordRow
    process: str
    process_kind: str
    time_zone: str
    auxiliar: str
    captured_at: datetime
    verified_at: datetime | None
    review_state: ReviewState
    reasons: tuple[str, ...]
    # The record that counts in its place, where it belongs to the same aspirante.
    counted_folio: str | None
    entidad: int | None
    seccion: int | None
    changes: tuple[Change, ...]
    # SHA-256 of the packet's header, and the receipt's place in the log of receipts.
    receipt: str
    receipt_log_index: int | None
    receipt_issued_at: datetime | None


def search(
    session: Session,
    aspirante_ids: Sequence[int],
    wanted: RecordFilter,
    citizens: CitizenSealer,
    *,
    older_than: str | None = None,
    newer_than: str | None = None,
    limit: int = PAGE_SIZE,
) -> RecordPage:
    """Give one page of the records that pass a filter.

    Raises:
        NotFoundError: The page is to start at a record that is not there for who asks.
    """
    query = (
        _rows().where(_own(aspirante_ids, wanted, citizens), *_conditions(wanted)).limit(limit + 1)
    )
    if newer_than is not None:
        start = _id_of(session, aspirante_ids, newer_than)
        found = list(session.scalars(query.where(Record.id > start).order_by(Record.id)))
        more_newer, more_older = len(found) > limit, True
        found = list(reversed(found[:limit]))
    else:
        if older_than is not None:
            query = query.where(Record.id < _id_of(session, aspirante_ids, older_than))
        found = list(session.scalars(query.order_by(Record.id.desc())))
        more_newer, more_older = older_than is not None, len(found) > limit
        found = found[:limit]
    sealed = _sealed(session, found)
    rows = tuple(_row(record, sealed.get(record.id), citizens) for record in found)
    return RecordPage(
        rows=rows,
        newer_than=rows[0].folio_registro if rows and more_newer else None,
        older_than=rows[-1].folio_registro if rows and more_older else None,
    )


def detail(
    session: Session, aspirante_ids: Sequence[int], folio_registro: str, citizens: CitizenSealer
) -> RecordDetail:
    """Give one record with its history.

    Raises:
        NotFoundError: There is no such record for who asks.
    """
    record = session.scalar(
        _rows()
        .options(
            joinedload(Record.packet),
            contains_eager(Record.aspirante).joinedload(Aspirante.process),
        )
        .where(Record.folio_registro == folio_registro, Record.aspirante_id.in_(aspirante_ids))
    )
    if record is None:
        raise NotFoundError("no such record")
    receipt = session.scalar(select(Receipt).where(Receipt.link == record.packet.link))
    changes = session.scalars(
        select(StateChange).where(StateChange.record_id == record.id).order_by(StateChange.id)
    )
    counted = None
    if record.duplicate_of_id is not None:
        counted = session.scalar(
            select(Record.folio_registro).where(
                Record.id == record.duplicate_of_id, Record.aspirante_id.in_(aspirante_ids)
            )
        )
    process = record.aspirante.process
    person = record.auxiliar
    return RecordDetail(
        row=_row(record, _sealed(session, [record]).get(record.id), citizens),
        process=process.name,
        process_kind=process.kind,
        time_zone=process.time_zone,
        auxiliar=" ".join(
            word
            for word in (person.nombres, person.apellido_paterno, person.apellido_materno)
            if word
        ),
        captured_at=record.captured_at,
        verified_at=record.verified_at,
        review_state=record.review_state,
        reasons=tuple(record.reasons),
        counted_folio=counted,
        entidad=record.entidad,
        seccion=record.seccion,
        changes=tuple(_change(change) for change in changes),
        receipt=record.packet.link.hex(),
        receipt_log_index=None if receipt is None else receipt.log_index,
        receipt_issued_at=None if receipt is None else receipt.issued_at,
    )


def motivos_baja(session: Session) -> tuple[str, ...]:
    """Give the official causes of removal, as they are listed now."""
    return tuple(session.scalars(select(MotivoBaja.label).order_by(MotivoBaja.label)))


def process_kinds(session: Session, aspirante_ids: Sequence[int]) -> tuple[str, ...]:
    """Give the types of process in which some aspirantes take part."""
    return tuple(
        session.scalars(
            select(Process.kind)
            .join(Aspirante, Aspirante.process_id == Process.id)
            .where(Aspirante.id.in_(aspirante_ids))
            .distinct()
            .order_by(Process.kind)
        )
    )


def _rows() -> Select[Record]:
    return (
        select(Record)
        .join(Record.aspirante)
        .join(Record.auxiliar)
        .join(Record.station)
        .options(
            contains_eager(Record.aspirante),
            contains_eager(Record.auxiliar),
            contains_eager(Record.station),
        )
    )


def _own(
    aspirante_ids: Iterable[int], wanted: RecordFilter, citizens: CitizenSealer
) -> ColumnElement[bool]:
    """Bound a query to own records; digests of names differ between aspirantes."""
    return or_(
        false(),
        *(
            and_(Record.aspirante_id == aspirante_id, *_names(aspirante_id, wanted, citizens))
            for aspirante_id in aspirante_ids
        ),
    )


def _names(
    aspirante_id: int, wanted: RecordFilter, citizens: CitizenSealer
) -> list[ColumnElement[bool]]:
    digests = {
        digest
        for name in ("nombres", "apellido_paterno", "apellido_materno")
        for digest in citizens.wanted(aspirante_id, name, getattr(wanted, name))
    }
    return [
        exists().where(
            CitizenWord.aspirante_id == aspirante_id,
            CitizenWord.digest == digest,
            CitizenWord.record_id == Record.id,
        )
        for digest in sorted(digests)
    ]


def _conditions(wanted: RecordFilter) -> list[ColumnElement[bool]]:
    exact: list[tuple[Any, object]] = [
        (Aspirante.folio_solicitud, wanted.folio_solicitud),
        (Auxiliar.id_auxiliar, wanted.id_auxiliar),
        (Station.id_dispositivo, wanted.id_dispositivo),
        (Record.motivo_baja, wanted.motivo_baja),
        (Record.situacion_registral, wanted.situacion),
    ]
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in exact if value not in ("", None)
    ]
    if wanted.received_from is not None:
        conditions.append(Record.received_on >= wanted.received_from)
    if wanted.received_to is not None:
        conditions.append(Record.received_on <= wanted.received_to)
    if wanted.folio_registro:
        conditions.append(_folio(wanted.folio_registro))
    if wanted.process_kind:
        conditions.append(Aspirante.process.has(Process.kind == wanted.process_kind))
    if wanted.valid is not None:
        conditions.append(Record.valid.is_(wanted.valid))
    return conditions


def _folio(text: str) -> ColumnElement[bool]:
    """Match a whole folio by the unique index, a part of one by its beginning."""
    try:
        FolioRegistro.parse(text)
    except FolioError:
        return Record.folio_registro.startswith(text, autoescape=True)
    return Record.folio_registro == text


def _id_of(session: Session, aspirante_ids: Sequence[int], folio_registro: str) -> int:
    found = session.scalar(
        select(Record.id).where(
            Record.folio_registro == folio_registro, Record.aspirante_id.in_(aspirante_ids)
        )
    )
    if found is None:
        raise NotFoundError("no such record")
    return found


def _sealed(session: Session, records: Sequence[Record]) -> dict[int, bytes]:
    ids = [record.id for record in records]
    rows = session.execute(
        select(Citizen.record_id, Citizen.sealed).where(Citizen.record_id.in_(ids))
    )
    return {row.record_id: row.sealed for row in rows}


def _row(record: Record, sealed: bytes | None, citizens: CitizenSealer) -> RecordRow:
    return RecordRow(
        folio_registro=record.folio_registro,
        folio_solicitud=record.aspirante.folio_solicitud,
        names=None if sealed is None else citizens.open(record.aspirante_id, record.id, sealed),
        received_at=record.received_at,
        id_auxiliar=record.auxiliar.id_auxiliar,
        id_dispositivo=record.station.id_dispositivo,
        situacion=record.situacion_registral,
        state=record.state,
        valid=record.valid,
        motivo_baja=record.motivo_baja,
    )


def _change(change: StateChange) -> Change:
    return Change(
        before=None if change.before is None else State(change.before),
        after=State(change.after),
        made_at=change.made_at,
        by_person=change.made_by not in ("intake", "verification"),
    )
