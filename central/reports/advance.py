"""Reporte de avance: how many apoyos of an aspirante were sent, and where each of them stands.

Every figure comes from the rollups and the deltas not folded into them yet, in one statement each,
so a report is exact and never counts the records themselves.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session, joinedload

from central.errors import NotFoundError
from central.models import (
    Aspirante,
    RegisterSection,
    RollupDay,
    RollupDelta,
    RollupEntidad,
    RollupSeccion,
    ThresholdRow,
)
from central.models.register import newest_version
from central.reports import sums
from domain.apoyo import OPEN_STATES, Partition, State
from domain.threshold import BaseList, DispersionRule, Progress, Threshold, Unit, progress


class Day(NamedTuple):
    """What was received on one day: how much of it is in lista nominal by now, and still open."""

    on: date
    sent: int
    lista_nominal: int
    open: int


@dataclass(frozen=True, slots=True)
class Solicitud:
    """Whose report it is: the request of one aspirante in one process."""

    aspirante_id: int
    process_id: int
    folio: str
    aspirante: str
    process: str
    process_kind: str
    office: str
    starts_at: datetime
    ends_at: datetime
    deliver_until: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class Advance:
    """The whole Reporte de avance. `days` has no holes; `progress` is None without a threshold."""

    solicitud: Solicitud
    partition: Partition
    days: tuple[Day, ...]
    progress: Progress | None
    unit: Unit | None


def solicitudes(session: Session, aspirante_ids: Iterable[int]) -> tuple[Solicitud, ...]:
    """Give the requests of some aspirantes, by folio; those of inactive ones are left out."""
    rows = session.scalars(
        select(Aspirante)
        .where(Aspirante.id.in_(tuple(aspirante_ids)), Aspirante.active)
        .options(joinedload(Aspirante.process), joinedload(Aspirante.office))
        .order_by(Aspirante.folio_solicitud)
    )
    return tuple(_solicitud(row) for row in rows)


def advance(session: Session, aspirante_id: int) -> Advance:
    """Make the report of one aspirante.

    Raises:
        NotFoundError: There is no such aspirante.
        PartitionError: The rollups hold a negative count, which is a fault of the centre.
    """
    aspirante = session.get(Aspirante, aspirante_id)
    if aspirante is None:
        raise NotFoundError("no such aspirante")
    by_day: dict[date, dict[str, int]] = defaultdict(dict)
    totals: dict[State, int] = dict.fromkeys(State, 0)
    for day, state, count in session.execute(sums.counts(RollupDay, "day", aspirante_id)):
        by_day[day][state] = int(count)
        totals[State(state)] += int(count)
    threshold = aspirante.threshold
    return Advance(
        solicitud=_solicitud(aspirante),
        partition=Partition(totals, sum(totals.values())),
        days=_without_holes(by_day),
        progress=None if threshold is None else _progress(session, aspirante, threshold, totals),
        unit=None if threshold is None or threshold.unit is None else Unit(threshold.unit),
    )


def unit_code(unit: Unit, entidad: int, number: int) -> str:
    """Write a unit as `ThresholdUnit.unit_code` does: `09`, or `09-05` within its entidad."""
    if unit is Unit.ENTIDAD:
        return f"{entidad:02d}"
    width = {Unit.DISTRITO: 2, Unit.MUNICIPIO: 3, Unit.SECCION: 4}[unit]
    return f"{entidad:02d}-{number:0{width}d}"


def _solicitud(aspirante: Aspirante) -> Solicitud:
    process = aspirante.process
    return Solicitud(
        aspirante_id=aspirante.id,
        process_id=aspirante.process_id,
        folio=aspirante.folio_solicitud,
        aspirante=aspirante.name,
        process=process.name,
        process_kind=process.kind,
        office=aspirante.office.name,
        starts_at=aspirante.starts_at or process.starts_at,
        ends_at=aspirante.ends_at or process.ends_at,
        deliver_until=process.deliver_until,
        time_zone=process.time_zone,
    )


def _without_holes(by_day: Mapping[date, Mapping[str, int]]) -> tuple[Day, ...]:
    if not by_day:
        return ()
    first, last = min(by_day), max(by_day)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(_day(day, by_day.get(day, {})) for day in days)


def _day(on: date, counts: Mapping[str, int]) -> Day:
    still_open = sum(counts.get(state, 0) for state in OPEN_STATES)
    return Day(on, sum(counts.values()), counts.get(State.LISTA_NOMINAL, 0), still_open)


def _progress(
    session: Session, aspirante: Aspirante, row: ThresholdRow, totals: Mapping[State, int]
) -> Progress:
    rule = _dispersion(row)
    threshold = Threshold(
        percentage=Fraction(row.percentage),
        base=BaseList(row.base),
        dispersion=rule,
        cut_on=row.cut_on,
    )
    return progress(
        threshold,
        row.base_total,
        totals[State.LISTA_NOMINAL],
        base_by_unit=None if rule is None else {u.unit_code: u.base_total for u in row.units},
        valid_by_unit=None if rule is None else _valid_by_unit(session, aspirante.id, rule.unit),
    )


def _dispersion(row: ThresholdRow) -> DispersionRule | None:
    if row.unit is None or row.unit_percentage is None:
        return None
    return DispersionRule(
        unit=Unit(row.unit),
        percentage=Fraction(row.unit_percentage),
        minimum_units=row.minimum_units,
        minimum_share=None if row.minimum_share is None else Fraction(row.minimum_share),
    )


def _valid_by_unit(session: Session, aspirante_id: int, unit: Unit) -> dict[str, int]:
    if unit is Unit.ENTIDAD:
        query = sums.counts(RollupEntidad, "entidad", aspirante_id)
        return {
            unit_code(unit, entidad, 0): int(count)
            for entidad, state, count in session.execute(query)
            if state == State.LISTA_NOMINAL
        }
    by_unit: dict[str, int] = defaultdict(int)
    for entidad, number, count in session.execute(_valid_by_part(aspirante_id, unit)):
        by_unit[unit_code(unit, entidad, number)] += int(count)
    return by_unit


def _valid_by_part(aspirante_id: int, unit: Unit) -> Select[Any]:
    """Sum lista nominal by sección, or by the distrito or municipio the register puts it in."""
    both = union_all(
        select(
            RollupSeccion.entidad.label("entidad"),
            RollupSeccion.seccion.label("seccion"),
            RollupSeccion.records.label("records"),
        ).where(
            RollupSeccion.aspirante_id == aspirante_id,
            RollupSeccion.state == State.LISTA_NOMINAL.value,
        ),
        select(
            RollupDelta.entidad.label("entidad"),
            RollupDelta.seccion.label("seccion"),
            RollupDelta.change.label("records"),
        ).where(
            RollupDelta.aspirante_id == aspirante_id,
            RollupDelta.state == State.LISTA_NOMINAL.value,
        ),
    ).subquery()
    if unit is Unit.SECCION:
        return select(both.c.entidad, both.c.seccion, func.sum(both.c.records)).group_by(
            both.c.entidad, both.c.seccion
        )
    number = RegisterSection.distrito if unit is Unit.DISTRITO else RegisterSection.municipio
    return (
        select(both.c.entidad, number, func.sum(both.c.records))
        .join_from(
            both,
            RegisterSection,
            (RegisterSection.entidad == both.c.entidad)
            & (RegisterSection.seccion == both.c.seccion)
            & (RegisterSection.version_id == newest_version()),
        )
        .group_by(both.c.entidad, number)
    )
