"""What auxiliares captured, from the rollups and the deltas not folded yet; no record is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, Select, Subquery, case, cast, distinct, func, select, union_all
from sqlalchemy.orm import Session

from central.models import RollupActivity, RollupAuxiliar, RollupDelta, Station
from central.reports import sums
from central.reports.medians import REJECTED_STATES
from domain.apoyo import OPEN_STATES, State


@dataclass(frozen=True, slots=True)
class Figures:
    """One auxiliar's: apoyos by state, days with at least one, the last of these, stations."""

    counts: Mapping[State, int]
    active_days: int
    last_on: date | None
    stations: int

    @property
    def sent(self) -> int:
        """How many apoyos were received."""
        return sum(self.counts.values())

    @property
    def decided(self) -> int:
        """How many of them are not open any more."""
        return sum(count for state, count in self.counts.items() if state not in OPEN_STATES)

    @property
    def rejected(self) -> int:
        """How many of them do not count."""
        return sum(self.counts.get(state, 0) for state in REJECTED_STATES)

    @property
    def rejected_permille(self) -> int | None:
        """The share of the decided ones that do not count; None before the first is decided."""
        return round(1000 * self.rejected / self.decided) if self.decided else None

    @property
    def pace_tenths(self) -> int | None:
        """Tenths of an apoyo in a day on which there was one; None before the first."""
        return round(10 * self.sent / self.active_days) if self.active_days else None

    def permille(self, state: State) -> int | None:
        """The share of the decided ones that are in a state."""
        return round(1000 * self.counts.get(state, 0) / self.decided) if self.decided else None


NOTHING = Figures(MappingProxyType({}), 0, None, 0)


@dataclass(frozen=True, slots=True)
class AtStation:
    """What one auxiliar captured at one station, and the last day there."""

    id_dispositivo: str
    records: int
    last_on: date


def figures_of(
    session: Session, aspirante_id: int, auxiliar_ids: Collection[int]
) -> dict[int, Figures]:
    """Give the figures of some auxiliares of one aspirante; who captured nothing is left out."""
    counts: dict[int, dict[State, int]] = defaultdict(dict)
    rows = session.execute(
        sums.counts(RollupAuxiliar, "auxiliar_id", aspirante_id, among=auxiliar_ids)
    )
    for auxiliar_id, state, count in rows:
        counts[auxiliar_id][State(state)] = int(count)
    activity = _activity(aspirante_id, auxiliar_ids)
    found = {row.auxiliar_id: row for row in session.execute(select(activity))}
    return {
        auxiliar_id: Figures(
            MappingProxyType(counts.get(auxiliar_id, {})),
            row.active_days if (row := found.get(auxiliar_id)) else 0,
            row.last_on if row else None,
            row.stations if row else 0,
        )
        for auxiliar_id in counts.keys() | found.keys()
    }


def stations_of(session: Session, aspirante_id: int, auxiliar_id: int) -> tuple[AtStation, ...]:
    """Give the stations where one auxiliar captured, the busiest first."""
    days = _days(aspirante_id, (auxiliar_id,))
    total = cast(func.sum(days.c.records), BigInteger)
    rows = session.execute(
        select(Station.id_dispositivo, total, func.max(days.c.day))
        .join(Station, Station.id == days.c.station_id)
        .group_by(Station.id_dispositivo)
        .order_by(total.desc(), Station.id_dispositivo)
    )
    return tuple(AtStation(code, records, last_on) for code, records, last_on in rows)


def by_state(aspirante_id: int) -> Subquery:
    """Give each auxiliar's `sent`, `decided` and `rejected`."""
    both = _both(RollupAuxiliar, aspirante_id, "state")
    decided = [state.value for state in State if state not in OPEN_STATES]
    rejected = [state.value for state in REJECTED_STATES]

    def count(states: list[str]) -> Any:
        return func.sum(case((both.c.state.in_(states), both.c.records), else_=0))

    return (
        select(
            both.c.auxiliar_id,
            cast(func.sum(both.c.records), BigInteger).label("sent"),
            cast(count(decided), BigInteger).label("decided"),
            cast(count(rejected), BigInteger).label("rejected"),
        )
        .group_by(both.c.auxiliar_id)
        .subquery()
    )


def folded_activity(aspirante_id: int) -> Subquery:
    """Give each auxiliar's `active_days` and `last_on` without the tail, to sort by.

    Read from the key alone: with the tail, thousands of auxiliares would take a second.
    """
    return (
        select(
            RollupActivity.auxiliar_id,
            func.count(distinct(RollupActivity.day)).label("active_days"),
            func.max(RollupActivity.day).label("last_on"),
        )
        .where(RollupActivity.aspirante_id == aspirante_id)
        .group_by(RollupActivity.auxiliar_id)
        .subquery()
    )


def folded_sent(aspirante_id: int) -> Subquery:
    """Give each auxiliar's `sent` without the tail, to go with `folded_activity`."""
    return (
        select(
            RollupAuxiliar.auxiliar_id,
            cast(func.sum(RollupAuxiliar.records), BigInteger).label("sent"),
        )
        .where(RollupAuxiliar.aspirante_id == aspirante_id)
        .group_by(RollupAuxiliar.auxiliar_id)
        .subquery()
    )


def _activity(aspirante_id: int, auxiliar_ids: Collection[int]) -> Subquery:
    """Give some auxiliares' `active_days`, `last_on` and `stations`."""
    days = _days(aspirante_id, auxiliar_ids)
    return (
        select(
            days.c.auxiliar_id,
            func.count(distinct(days.c.day)).label("active_days"),
            func.max(days.c.day).label("last_on"),
            func.count(distinct(days.c.station_id)).label("stations"),
        )
        .group_by(days.c.auxiliar_id)
        .subquery()
    )


def _days(aspirante_id: int, auxiliar_ids: Collection[int]) -> Subquery:
    """Give auxiliar, day, station and records, where there are any."""
    both = _both(RollupActivity, aspirante_id, "day", "station_id", among=auxiliar_ids)
    keys = (both.c.auxiliar_id, both.c.day, both.c.station_id)
    total = func.sum(both.c.records)
    return select(*keys, total.label("records")).group_by(*keys).having(total > 0).subquery()


def _both(
    rollup: Any, aspirante_id: int, *columns: str, among: Collection[int] | None = None
) -> Subquery:
    """Give rollup and tail below each other, in one statement: see `sums.added`."""

    def part(table: Any, records: Any) -> Select[Any]:
        query = select(
            table.auxiliar_id,
            *(getattr(table, column) for column in columns),
            records.label("records"),
        ).where(table.aspirante_id == aspirante_id)
        return query if among is None else query.where(table.auxiliar_id.in_(tuple(among)))

    return union_all(part(rollup, rollup.records), part(RollupDelta, RollupDelta.change)).subquery()
