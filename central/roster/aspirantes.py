"""Aspirantes, and the person who signs in to the portal for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import ConflictError, InvalidInputError, NotFoundError
from central.models import Aspirante, Office, Process, ThresholdRow
from wire.packet import IDENTIFIER


@dataclass(frozen=True, slots=True)
class NewAspirante:
    """An aspirante as approved by the authority; the scope is in the register's numbers."""

    folio_solicitud: str
    name: str
    email: str
    office: str
    scope_entidad: int | None = None
    scope_distrito: int | None = None
    scope_municipio: int | None = None
    # Dates of its own, where they differ from those of the process.
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def put_aspirante(
    session: Session,
    process: Process,
    new: NewAspirante,
    threshold: ThresholdRow | None,
    *,
    now: datetime,
    made_by: str,
) -> Aspirante:
    """Add an aspirante, or bring the one of that folio to what is said now.

    Raises:
        InvalidInputError: The folio or the scope cannot be accepted.
        NotFoundError: The process has no such office.
        ConflictError: The folio belongs to another process.
    """
    if re.fullmatch(IDENTIFIER, new.folio_solicitud) is None:
        raise InvalidInputError("folio: 1 to 16 of A-Z and 0-9", field="folio_solicitud")
    office = session.execute(
        select(Office).where(Office.process_id == process.id, Office.code == new.office)
    ).scalar_one_or_none()
    if office is None:
        raise NotFoundError(f"no office {new.office}", code="office.unknown")
    _check_scope(office, new)
    aspirante = session.execute(
        select(Aspirante).where(Aspirante.folio_solicitud == new.folio_solicitud)
    ).scalar_one_or_none()
    action = "aspirante.changed"
    if aspirante is None:
        aspirante = Aspirante(
            process_id=process.id, folio_solicitud=new.folio_solicitud, created_at=now
        )
        session.add(aspirante)
        action = "aspirante.added"
    elif aspirante.process_id != process.id:
        raise ConflictError("the folio is of another process", code="aspirante.process")
    aspirante.office_id = office.id
    aspirante.name, aspirante.email = new.name, new.email.lower()
    aspirante.scope_entidad = new.scope_entidad
    aspirante.scope_distrito = new.scope_distrito
    aspirante.scope_municipio = new.scope_municipio
    aspirante.starts_at, aspirante.ends_at = new.starts_at, new.ends_at
    if threshold is not None:
        session.add(threshold)
        session.flush()
        aspirante.threshold_id = threshold.id
    session.flush()
    trail.write(
        session,
        at=now,
        actor=made_by,
        action=action,
        subject_kind="aspirante",
        subject=new.folio_solicitud,
    )
    return aspirante


def find_aspirante(session: Session, folio_solicitud: str) -> Aspirante:
    """Give the aspirante of a folio de solicitud.

    Raises:
        NotFoundError: There is none.
    """
    aspirante = session.execute(
        select(Aspirante).where(Aspirante.folio_solicitud == folio_solicitud)
    ).scalar_one_or_none()
    if aspirante is None:
        raise NotFoundError(f"no aspirante {folio_solicitud}", code="aspirante.unknown")
    return aspirante


def missing_of_scope(office_scope: str, new: NewAspirante) -> list[str]:
    """Name the parts of the scope that an office asks for and that nobody said."""
    needed = {
        "entidad": ("scope_entidad",),
        "distrito": ("scope_entidad", "scope_distrito"),
        "municipio": ("scope_entidad", "scope_municipio"),
    }.get(office_scope, ())
    return [name for name in needed if getattr(new, name) is None]


def _check_scope(office: Office, new: NewAspirante) -> None:
    if missing_of_scope(office.scope, new):
        raise InvalidInputError(f"an office of one {office.scope} says which", field="scope")
