"""What each kind of report lists: its columns by their official names, and its rows.

Rows stream from one query of the aspirante's own records; none is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Protocol

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from central.models import (
    Auxiliar,
    Citizen,
    Packet,
    Receipt,
    Record,
    Stage,
    Station,
)
from central.models.partition import causes
from central.reports import detail
from central.reports.auxiliares import AuxiliarFilter, Order, search
from central.reports.detail import Asked, By, Cause, Key, Place
from central.reports.record_filter import RecordFilter, conditions, own_records
from central.reports.tables.base import Cell, Column, Kind, Row
from central.storage.citizens import CitizenSealer
from domain.apoyo import State

_AT_A_TIME = 1_000


class Words(Protocol):
    """How people read what the tables hold as codes."""

    def state(self, state: State) -> str:
        """Name a state of the partition."""
        ...

    def cause(self, state: State, code: str) -> str:
        """Say why a record is in its state, for one code of `partition.causes`."""
        ...

    def auxiliar_stage(self, stage: Stage) -> str:
        """Name a step in the life of an auxiliar."""
        ...

    def entidad(self, number: int) -> str:
        """Name an entidad by the register's number."""
        ...


_BY: Mapping[By, tuple[Column, ...]] = {
    By.AUXILIAR: (Column("Id auxiliar", width=14),),
    By.STATION: (Column("Id dispositivo", width=14),),
    By.DAY: (Column("Día de recepción", Kind.DAY, 14),),
    By.ENTIDAD: (Column("Entidad", width=24),),
    By.DISTRITO: (Column("Entidad", width=24), Column("Distrito", Kind.CODE, 10)),
    By.MUNICIPIO: (Column("Entidad", width=24), Column("Municipio", Kind.CODE, 10)),
    By.SECCION: (Column("Entidad", width=24), Column("Sección", Kind.CODE, 10)),
    By.STATE: (Column("Estado del apoyo", width=32),),
    By.CAUSE: (Column("Estado del apoyo", width=28), Column("Causa", width=60)),
}
_NAMES = (
    Column("Nombre(s)", width=24),
    Column("Apellido Paterno", width=20),
    Column("Apellido Materno", width=20),
)
_RECORD = (
    Column("Capturado", Kind.INSTANT, 18),
    Column("Recibido", Kind.INSTANT, 18),
    Column("Estado del apoyo", width=28),
    Column("Causas", width=48),
    Column("Respuesta de Situación Registral", width=24),
    Column("Motivo de la baja", width=22),
    Column("Válido", width=12),
    Column("Id auxiliar", width=12),
    Column("Id dispositivo", width=12),
    Column("Entidad", width=20),
    Column("Distrito", Kind.CODE, 9),
    Column("Municipio", Kind.CODE, 9),
    Column("Sección", Kind.CODE, 9),
)
_FOLIO = Column("Folio de registro", width=34)
RECEIPT_COLUMNS = (
    _FOLIO,
    Column("Enlace (SHA-256)", width=66),
    Column("Estado del apoyo", width=28),
    Column("Índice del acuse", Kind.CODE, 12),
    Column("Acuse emitido", Kind.INSTANT, 18),
)


def detail_columns(wanted: Asked, words: Words) -> tuple[Column, ...]:
    """Give the columns of the Reporte detallado."""
    keys = tuple(column for one in wanted.by for column in _BY[one])
    if wanted.is_by_state:
        return (*keys, Column("Apoyos", Kind.NUMBER, 12))
    states = (Column(words.state(state), Kind.NUMBER, 14) for state in State)
    return (*keys, Column("Enviados", Kind.NUMBER, 12), *states)


def detail_rows(session: Session, aspirante_id: int, wanted: Asked, words: Words) -> Iterator[Row]:
    """Give the rows of the Reporte detallado."""
    for row in detail.rows(session, aspirante_id, wanted):
        keys = [cell for one, key in zip(wanted.by, row.keys, strict=True)
                for cell in _key_cells(one, key, words)]  # fmt: skip
        if wanted.is_by_state:
            yield (*keys, row.sent)
        else:
            yield (*keys, row.sent, *(row.counts.get(state, 0) for state in State))


def record_columns(*, with_names: bool) -> tuple[Column, ...]:
    """Give the columns of a list of records."""
    return (_FOLIO, *(_NAMES if with_names else ()), *_RECORD)


