"""Reporte detallado: the apoyos of an aspirante counted by one or two things, within a period.

What the rollups know is read from them, with the deltas not folded yet, in one statement: exact and
quick at any size. Other pairs are one pass over the aspirante's own records.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby, islice
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, cast, func, select, union_all
from sqlalchemy.orm import Session

from central.models import (
    Auxiliar,
    Record,
    RegisterSection,
    RollupAuxiliar,
    RollupDay,
    RollupDelta,
    RollupEntidad,
    RollupSeccion,
    RollupStation,
    Station,
)
from central.models.partition import MOTIVO
from central.models.register import newest_version
from central.models.rollups import UNKNOWN_PLACE
from central.reports.sums import counts, counts_by_cause
from domain.apoyo import State

# A pair that no rollup has is counted while somebody waits only up to this many apoyos.
MOST_AT_ONCE = 100_000
_AT_A_TIME = 2_000


class By(StrEnum):
    """What apoyos are counted by."""

    AUXILIAR = "auxiliar"
    STATION = "station"
    DAY = "day"
    ENTIDAD = "entidad"
    DISTRITO = "distrito"
    MUNICIPIO = "municipio"
    SECCION = "seccion"
    STATE = "state"
    CAUSE = "cause"


_PARTS_OF_ENTIDAD = (By.DISTRITO, By.MUNICIPIO, By.SECCION)


class Place(NamedTuple):
    """Where the register says that citizens live; `entidad` 0: it has not said.

    `number` is that of the distrito, municipio or sección within the entidad, None for the entidad.
    """

    entidad: int
    number: int | None = None


class Cause(NamedTuple):
    """Why a record is in its state: a reason's code, or `motivo.…` of a baja."""

    state: State
    code: str


