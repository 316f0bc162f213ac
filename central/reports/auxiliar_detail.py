"""One auxiliar: the account from its beginning, what was captured, and what is usual."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from central.errors import NotFoundError
from central.models import (
    AccountKind,
    Aspirante,
    AuditEntry,
    Auxiliar,
    Mail,
    MailKind,
    Record,
    Stage,
    WorkState,
)
from central.reports.auxiliar_figures import NOTHING, AtStation, Figures, figures_of, stations_of
from central.reports.auxiliares import display_name
from central.reports.medians import Measure, medians_of

_SUBJECT = "auxiliar"


class By(StrEnum):
    """Who did something to an account."""

    ASPIRANTE = "user"
    STATION = "station"
    SYSTEM = "worker"
    AUTHORITY = "cli"


@dataclass(frozen=True, slots=True)
class Event:
    """One step in the life of an account; `what` is an action of the audit trail."""

    at: datetime
    what: str
    by: By | None
    # The register's answer, or the id of a station.
    about: str | None


class LetterState(StrEnum):
    """What became of the last letter with a code."""

    WAITS = "waits"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AuxiliarDetail:
    """Everything that the page of one auxiliar shows."""

    id_auxiliar: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    telefono_movil: str | None = field(repr=False)
    account_kind: AccountKind | None
    stage: Stage
    situacion: str | None
    folio_solicitud: str
    time_zone: str
    figures: Figures
    last_received_at: datetime | None
    stations: tuple[AtStation, ...]
    medians: Mapping[Measure, int]
    events: tuple[Event, ...]
    letter: LetterState | None
    letter_at: datetime | None


def auxiliar_detail(
    session: Session, aspirante_ids: Collection[int], id_auxiliar: str
) -> AuxiliarDetail:
    """Give one auxiliar of some aspirantes.

    Raises:
        NotFoundError: There is none of that id, or it is another's.
    """
    person = session.scalar(
        select(Auxiliar)
        .options(joinedload(Auxiliar.aspirante).joinedload(Aspirante.process))
        .where(Auxiliar.id_auxiliar == id_auxiliar, Auxiliar.aspirante_id.in_(aspirante_ids))
    )
    if person is None:
        raise NotFoundError("no such auxiliar")
    aspirante = person.aspirante
    letter, letter_at = _letter(session, person)
    return AuxiliarDetail(
        id_auxiliar=person.id_auxiliar,
        name=display_name(person),
        email=person.email,
        telefono_movil=person.telefono_movil,
        account_kind=person.account_kind,
        stage=person.stage,
        situacion=person.situacion_registral,
        folio_solicitud=aspirante.folio_solicitud,
        time_zone=aspirante.process.time_zone,
        figures=figures_of(session, aspirante.id, [person.id]).get(person.id, NOTHING),
        # The newest by its index; the records themselves are many.
        last_received_at=session.scalar(
            select(Record.received_at)
            .where(Record.auxiliar_id == person.id)
            .order_by(Record.id.desc())
            .limit(1)
        ),
        stations=stations_of(session, aspirante.id, person.id),
        medians=medians_of(session, aspirante.process_id),
        events=_events(session, person),
        letter=letter,
        letter_at=letter_at,
    )


def _letter(session: Session, person: Auxiliar) -> tuple[LetterState | None, datetime | None]:
    mail = session.scalar(
        select(Mail)
        .where(Mail.auxiliar_id == person.id, Mail.kind == MailKind.ACTIVATION)
        .order_by(Mail.id.desc())
        .limit(1)
    )
    if mail is None:
        return None, None
    match mail.work_state:
        case WorkState.DONE:
            return (None, None) if mail.sent_at is None else (LetterState.SENT, mail.sent_at)
        case WorkState.DEAD:
            return LetterState.REFUSED, mail.created_at
        case _:
            return LetterState.WAITS, mail.created_at


def _events(session: Session, person: Auxiliar) -> tuple[Event, ...]:
    """Give the acts on an account in order, with the moments of the row where no act is noted."""
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == _SUBJECT, AuditEntry.subject == person.id_auxiliar)
        .order_by(AuditEntry.id)
    )
    events = [_event(entry) for entry in entries]
    noted = {event.what for event in events}
    moments = (
        (person.created_at, "auxiliar.added"),
        (person.invited_at, "auxiliar.invited"),
        (person.activated_at, "auxiliar.activated"),
        (person.deactivated_at, "auxiliar.deactivated"),
    )
    events += [
        Event(at, what, None, None) for at, what in moments if at is not None and what not in noted
    ]
    return tuple(sorted(events, key=lambda event: event.at))


def _event(entry: AuditEntry) -> Event:
    kind, _colon, name = entry.actor.partition(":")
    by = By(kind) if kind in set(By) else None
    about = entry.details.get("situacion")
    if by is By.STATION:
        about = name
    return Event(entry.at, entry.action, by, about)