def record_rows(
    session: Session,
    aspirante_id: int,
    wanted: RecordFilter,
    citizens: CitizenSealer,
    words: Words,
    *,
    with_names: bool,
) -> Iterator[Row]:
    """Give the records that pass a filter, newest first; names only where they are asked for."""
    sealed_names: Any = Citizen.sealed if with_names else null()
    query = (
        select(Record, Auxiliar.id_auxiliar, Station.id_dispositivo, sealed_names)
        .join(Auxiliar, Auxiliar.id == Record.auxiliar_id)
        .join(Station, Station.id == Record.station_id)
        .where(own_records([aspirante_id], wanted, citizens), *conditions(wanted))
        .order_by(Record.id.desc())
        .execution_options(yield_per=_AT_A_TIME)
    )
    if with_names:
        query = query.outerjoin(Citizen, Citizen.record_id == Record.id)
    for record, id_auxiliar, id_dispositivo, sealed in session.execute(query):
        names = _names(record, sealed, citizens) if with_names else ()
        yield (record.folio_registro, *names, *_record(record, words, id_auxiliar, id_dispositivo))


def auxiliar_columns(words: Words) -> tuple[Column, ...]:
    """Give the columns of the list of auxiliares."""
    return (
        Column("Id auxiliar", width=14),
        Column("Nombre", width=36),
        Column("Estado", width=16),
        Column("Activo desde", Kind.INSTANT, 18),
        Column("Enviados", Kind.NUMBER, 12),
        Column(words.state(State.LISTA_NOMINAL), Kind.NUMBER, 18),
        Column("Rechazados", Kind.NUMBER, 12),
        Column("Días con apoyos", Kind.NUMBER, 12),
        Column("Última actividad", Kind.DAY, 14),
    )


def auxiliar_rows(session: Session, aspirante_id: int, words: Words) -> Iterator[Row]:
    """Give all auxiliares with what was captured under their accounts, by id."""
    after: str | None = None
    while True:
        page = search(
            session, aspirante_id, AuxiliarFilter(), order=Order.ID, after=after, limit=_AT_A_TIME
        )
        for row in page.rows:
            figures = row.figures
            yield (
                row.id_auxiliar,
                row.name,
                words.auxiliar_stage(row.stage),
                row.activated_at,
                figures.sent,
                figures.counts.get(State.LISTA_NOMINAL, 0),
                figures.rejected,
                figures.active_days,
                figures.last_on,
            )
        if page.after is None:
            return
        after = page.after


def receipt_rows(session: Session, aspirante_id: int, words: Words) -> Iterator[Row]:
    """Give each record's folio, link, state and receipt, in the order of arrival."""
    query = (
        select(
            Record.folio_registro, Packet.link, Record.state, Receipt.log_index, Receipt.issued_at
        )
        .join(Packet, Packet.id == Record.packet_id)
        .outerjoin(Receipt, Receipt.link == Packet.link)
        .where(Record.aspirante_id == aspirante_id)
        .order_by(Record.id)
        .execution_options(yield_per=_AT_A_TIME)
    )
    names = {state: words.state(state) for state in State}
    for folio, link, state, log_index, issued_at in session.execute(query):
        yield folio, link.hex(), names[state], log_index, issued_at


def period_fact(received_from: date | None, received_to: date | None) -> str:
    """Say which days of reception a report is about."""
    if received_from is None and received_to is None:
        return "Todo el proceso"
    begin = "el inicio" if received_from is None else f"{received_from:%d/%m/%Y}"
    end = "hoy" if received_to is None else f"{received_to:%d/%m/%Y}"
    return f"Recibidos desde {begin} hasta {end}"


def by_fact(wanted: Asked) -> str:
    """Say what a report counts by."""
    titles = (column.title for one in wanted.by for column in _BY[one])
    return ", ".join(dict.fromkeys(titles))


def _key_cells(by: By, key: Key, words: Words) -> tuple[Cell, ...]:
    match key:
        case Place(entidad, number):
            name = words.entidad(entidad) if entidad else "Sin respuesta del registro"
            return (name,) if by is By.ENTIDAD else (name, number or None)
        case Cause(state, code):
            return words.state(state), words.cause(state, code)
        case State():
            return (words.state(key),)
        case _:
            return (key or "No se sabe",)


def _names(record: Record, sealed: bytes | None, citizens: CitizenSealer) -> tuple[Cell, ...]:
    if sealed is None:
        return None, None, None
    names = citizens.open(record.aspirante_id, record.id, sealed)
    return names.nombres, names.apellido_paterno, names.apellido_materno


def _record(record: Record, words: Words, id_auxiliar: str, id_dispositivo: str) -> Row:
    valid = {True: "Sí", False: "No", None: "Pendiente"}[record.valid]
    return (
        record.captured_at,
        record.received_at,
        words.state(record.state),
        " ".join(words.cause(record.state, code) for code in causes(record)),
        record.situacion_registral.value,
        record.motivo_baja,
        valid,
        id_auxiliar,
        id_dispositivo,
        words.entidad(record.entidad) if record.entidad else None,
        record.distrito,
        record.municipio,
        record.seccion,
    )
