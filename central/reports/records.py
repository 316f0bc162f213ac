"""Consulta de registros: the records of an aspirante by the official filters, page by page.

Every query carries the aspirantes of who asks: a record of somebody else is as absent as one that
does not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from central.errors import NotFoundError
from central.models import (
    Aspirante,
    Citizen,
    MotivoBaja,
    Packet,
    Process,
    Receipt,
    Record,
    ReviewState,
    StateChange,
)
from central.reports.record_filter import RecordFilter, conditions, own_records
from central.reports.record_order import Order
from central.storage.citizens import CitizenNames, CitizenSealer
from domain.apoyo import SituacionRegistral, State

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record in a list. `names` is None until the record was opened for verification."""

    folio_registro: str
    folio_solicitud: str
    names: CitizenNames | None
    received_at: datetime
    captured_at: datetime
    id_auxiliar: str
    id_dispositivo: str
    situacion: SituacionRegistral
    state: State
    valid: bool | None
    motivo_baja: str | None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some records in their order; the marks lead to the pages before and after."""

    rows: tuple[RecordRow, ...]
    before: str | None
    after: str | None


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
    order: Order = Order(),  # noqa: B008  (it is frozen)
    before: str | None = None,
    after: str | None = None,
    limit: int = PAGE_SIZE,
) -> RecordPage:
    """Give one page of the records that pass a filter.

    Raises:
        NotFoundError: The page is to begin at a record that is not there for who asks.
    """
    backwards = before is not None
    mark = before if backwards else after
    query = _rows().where(own_records(aspirante_ids, wanted, citizens), *conditions(wanted))
    if mark is not None:
        place = order.find(session, aspirante_ids, mark)
        query = query.where(order.beyond(place, backwards=backwards))
    found = list(session.scalars(order.sort(query, backwards=backwards).limit(limit + 1)))
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    sealed = _sealed(session, found)
    rows = tuple(_row(record, sealed.get(record.id), citizens) for record in found)
    marks = [order.mark(row.folio_registro, row.state) for row in rows]
    return RecordPage(
        rows=rows,
        before=marks[0] if marks and (more if backwards else mark is not None) else None,
        after=marks[-1] if marks and (backwards or more) else None,
    )


def folios(
    session: Session,
    aspirante_ids: Sequence[int],
    wanted: RecordFilter,
    citizens: CitizenSealer,
    *also: ColumnElement[bool],
    limit: int,
) -> tuple[str, ...]:
    """Give the folios of the records that pass a filter and more conditions, newest first."""
    query = (
        select(Record.folio_registro)
        .where(own_records(aspirante_ids, wanted, citizens), *conditions(wanted), *also)
        .order_by(Record.id.desc())
        .limit(limit)
    )
    return tuple(session.scalars(query))


def receipt(session: Session, aspirante_ids: Sequence[int], folio_registro: str) -> str:
    """Give the receipt of one record as the centre signed it.

    Raises:
        NotFoundError: There is no such record for who asks, or no receipt of it.
    """
    found = session.scalar(
        select(Receipt.jws)
        .join(Packet, Packet.link == Receipt.link)
        .join(Record, Record.packet_id == Packet.id)
        .where(Record.folio_registro == folio_registro, Record.aspirante_id.in_(aspirante_ids))
    )
    if found is None:
        raise NotFoundError("no such record")
    return found


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
        captured_at=record.captured_at,
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
