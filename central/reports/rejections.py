"""What was rejected of what came in, day by day: for the notice that a day is unusual."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import Auxiliar, Record, RollupDay
from central.reports import sums
from domain.apoyo import OPEN_STATES, State
from domain.rejection import Share

# The states of an apoyo that does not count; those that are open are neither.
REJECTED: tuple[State, ...] = tuple(
    s for s in State if s is not State.LISTA_NOMINAL and s not in OPEN_STATES
)
# The newest rejected records that are looked through for who captured them: enough to name the
# auxiliares of one day, and a bound for a request of millions.
_MOST_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class RejectedDay:
    """What became of the apoyos received on one day."""

    share: Share
    by_state: Mapping[State, int]


def rejected_by_day(
    session: Session, aspirante_id: int, days: Iterable[date]
) -> dict[date, RejectedDay]:
    """Give each of the days on which something was received, as it stands now."""
    counts: dict[date, Counter[State]] = defaultdict(Counter)
    query = sums.counts(RollupDay, "day", aspirante_id, among=days)  # type: ignore[arg-type]  # days are keys, too
    for day, state, records in session.execute(query):
        counts[day][State(state)] += int(records)
    return {day: _rejected_day(states) for day, states in counts.items()}


def auxiliares_of_rejected(
    session: Session, aspirante_id: int, day: date, *, most: int
) -> tuple[tuple[str, int], ...]:
    """Give the ids of the auxiliares with the most rejected apoyos of one day, and how many."""
    newest = (
        select(Record.auxiliar_id, Record.received_on)
        .where(Record.aspirante_id == aspirante_id, Record.state.in_(REJECTED))
        .order_by(Record.id.desc())
        .limit(_MOST_LOOKED_AT)
        .subquery()
    )
    rows = session.execute(
        select(Auxiliar.id_auxiliar)
        .join(newest, newest.c.auxiliar_id == Auxiliar.id)
        .where(newest.c.received_on == day)
    ).scalars()
    return tuple(Counter(rows).most_common(most))


def _rejected_day(states: Counter[State]) -> RejectedDay:
    by_state: dict[State, int] = {state: states[state] for state in REJECTED if states[state]}
    rejected = sum(by_state.values())
    return RejectedDay(Share(rejected, rejected + states[State.LISTA_NOMINAL]), by_state)
