"""Goes through the requests again and again, and writes down the letters that are due."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.mail.outbox import post
from central.models import Aspirante, MailKind, Process
from central.models.database import Database
from central.notices.occasions import (
    PAST_DAYS,
    ByDay,
    Notice,
    Situation,
    deadlines,
    digest,
    rejections,
    thresholds,
)
from central.notices.readers import readers
from central.reports.advance import advance
from central.reports.rejections import rejected_by_day
from domain.clock import Clock

_log = logging.getLogger(__name__)

# Between two rounds through all requests.
_ROUND_S = 300
# A turn ends after this long, so that the worker's other duties go on.
_TURN_MS = 500
# Nobody is written to about a process that ended so long ago.
_AFTERMATH = timedelta(days=60)


class Herald:
    """One worker's round. What two workers decide alike is written down once."""

    def __init__(self, database: Database, clock: Clock, *, digest_hour: int) -> None:
        self._database = database
        self._clock = clock
        self._digest_hour = digest_hour
        self._waiting: deque[tuple[int, int]] = deque()
        self._next_round_ms: int | None = None
        self._by_day: dict[int, ByDay] = {}

    def run_once(self) -> int:
        """Look at some requests; give how many, 0 when the round is over."""
        began_ms = self._clock.monotonic_ms()
        if not self._waiting:
            if self._next_round_ms is not None and began_ms < self._next_round_ms:
                return 0
            self._begin_round(began_ms)
        looked_at = 0
        while self._waiting and self._clock.monotonic_ms() - began_ms <= _TURN_MS:
            process_id, aspirante_id = self._waiting.popleft()
            try:
                self._look_at(process_id, aspirante_id)
            except Exception:  # noqa: BLE001  (one request must not silence the others)
                _log.exception("notices.failed aspirante=%d", aspirante_id)
            looked_at += 1
        return looked_at

    def _begin_round(self, now_ms: int) -> None:
        self._next_round_ms = now_ms + _ROUND_S * 1000
        self._by_day.clear()
        now = self._clock.now()
        with self._database.read() as session:
            rows = session.execute(
                select(Aspirante.process_id, Aspirante.id)
                .join(Process)
                .where(
                    Aspirante.active,
                    Process.starts_at <= now,
                    Process.deliver_until > now - _AFTERMATH,
                )
                .order_by(Aspirante.process_id, Aspirante.id)
            )
            self._waiting.extend((process_id, aspirante_id) for process_id, aspirante_id in rows)

    def _look_at(self, process_id: int, aspirante_id: int) -> None:
        now = self._clock.now()
        with self._database.read() as session:
            people = readers(session, aspirante_id, now=now)
            if not people:
                return
            if process_id not in self._by_day:
                self._by_day = {process_id: self._count(session, process_id)}
            report = advance(session, aspirante_id)
            situation = Situation(session, report, now, self._digest_hour)
            notices = list(_all_of(situation, self._by_day[process_id]))
            wanted = [
                (notice, user.id)
                for notice in notices
                for user in people
                if notice.kind is not MailKind.DIGEST or user.wants_digest
            ]
        if not wanted:
            return
        written: set[str] = set()
        with self._database.write() as session:
            for notice, user_id in wanted:
                if post(
                    session,
                    notice.kind,
                    now=now,
                    user_id=user_id,
                    aspirante_id=aspirante_id,
                    details=notice.details,
                    once=f"{notice.once}:{user_id}",
                ):
                    written.add(notice.once)
        for once in sorted(written):
            _log.info("notice.written once=%s", once)

    def _count(self, session: Session, process_id: int) -> ByDay:
        process = session.get_one(Process, process_id)
        today = self._clock.now().astimezone(ZoneInfo(process.time_zone)).date()
        days = [today - timedelta(days=n) for n in range(PAST_DAYS + 2)]
        ids = session.scalars(
            select(Aspirante.id).where(Aspirante.process_id == process_id, Aspirante.active)
        )
        return {one: rejected_by_day(session, one, days) for one in ids.all()}


def _all_of(situation: Situation, by_day: ByDay) -> Iterator[Notice]:
    yield from thresholds(situation)
    yield from rejections(situation, by_day)
    yield from deadlines(situation)
    yield from digest(situation)
