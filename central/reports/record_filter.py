"""What Consulta de registros asks for: the official filters, as conditions of a query."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, or_, select

from central.models import Aspirante, Auxiliar, CitizenWord, Process, Record, Station
from central.storage.citizens import CitizenSealer
from domain.apoyo import SituacionRegistral, State
from domain.errors import FolioError
from domain.folio import FolioRegistro

# What must never be part of an address: these fields name a person.
NAME_FIELDS = ("nombres", "apellido_paterno", "apellido_materno")

# In which state the records of a reason are, by how its code begins; the first that fits holds.
# With the state an index leads to them, where the reasons alone would ask for all records.
_STATES_OF_REASON: Mapping[str, State] = {
    "duplicate.": State.DUPLICADO,
    "scope.": State.FUERA_DE_AMBITO,
    "period.unsure": State.EN_MESA_DE_CONTROL,
    "period.": State.INCONSISTENCIA,
    "record.no_clave": State.EN_MESA_DE_CONTROL,
    "station.": State.EN_MESA_DE_CONTROL,
    "attack.": State.EN_MESA_DE_CONTROL,
    "check.": State.EN_MESA_DE_CONTROL,
    "flag.": State.EN_MESA_DE_CONTROL,
    "review.": State.EN_MESA_DE_CONTROL,
}


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """The official filters, state and reason; empty text and None ask for nothing.

    All that are set must hold. Dates are days of reception in the zone of the process. `valid` true
    asks for valid records, false for those decided against; a record that is not decided yet
    answers to neither. A reason that ends in a point stands for its family.
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
    state: State | None = None
    reason: str = ""

    @property
    def names_somebody(self) -> bool:
        """Say whether a name is sought."""
        return any(getattr(self, name) for name in NAME_FIELDS)


def own_records(
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


def conditions(wanted: RecordFilter) -> list[ColumnElement[bool]]:
    """Give what holds for a record that passes, but for the names."""
    found = _exact(wanted)
    if wanted.received_from is not None:
        found.append(Record.received_on >= wanted.received_from)
    if wanted.received_to is not None:
        found.append(Record.received_on <= wanted.received_to)
    if wanted.folio_registro:
        found.append(_folio(wanted.folio_registro))
    if wanted.reason:
        found += _reason(wanted.reason)
    return found


def state_of_reason(code: str) -> State:
    """Give the state of the records that have a reason; what a reviewer found is the last case."""
    fitting = (state for prefix, state in _STATES_OF_REASON.items() if code.startswith(prefix))
    return next(fitting, State.INCONSISTENCIA)


def _exact(wanted: RecordFilter) -> list[ColumnElement[bool]]:
    columns: list[tuple[Any, object]] = [
        (Record.motivo_baja, wanted.motivo_baja),
        (Record.situacion_registral, wanted.situacion),
        (Record.state, wanted.state),
    ]
    found: list[ColumnElement[bool]] = [
        column == value for column, value in columns if value not in ("", None)
    ]
    if wanted.valid is not None:
        found.append(Record.valid.is_(wanted.valid))
    # By number, so that an index of the records leads to them.
    others: list[tuple[Any, Any, Any, str]] = [
        (Record.aspirante_id, Aspirante.id, Aspirante.folio_solicitud, wanted.folio_solicitud),
        (Record.auxiliar_id, Auxiliar.id, Auxiliar.id_auxiliar, wanted.id_auxiliar),
        (Record.station_id, Station.id, Station.id_dispositivo, wanted.id_dispositivo),
    ]
    found += [
        column.in_(select(key).where(code == value)) for column, key, code, value in others if value
    ]
    if wanted.process_kind:
        of_kind = (
            select(Aspirante.id)
            .join(Process, Process.id == Aspirante.process_id)
            .where(Process.kind == wanted.process_kind)
        )
        found.append(Record.aspirante_id.in_(of_kind))
    return found


def _names(
    aspirante_id: int, wanted: RecordFilter, citizens: CitizenSealer
) -> list[ColumnElement[bool]]:
    digests = {
        digest
        for name in NAME_FIELDS
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


def _folio(text: str) -> ColumnElement[bool]:
    """Match a whole folio by the unique index, a part of one by its beginning."""
    try:
        FolioRegistro.parse(text)
    except FolioError:
        return Record.folio_registro.startswith(text, autoescape=True)
    return Record.folio_registro == text


def _reason(code: str) -> list[ColumnElement[bool]]:
    # The column is a JSON list of texts: a code stands between quotation marks in it.
    quoted = json.dumps(code)
    sought = quoted[:-1] if code.endswith(".") else quoted
    return [
        Record.state == state_of_reason(code),
        cast(Record.reasons, String).contains(sought, autoescape=True),
    ]