Key = str | date | Place | State | Cause


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report counts by, and the days of reception it is about, both included."""

    by: tuple[By, ...]
    received_from: date | None = None
    received_to: date | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.by) <= 2:
            raise ValueError("by one or two things")

    @property
    def is_by_state(self) -> bool:
        """Say whether each row is of one state; otherwise each row has the counts of all nine."""
        return By.STATE in self.by or By.CAUSE in self.by

    @property
    def has_period(self) -> bool:
        """Say whether days are left out."""
        return self.received_from is not None or self.received_to is not None

    @property
    def is_in_rollups(self) -> bool:
        """Say whether the counts are kept ready."""
        keys = [one for one in self.by if one is not By.STATE]
        return len(keys) <= 1 and (not self.has_period or keys in ([], [By.DAY]))

    def holds(self, day: date) -> bool:
        """Say whether a day is within the period."""
        return (self.received_from is None or self.received_from <= day) and (
            self.received_to is None or day <= self.received_to
        )


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One row: what it is of, and how many apoyos of it are in each state."""

    keys: tuple[Key, ...]
    counts: Mapping[State, int]

    @property
    def sent(self) -> int:
        """All apoyos of the row."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class DetailReport:
    """The report as it fits a screen. `rows` is None where only a file can have them.

    `is_cut` says that there are more rows than these; `totals` are of all apoyos of the period.
    """

    wanted: Asked
    rows: tuple[DetailRow, ...] | None
    is_cut: bool
    totals: Mapping[State, int]

    @property
    def sent(self) -> int:
        """All apoyos of the period."""
        return sum(self.totals.values())


def report(session: Session, aspirante_id: int, wanted: Asked, *, limit: int) -> DetailReport:
    """Make the report for a screen: at most `limit` rows, and nothing that keeps one waiting."""
    of_period = totals(session, aspirante_id, wanted)
    if not wanted.is_in_rollups and sum(of_period.values()) > MOST_AT_ONCE:
        return DetailReport(wanted, None, False, of_period)
    found = list(islice(rows(session, aspirante_id, wanted), limit + 1))
    return DetailReport(wanted, tuple(found[:limit]), len(found) > limit, of_period)


def asked(by: Iterable[str], received_from: date | None, received_to: date | None) -> Asked:
    """Read what somebody asks for, in the order that a table has.

    States and causes come last. An entidad beside one of its parts is said by the part itself, and
    a state beside its causes by these.

    Raises:
        ValueError: Something is not countable, or there is nothing to count by, or too much.
    """
    keys = list(dict.fromkeys(By(one) for one in by if one))
    if By.CAUSE in keys and By.STATE in keys:
        keys.remove(By.STATE)
    if By.ENTIDAD in keys and any(one in _PARTS_OF_ENTIDAD for one in keys):
        keys.remove(By.ENTIDAD)
    keys.sort(key=lambda one: one in (By.STATE, By.CAUSE))
    return Asked(tuple(keys), received_from, received_to)


def totals(session: Session, aspirante_id: int, wanted: Asked) -> dict[State, int]:
    """Count all apoyos of the period by state."""
    found = dict.fromkeys(State, 0)
    for day, state, count in session.execute(counts(RollupDay, "day", aspirante_id)):
        if wanted.holds(day):
            found[State(state)] += int(count)
    return found


def rows(session: Session, aspirante_id: int, wanted: Asked) -> Iterator[DetailRow]:
    """Give the rows in the order of their keys, as they come from the database."""
    if wanted.is_in_rollups:
        return _pivot(wanted, _from_rollups(session, aspirante_id, wanted))
    return _pivot(wanted, _from_records(session, aspirante_id, wanted))


# A count before it has its place in a row: keys, state, how many.
_Count = tuple[tuple[Key, ...], State, int]


def _pivot(wanted: Asked, found: Iterable[_Count]) -> Iterator[DetailRow]:
    for keys, of_keys in groupby(found, key=lambda one: one[0]):
        by_state: dict[State, int] = defaultdict(int)
        for _keys, state, count in of_keys:
            by_state[state] += count
        if By.STATE in wanted.by:
            for state in State:
                if by_state[state]:
                    yield DetailRow((*keys, state), {state: by_state[state]})
        else:
            yield DetailRow(keys, dict(by_state))


def _from_rollups(session: Session, aspirante_id: int, wanted: Asked) -> Iterator[_Count]:
    by = next((one for one in wanted.by if one is not By.STATE), None)
    if by is None:
        for state, count in totals(session, aspirante_id, wanted).items():
            if count:
                yield (), state, count
        return
    dialect = session.get_bind().dialect.name
    query = _rollup_query(by, aspirante_id, dialect).execution_options(yield_per=_AT_A_TIME)
    for *parts, state, count in session.execute(query):
        key = _key(by, parts, State(state))
        if not isinstance(key, date) or wanted.holds(key):
            yield (key,), State(state), int(count)


def _rollup_query(by: By, aspirante_id: int, dialect: str) -> Select[Any]:
    match by:
        case By.AUXILIAR:
            return _named(
                counts(RollupAuxiliar, "auxiliar_id", aspirante_id), Auxiliar, "id_auxiliar"
            )
        case By.STATION:
            return _named(
                counts(RollupStation, "station_id", aspirante_id), Station, "id_dispositivo"
            )
        case By.DAY:
            return counts(RollupDay, "day", aspirante_id)
        case By.ENTIDAD:
            return counts(RollupEntidad, "entidad", aspirante_id)
        case By.CAUSE:
            return counts_by_cause(aspirante_id, dialect)
        case _:
            return _by_part(by, aspirante_id)


def _named(sums: Select[Any], model: Any, name: str) -> Select[Any]:
    found = sums.order_by(None).subquery()
    key, state, count = found.c
    label = getattr(model, name)
    # Deltas of the release before this one name no station.
    return (
        select(func.coalesce(label, ""), state, count)
        .join_from(found, model, model.id == key, isouter=True)
        .order_by(label)
    )


def _by_part(by: By, aspirante_id: int) -> Select[Any]:
    """Count by sección, or by the distrito or municipio in which the register puts it."""
    both = union_all(
        select(
            RollupSeccion.entidad.label("entidad"),
            RollupSeccion.seccion.label("seccion"),
            RollupSeccion.state.label("state"),
            RollupSeccion.records.label("records"),
        ).where(RollupSeccion.aspirante_id == aspirante_id),
        select(
            RollupDelta.entidad.label("entidad"),
            RollupDelta.seccion.label("seccion"),
            RollupDelta.state.label("state"),
            RollupDelta.change.label("records"),
        ).where(RollupDelta.aspirante_id == aspirante_id),
    ).subquery()
    number: Any = both.c.seccion
    source: Any = both
    if by is not By.SECCION:
        column = RegisterSection.distrito if by is By.DISTRITO else RegisterSection.municipio
        number = func.coalesce(column, UNKNOWN_PLACE)
        source = both.outerjoin(
            RegisterSection,
            (RegisterSection.entidad == both.c.entidad)
            & (RegisterSection.seccion == both.c.seccion)
            & (RegisterSection.version_id == newest_version()),
        )
    total = func.sum(both.c.records)
    return (
        select(both.c.entidad, number, both.c.state, total)
        .select_from(source)
        .group_by(both.c.entidad, number, both.c.state)
        .having(total != 0)
        .order_by(both.c.entidad, number)
    )


def _from_records(session: Session, aspirante_id: int, wanted: Asked) -> Iterator[_Count]:
    """Group the aspirante's own records; the result streams, whatever its size."""
    plain = [one for one in wanted.by if one not in (By.STATE, By.CAUSE)]
    query = _record_query(plain, aspirante_id, wanted).execution_options(yield_per=_AT_A_TIME)
    found = session.execute(query)
    widths = [len(_columns(one)) for one in plain]
    for parts, same in groupby(found, key=lambda row: tuple(row[: sum(widths)])):
        keys, left = [], list(parts)
        for one, width in zip(plain, widths, strict=True):
            keys.append(_key(one, left[:width], None))
            left = left[width:]
        if By.CAUSE not in wanted.by:
            yield from ((tuple(keys), row.state, int(row.records)) for row in same)
            continue
        by_cause: dict[Cause, int] = defaultdict(int)
        for row in same:
            for cause in _causes(row.state, row.reasons, row.motivo):
                by_cause[cause] += int(row.records)
        for cause, count in sorted(by_cause.items()):
            yield (*keys, cause), cause.state, count


