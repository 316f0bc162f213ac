"""Whom to call or write about a process, as its settings say and its stations show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import Aspirante, Process
from central.models.settings import read_settings


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """One help desk, and the processes it answers for; what a process does not name is empty."""

    phone: str
    mail: str
    processes: tuple[str, ...]


def help_desks_now(session: Session, *, now: datetime) -> tuple[HelpDesk, ...]:
    """Give the help desks of the processes whose records may still be sent."""
    return _of(
        session.scalars(select(Process).where(Process.deliver_until >= now).order_by(Process.name))
    )


def help_desks_of(session: Session, aspirante_ids: Iterable[int]) -> tuple[HelpDesk, ...]:
    """Give the help desks of some aspirantes' processes."""
    theirs = select(Aspirante.process_id).where(Aspirante.id.in_(tuple(aspirante_ids)))
    return _of(
        session.scalars(select(Process).where(Process.id.in_(theirs)).order_by(Process.name))
    )


def _of(processes: Iterable[Process]) -> tuple[HelpDesk, ...]:
    found: dict[tuple[str, str], list[str]] = {}
    for process in processes:
        capture = read_settings(process.settings).capture
        if capture.help_phone or capture.help_mail:
            found.setdefault((capture.help_phone, capture.help_mail), []).append(process.name)
    return tuple(HelpDesk(phone, mail, tuple(names)) for (phone, mail), names in found.items())
