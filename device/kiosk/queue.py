"""What became of what was captured: each auxiliar sees their own, and figures of the station."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, format_datetime, format_timedelta

from device.capture.errors import WrongStepError
from device.clock import from_ms
from device.kiosk import texts
from device.kiosk.answers import signed_in
from device.kiosk.services import kiosk
from device.queue.overview import PAGE_ROWS, Entry, Which
from device.queue.schema import State

bp = Blueprint("queue", __name__)


@dataclass(frozen=True)
class Line:
    """One apoyo as the page shows it; `reason` says what to do, when there is something."""

    folio: str
    link: str
    state: LazyString
    reason: LazyString | None
    code: str | None
    at: str
    log_index: int | None


@bp.get("/queue")
@signed_in
def page() -> ResponseReturnValue:
    """Show one list of the auxiliar, and how the station's queue is."""
    queue = kiosk().queue
    here = kiosk().desk.signed_in
    if here is None:
        raise WrongStepError("nobody is signed in")
    auxiliar = here.auxiliar.id
    lists = queue.auxiliar(auxiliar)
    which = _which(lists)
    pages = max(1, -(-lists[which] // PAGE_ROWS))
    number = min(max(request.args.get("number", 1, type=int), 1), pages)
    return render_template(
        "queue.html",
        which=which,
        lists=lists,
        number=number,
        pages=pages,
        lines=[_line(entry) for entry in queue.page(auxiliar, which, number=number)],
        whole=queue.station(),
        oldest=_ago(queue.oldest_waiting_ms()),
        contact=_ago(queue.last_contact_ms()),
    )


def _which(lists: dict[Which, int]) -> Which:
    asked = request.args.get("which", "")
    if asked in set(Which):
        return Which(asked)
    # What asks for a hand comes first.
    return Which.AGAIN if lists[Which.AGAIN] else Which.PENDING


def _line(entry: Entry) -> Line:
    at_ms = entry.received_ms or entry.sealed_ms
    return Line(
        folio=entry.folio,
        link=entry.link[:16],
        state=texts.OUTCOMES["recapture"]
        if entry.outcome == "recapture"
        else texts.QUEUE_STATES[_shown(entry.state)],
        reason=texts.outcome(entry.outcome, entry.state, entry.code),
        code=entry.code,
        at="" if at_ms is None else format_datetime(from_ms(at_ms), "short"),
        log_index=kiosk().queue.log_index(entry),
    )


def _shown(state: State) -> str:
    return "stored" if state in (State.PURGING, State.PURGED) else state.value


def _ago(at_ms: int | None) -> str | None:
    if at_ms is None:
        return None
    elapsed = kiosk().clock.now() - from_ms(at_ms)
    return str(format_timedelta(max(elapsed, elapsed * 0), granularity="minute"))