def _record_query(plain: Sequence[By], aspirante_id: int, wanted: Asked) -> Select[Any]:
    columns = [column for one in plain for column in _columns(one)]
    others: list[Any] = [Record.state.label("state")]
    if By.CAUSE in wanted.by:
        # The reasons as they are stored: equal lists are equal texts.
        others += [cast(Record.reasons, Text).label("reasons"), Record.motivo_baja.label("motivo")]
    query = select(*columns, *others, func.count().label("records"))
    if By.AUXILIAR in plain:
        query = query.join(Auxiliar, Auxiliar.id == Record.auxiliar_id)
    if By.STATION in plain:
        query = query.join(Station, Station.id == Record.station_id)
    query = query.where(Record.aspirante_id == aspirante_id)
    if wanted.received_from is not None:
        query = query.where(Record.received_on >= wanted.received_from)
    if wanted.received_to is not None:
        query = query.where(Record.received_on <= wanted.received_to)
    keys = [*columns, *(one.element for one in others)]
    return query.group_by(*keys).order_by(*columns)


def _columns(by: By) -> tuple[Any, ...]:
    def known(column: Any) -> Any:
        return func.coalesce(column, UNKNOWN_PLACE)

    match by:
        case By.AUXILIAR:
            return (Auxiliar.id_auxiliar,)
        case By.STATION:
            return (Station.id_dispositivo,)
        case By.DAY:
            return (Record.received_on,)
        case By.ENTIDAD:
            return (known(Record.entidad),)
        case By.DISTRITO:
            return (known(Record.entidad), known(Record.distrito))
        case By.MUNICIPIO:
            return (known(Record.entidad), known(Record.municipio))
        case By.SECCION:
            return (known(Record.entidad), known(Record.seccion))
        case _:
            raise AssertionError(by)  # a state or a cause is no column of its own


def _key(by: By, parts: list[Any], state: State | None) -> Key:
    match by:
        case By.ENTIDAD:
            return Place(int(parts[0]))
        case By.DISTRITO | By.MUNICIPIO | By.SECCION:
            return Place(int(parts[0]), int(parts[1]))
        case By.CAUSE if state is not None:
            return Cause(state, str(parts[0]))
        case By.DAY:
            day: date = parts[0]
            return day
        case _:
            return str(parts[0])


def _causes(state: State, reasons: str, motivo: str | None) -> Iterator[Cause]:
    """Give the causes of records, as `central.models.partition.causes` gives those of one."""
    for code in json.loads(reasons):
        yield Cause(state, code)
    if state is State.BAJA and motivo:
        yield Cause(state, f"{MOTIVO}{motivo}")
