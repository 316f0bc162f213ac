"""Auxiliares: who may capture for an aspirante, activated by a one-time code."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import ConflictError, InvalidInputError
from central.models import Aspirante, Auxiliar, AuxiliarState
from central.models.aspirantes import folded_name
from central.roster.candidates import email_mistake, name_mistakes
from central.roster.registration import lock_places
from domain.activation_code import GROUP, GROUPS, parse_activation_code
from domain.citizen_code import ALPHABET
from wire.packet import IDENTIFIER

# Argon2id: memory enough to slow a thief, and half a second at most on a station.
_HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)


@dataclass(frozen=True, slots=True)
class NewAuxiliar:
    """An auxiliar as the authority enters them, with an id of its choice and unchecked."""

    id_auxiliar: str
    nombres: str
    apellido_paterno: str
    apellido_materno: str
    email: str
    born_on: date | None = None
    telefono_movil: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An auxiliar, and the code to activate with: shown once and never stored."""

    auxiliar: Auxiliar
    code: str | None = field(repr=False)


def put_auxiliar(
    session: Session,
    aspirante: Aspirante,
    new: NewAuxiliar,
    *,
    now: datetime,
    made_by: str,
    password: str | None = None,
    invite_again: bool = False,
) -> Invitation:
    """Add an auxiliar and make an activation code; a known one is changed and keeps theirs.

    Args:
        session: A session that writes.
        aspirante: For whom they capture.
        new: What is said of them.
        now: The present.
        made_by: The actor of the audit trail.
        password: Set at once instead of a code, where the two meet in person.
        invite_again: Make a new code also for one who is known.

    Raises:
        InvalidInputError: The identifier, the names or the password cannot be accepted.
        ConflictError: The identifier belongs to another aspirante, or the e-mail to another
            auxiliar of the process.
    """
    _check(new, password)
    lock_places(session, aspirante.process_id)
    _require_free_email(session, aspirante, new)
    auxiliar = session.execute(
        select(Auxiliar).where(Auxiliar.id_auxiliar == new.id_auxiliar)
    ).scalar_one_or_none()
    is_new = auxiliar is None
    if auxiliar is None:
        auxiliar = Auxiliar(
            process_id=aspirante.process_id,
            aspirante_id=aspirante.id,
            id_auxiliar=new.id_auxiliar,
            state=AuxiliarState.REGISTERED,
            must_change_password=True,
            created_at=now,
        )
        session.add(auxiliar)
    elif auxiliar.aspirante_id != aspirante.id:
        raise ConflictError("the auxiliar is of another aspirante", code="auxiliar.taken")
    auxiliar.nombres, auxiliar.email = new.nombres, new.email.lower()
    auxiliar.apellido_paterno = new.apellido_paterno
    auxiliar.apellido_materno = new.apellido_materno
    auxiliar.name_folded = folded_name(new.nombres, new.apellido_paterno, new.apellido_materno)
    auxiliar.born_on, auxiliar.telefono_movil = new.born_on, new.telefono_movil
    code = None
    if password is not None:
        auxiliar.verifier, auxiliar.activation_verifier = _HASHER.hash(password), None
        auxiliar.must_change_password, auxiliar.state = False, AuxiliarState.ACTIVE
        auxiliar.activated_at = now
    elif is_new or invite_again:
        code = renew_activation(auxiliar, now=now)
    session.flush()
    trail.write(
        session,
        at=now,
        actor=made_by,
        action="auxiliar.added" if is_new else "auxiliar.changed",
        subject_kind="auxiliar",
        subject=new.id_auxiliar,
        details={"invited": code is not None},
    )
    return Invitation(auxiliar, code)


def renew_activation(auxiliar: Auxiliar, *, now: datetime) -> str:
    """Give a new activation code, whose verifier alone is kept; any earlier code ends.

    A password that is there goes on until the code is used. It takes some 60 ms, on purpose.
    """
    code = parse_activation_code("".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)))
    auxiliar.activation_verifier, auxiliar.activation_failures = _HASHER.hash(code), 0
    auxiliar.invited_at = now
    if auxiliar.verifier is None:
        auxiliar.state = AuxiliarState.INVITED
    return code


def _check(new: NewAuxiliar, password: str | None) -> None:
    if re.fullmatch(IDENTIFIER, new.id_auxiliar) is None:
        raise InvalidInputError("id: 1 to 16 of A-Z and 0-9", field="id_auxiliar")
    wrong = name_mistakes(
        nombres=new.nombres.strip(),
        apellido_paterno=new.apellido_paterno.strip(),
        apellido_materno=new.apellido_materno.strip(),
    )
    if code := email_mistake(new.email.lower()):
        wrong["email"] = code
    for name, code in wrong.items():
        raise InvalidInputError(f"{name}: {code}", field=name, code=code)
    if password is not None and len(password) < 8:
        raise InvalidInputError("a password has 8 characters at least", field="password")


def _require_free_email(session: Session, aspirante: Aspirante, new: NewAuxiliar) -> None:
    other = session.execute(
        select(Auxiliar.id).where(
            Auxiliar.process_id == aspirante.process_id,
            Auxiliar.email == new.email.lower(),
            Auxiliar.id_auxiliar != new.id_auxiliar,
        )
    ).first()
    if other is not None:
        raise ConflictError("the e-mail is of another auxiliar", code="auxiliar.email_taken")
