"""Where rejections come from: causes, and the auxiliares and stations that stand out.

Nothing here reads records: causes, auxiliares and stations are counted in rollups. Who stands out
is ordered by what is rejected beyond the usual share, so that a few records of a newcomer weigh
less than a habit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, select
from sqlalchemy.orm import Session

from central.models import Auxiliar, RollupAuxiliar, RollupStation, Station
from central.reports import sums
from central.reports.advance import Advance
from central.reports.medians import LEAST_DECIDED, REJECTED_STATES, Measure, medians_of
from domain.apoyo import OPEN_STATES, State

_MOST = 3
# Who is this far beyond the usual share stands out: thousandths of the decided records.
_FAR_PERMILLE = 50


@dataclass(frozen=True, slots=True)
class Cause:
    """A state with one of its causes; `code` is empty where the state says it by itself."""

    state: State
    code: str
    records: int


@dataclass(frozen=True, slots=True)
class Outlier:
    """An auxiliar or a station (by its official id) that is rejected more than is usual."""

    name: str
    decided: int
    rejected: int
    # Rejected beyond the usual share.
    beyond: int


@dataclass(frozen=True, slots=True)
class Rejections:
    """Where the rejections of one aspirante come from, what matters first.

    `usual_permille` is the median of the process, or None when too few are behind it: then the
    aspirante's own share is what others are compared with.
    """

    rejected: int
    decided: int
    causes: tuple[Cause, ...]
    auxiliares: tuple[Outlier, ...]
    auxiliar_usual_permille: int | None
    stations: tuple[Outlier, ...]
    station_usual_permille: int | None

    @property
    def own_permille(self) -> int:
        """The share of one's own decided records that is rejected, in thousandths."""
        return round(1000 * self.rejected / self.decided) if self.decided else 0


def rejection_sources(session: Session, report: Advance) -> Rejections:
    """Say where the rejections of a report come from."""
    aspirante_id = report.solicitud.aspirante_id
    rejected = sum(report.partition[state] for state in REJECTED_STATES)
    decided = report.partition.decided
    own = round(1000 * rejected / decided) if decided else 0
    usual = medians_of(session, report.solicitud.process_id)
    by_auxiliar = usual.get(Measure.AUXILIAR_REJECTED_PERMILLE)
    by_station = usual.get(Measure.STATION_REJECTED_PERMILLE)
    return Rejections(
        rejected=rejected,
        decided=decided,
        causes=_causes(session, report),
        auxiliares=_outliers(
            session,
            _standing_out(
                sums.counts(RollupAuxiliar, "auxiliar_id", aspirante_id),
                own if by_auxiliar is None else by_auxiliar,
            ),
            Auxiliar.id,
            Auxiliar.id_auxiliar,
        ),
        auxiliar_usual_permille=by_auxiliar,
        stations=_outliers(
            session,
            _standing_out(
                sums.counts(RollupStation, "station_id", aspirante_id),
                own if by_station is None else by_station,
            ),
            Station.id,
            Station.id_dispositivo,
        ),
        station_usual_permille=by_station,
    )


def _causes(session: Session, report: Advance) -> tuple[Cause, ...]:
    """Give every cause; what a state holds beyond its causes it says by itself."""
    query = sums.counts_by_cause(report.solicitud.aspirante_id, session.get_bind().dialect.name)
    left = {state: report.partition[state] for state in REJECTED_STATES}
    found = []
    for code, state, records in session.execute(query):
        if State(state) in left and records > 0:
            found.append(Cause(State(state), code, int(records)))
            left[State(state)] -= int(records)
    found += [Cause(state, "", records) for state, records in left.items() if records > 0]
    return tuple(sorted(found, key=lambda cause: (-cause.records, cause.state, cause.code)))


def _standing_out(counts: Select[Any], usual_permille: int) -> Select[Any]:
    """Give (key, decided, rejected, beyond) of the few that are rejected far beyond the usual."""
    all_of = counts.subquery()
    key, state, records = all_of.c

    def count(states: tuple[State, ...]) -> Any:
        values = [one.value for one in states]
        return func.sum(case((state.in_(values), records), else_=0))

    decided = count(tuple(one for one in State if one not in OPEN_STATES))
    rejected = count(REJECTED_STATES)
    beyond = cast(1000 * rejected - usual_permille * decided, BigInteger)
    return (
        select(key, decided, rejected, beyond)
        .group_by(key)
        .having(decided >= LEAST_DECIDED)
        .having(beyond > _FAR_PERMILLE * decided)
        .order_by(beyond.desc(), key)
        .limit(_MOST)
    )


def _outliers(session: Session, query: Select[Any], key: Any, name: Any) -> tuple[Outlier, ...]:
    found = session.execute(query).all()
    if not found:
        return ()
    rows = session.execute(select(key, name).where(key.in_([row[0] for row in found])))
    names: dict[int, str] = dict(iter(rows))
    return tuple(
        Outlier(names[row_key], int(decided), int(rejected), int(beyond) // 1000)
        for row_key, decided, rejected, beyond in found
        if row_key in names
    )
