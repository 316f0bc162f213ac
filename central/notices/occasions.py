"""When something is to be said about a request: each occasion is a question with its own answer.

Nothing is said twice: each notice has a key (`once`) that the database keeps one of for each
reader, so two workers that decide the same write one letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from central.mail.outbox import Detail
from central.models import Mail, MailKind
from central.notices.readers import said_before
from central.reports.advance import Advance
from central.reports.rejections import RejectedDay, auxiliares_of_rejected
from central.reports.waiting import waiting_on_stations
from domain.apoyo import State
from domain.deadline import due_reminder
from domain.rejection import Share, unusual_rejection

# Counts go up and down by one while records are verified; whoever was told so is left alone for
# this long before the contrary is said.
_CALM = timedelta(hours=12)
PAST_DAYS = 28
_MOST_AUXILIARES = 5
_MOST_STATIONS = 12

# What came in on each day, of each request of a process.
ByDay = Mapping[int, Mapping[date, RejectedDay]]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say to the readers of a request."""

    kind: MailKind
    once: str
    details: Mapping[str, Detail]


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the occasions of one request are decided from."""

    session: Session
    report: Advance
    now: datetime
    digest_hour: int

    @property
    def aspirante_id(self) -> int:
        """Whose request it is."""
        return self.report.solicitud.aspirante_id

    @property
    def local(self) -> datetime:
        """The present in the zone of the process."""
        return self.now.astimezone(ZoneInfo(self.report.solicitud.time_zone))

    @property
    def is_time_for_daily_letters(self) -> bool:
        """Nobody is woken at midnight by a letter about yesterday."""
        return self.local.hour >= self.digest_hour


def digest(situation: Situation) -> Iterator[Notice]:
    """Say once a day what came in yesterday, if anything came in or changed."""
    if not situation.is_time_for_daily_letters:
        return
    day = situation.local.date() - timedelta(days=1)
    newest = said_before(situation.session, situation.aspirante_id, MailKind.DIGEST, most=1)
    last = next(iter(newest), None)
    before = {} if last is None else last.details
    if str(before.get("day", "")) >= day.isoformat():
        return
    report = situation.report
    counts = {state.value: report.partition[state] for state in State}
    came_in = next((one for one in report.days if one.on == day), None)
    if not (came_in and came_in.sent) and all(
        count == before.get(state, 0) for state, count in counts.items()
    ):
        return
    details: dict[str, Detail] = {
        "day": day.isoformat(),
        "sent": came_in.sent if came_in else 0,
        "sent_valid": came_in.lista_nominal if came_in else 0,
        # How many more than at the last letter; the first one has none before it.
        "more_valid": counts["lista_nominal"] - int(before["lista_nominal"]) if before else None,
        **counts,
        **_progress(report),
    }
    yield Notice(MailKind.DIGEST, f"digest:{situation.aspirante_id}:{day.isoformat()}", details)


def thresholds(situation: Situation) -> Iterator[Notice]:
    """Say that the count or the dispersion is reached, and when that holds no longer."""
    progress = situation.report.progress
    if progress is None:
        return
    now_reached = {"count": progress.missing == 0}
    if progress.units_required:
        now_reached["units"] = progress.units_reached >= progress.units_required
    told = _told(situation, now_reached)
    for what, reached in now_reached.items():
        last = told.get(what)
        was_reached = last is not None and bool(last.details["reached"])
        if reached == was_reached or (last is not None and situation.now < last.created_at + _CALM):
            continue
        turn = 1 if last is None else int(last.details["turn"]) + 1
        yield Notice(
            MailKind.THRESHOLD,
            f"threshold:{situation.aspirante_id}:{what}:{turn}",
            {"what": what, "reached": reached, "turn": turn, **_progress(situation.report)},
        )


def rejections(situation: Situation, by_day: ByDay) -> Iterator[Notice]:
    """Say that the share of rejected apoyos of yesterday or today is unusual, once a day."""
    today = situation.local.date()
    own = by_day.get(situation.aspirante_id, {})
    for day in (today - timedelta(days=1), today):
        found = own.get(day)
        if found is None:
            continue
        past = [own[one].share for one in own if day - timedelta(days=PAST_DAYS) <= one < day]
        others = [
            days[day].share
            for aspirante_id, days in by_day.items()
            if aspirante_id != situation.aspirante_id and day in days
        ]
        before = Share(sum(s.rejected for s in past), sum(s.decided for s in past))
        unusual = unusual_rejection(found.share, before, others)
        once = f"rejection:{situation.aspirante_id}:{day.isoformat()}"
        if unusual is None or _was_said(situation, MailKind.REJECTION, once):
            continue
        auxiliares = auxiliares_of_rejected(
            situation.session, situation.aspirante_id, day, most=_MOST_AUXILIARES
        )
        yield Notice(
            MailKind.REJECTION,
            once,
            {
                "day": day.isoformat(),
                "rejected": found.share.rejected,
                "decided": found.share.decided,
                "own_permille": _permille(unusual.own),
                "usual_permille": _permille(unusual.usual),
                "auxiliares": ", ".join(f"{name} ({count})" for name, count in auxiliares),
                **{state.value: count for state, count in found.by_state.items()},
            },
        )


def deadlines(situation: Situation) -> Iterator[Notice]:
    """Remind of the end of capture, and then of what must still be sent."""
    one = situation.report.solicitud
    if situation.now >= one.ends_at:
        once = f"deadline:{one.aspirante_id}:delivery:{one.deliver_until.isoformat()}"
        is_time = situation.now < one.deliver_until
        if is_time and not _was_said(situation, MailKind.DEADLINE, once):
            yield _last_hours(situation, once)
        return
    if situation.now < one.starts_at or not situation.is_time_for_daily_letters:
        return
    # The end is an instant: midnight belongs to the day before it.
    last_day = (one.ends_at - timedelta(seconds=1)).astimezone(ZoneInfo(one.time_zone)).date()
    reminder = due_reminder(situation.local.date(), last_day)
    if reminder is not None:
        yield Notice(
            MailKind.DEADLINE,
            f"deadline:{one.aspirante_id}:capture:{last_day.isoformat()}:{reminder.of}",
            {
                "what": "capture",
                "last_day": last_day.isoformat(),
                "sent": situation.report.partition.enviados,
                "lista_nominal": situation.report.partition[State.LISTA_NOMINAL],
                **_progress(situation.report),
            },
        )


def _last_hours(situation: Situation, once: str) -> Notice:
    one = situation.report.solicitud
    waiting = waiting_on_stations(situation.session, one.aspirante_id)
    return Notice(
        MailKind.DEADLINE,
        once,
        {
            "what": "delivery",
            "waiting": sum(station.packets for station in waiting),
            "stations": len(waiting),
            "names": ", ".join(
                f"{station.id_dispositivo} ({station.packets})"
                for station in waiting[:_MOST_STATIONS]
            ),
        },
    )


def _progress(report: Advance) -> dict[str, Detail]:
    progress = report.progress
    if progress is None:
        return {}
    return {
        "valid": progress.valid,
        "required": progress.required,
        "units_reached": progress.units_reached,
        "units_required": progress.units_required,
        "unit": None if report.unit is None else report.unit.value,
    }


def _told(situation: Situation, wanted: Mapping[str, bool]) -> dict[str, Mail]:
    """Give the last letter about each part of the threshold."""
    told: dict[str, Mail] = {}
    for mail in said_before(situation.session, situation.aspirante_id, MailKind.THRESHOLD):
        told.setdefault(str(mail.details["what"]), mail)
        if wanted.keys() <= told.keys():
            break
    return told


def _was_said(situation: Situation, kind: MailKind, once: str) -> bool:
    """Say whether it was written to anybody: then nothing has to be counted for it again."""
    letters = said_before(situation.session, situation.aspirante_id, kind)
    return any((mail.once or "").startswith(f"{once}:") for mail in letters)


def _permille(share: float | None) -> int | None:
    return None if share is None else round(share * 1000)
