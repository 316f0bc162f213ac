"""Processes and their offices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import InvalidInputError, NotFoundError
from central.models import Office, Process
from central.models.settings import read_settings, write_settings
from wire.packet import IDENTIFIER

SCOPES = ("nacional", "entidad", "distrito", "municipio")


@dataclass(frozen=True, slots=True)
class NewOffice:
    """An office of a process; `scope` is where its citizens live."""

    code: str
    name: str
    scope: str = "nacional"


@dataclass(frozen=True, slots=True)
class NewProcess:
    """A process as the authority describes it; instants are aware."""

    code: str
    name: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    deliver_until: datetime
    offices: Sequence[NewOffice]
    settings: Mapping[str, Any]
    time_zone: str = "America/Mexico_City"


def put_process(session: Session, new: NewProcess, *, now: datetime, made_by: str) -> Process:
    """Add a process, or bring the one of that code to what is said now.

    Raises:
        InvalidInputError: A code, a scope, the dates or the time zone cannot be accepted.
        ConfigError: A setting is unknown or out of its range.
    """
    _check(new)
    settings = write_settings(read_settings(new.settings))
    process = session.execute(select(Process).where(Process.code == new.code)).scalar_one_or_none()
    action = "process.changed"
    if process is None:
        process = Process(code=new.code, created_at=now)
        session.add(process)
        action = "process.added"
    process.name, process.kind, process.time_zone = new.name, new.kind, new.time_zone
    process.starts_at, process.ends_at = new.starts_at, new.ends_at
    process.deliver_until, process.settings = new.deliver_until, settings
    session.flush()
    for office in new.offices:
        _put_office(session, process, office)
    trail.write(
        session,
        at=now,
        actor=made_by,
        action=action,
        subject_kind="process",
        subject=new.code,
        # Dates have moved in the middle of a process before: who moved them is on record.
        details={
            "starts_at": new.starts_at.isoformat(),
            "ends_at": new.ends_at.isoformat(),
            "deliver_until": new.deliver_until.isoformat(),
        },
    )
    return process


def find_process(session: Session, code: str) -> Process:
    """Give the process of a code.

    Raises:
        NotFoundError: There is none.
    """
    process = session.execute(select(Process).where(Process.code == code)).scalar_one_or_none()
    if process is None:
        raise NotFoundError(f"no process {code}", code="process.unknown")
    return process


def _put_office(session: Session, process: Process, new: NewOffice) -> None:
    office = session.execute(
        select(Office).where(Office.process_id == process.id, Office.code == new.code)
    ).scalar_one_or_none()
    if office is None:
        office = Office(process_id=process.id, code=new.code)
        session.add(office)
    office.name, office.scope = new.name, new.scope
    session.flush()


def _check(new: NewProcess) -> None:
    if re.fullmatch(IDENTIFIER, new.code) is None:
        raise InvalidInputError("code: 1 to 16 of A-Z and 0-9", field="code")
    if not new.starts_at < new.ends_at <= new.deliver_until:
        raise InvalidInputError("dates are not in order", field="dates")
    if any(office.scope not in SCOPES for office in new.offices):
        raise InvalidInputError(f"scope: one of {', '.join(SCOPES)}", field="office")
    try:
        ZoneInfo(new.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInputError("no such time zone", field="time_zone") from error
