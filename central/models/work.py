"""Work that a row stands for: a lease says who does it and until when.

The row is the truth about the queue (docs/decisions/0005): a worker that is killed
loses nothing, for its lease runs out and another one takes the row.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement, Index, String, and_, or_, select, text, true, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from central.models.base import Base, Key, choice


class WorkState(StrEnum):
    """Where the work of a row stands."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"  # given up after several tries: a person looks


class WorkRow(Base):
    """A row that is work; its table adds `open_work` to its arguments."""

    __abstract__ = True

    id: Mapped[Key]
    work_state: Mapped[WorkState] = mapped_column(
        choice(WorkState, 16), server_default=WorkState.WAITING.value
    )
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime]
    last_error: Mapped[str | None] = mapped_column(String(64))


Row = TypeVar("Row", bound=WorkRow)

# Written out, for a database finds a partial index by the words of its condition, not by values.
UNFINISHED = text("work_state IN ('waiting', 'leased')")


def open_work(table: str) -> Index:
    """Index only what is not finished, so that a look at an empty queue costs one page."""
    return Index(
        f"ix_{table}_work",
        "next_try_at",
        "id",
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )


def revive(session: Session, kind: type[Row], *, now: datetime) -> int:
    """Let every row that was given up begin anew; give how many."""
    revived = session.execute(
        update(kind)
        .where(kind.work_state == WorkState.DEAD)
        .values(work_state=WorkState.WAITING, tries=0, next_try_at=now)
        .returning(kind.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(revived)


def claim(
    session: Session,
    kind: type[Row],
    owner: str,
    *,
    most: int,
    lease_s: int,
    now: datetime,
    only: ColumnElement[bool] | None = None,
) -> list[int]:
    """Take the oldest rows that are due, also those whose worker let its lease run out.

    With `only` those that it holds for; the others are left for another claim.
    """
    due = (
        select(kind.id)
        .where(
            UNFINISHED,
            or_(
                and_(kind.work_state == WorkState.WAITING, kind.next_try_at <= now),
                and_(kind.work_state == WorkState.LEASED, kind.lease_until <= now),
            ),
            true() if only is None else only,
        )
        .order_by(kind.next_try_at, kind.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(kind)
        .where(kind.id.in_(due))
        .values(
            work_state=WorkState.LEASED,
            lease_owner=owner,
            lease_until=now + timedelta(seconds=lease_s),
            tries=kind.tries + 1,
        )
        .returning(kind.id)
        .execution_options(synchronize_session=False)
    ).scalars()
    return sorted(taken)


def held(session: Session, kind: type[Row], row_id: int, owner: str) -> Row | None:
    """Lock a leased row for its last step; None when the lease is another's by now."""
    return session.execute(
        select(kind)
        .where(
            kind.id == row_id,
            kind.work_state == WorkState.LEASED,
            kind.lease_owner == owner,
        )
        .with_for_update()
    ).scalar_one_or_none()


def finish(row: WorkRow) -> None:
    """End the lease: the work is done."""
    row.work_state = WorkState.DONE
    row.lease_owner = row.lease_until = row.last_error = None
    row.tries = 0


def give_back(
    row: WorkRow, *, code: str, again_at: datetime, counts: bool, most_tries: int
) -> bool:
    """End the lease without success; say whether the row is given up.

    A failure of something that all work needs (the vault, the register, the mail server) does not
    count against the row.
    """
    row.lease_owner = row.lease_until = None
    row.last_error = code[:64]
    row.next_try_at = again_at
    if not counts:
        row.tries = max(0, row.tries - 1)
    is_dead = counts and row.tries >= most_tries
    row.work_state = WorkState.DEAD if is_dead else WorkState.WAITING
    return is_dead
