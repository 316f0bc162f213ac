"""What an aspirante does with an auxiliar: invite again, correct, deactivate, reactivate.

Each refuses what does not fit the stage, whatever page it is asked from: two people may press
buttons at once. The caller commits.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import ConflictError, NotFoundError
from central.mail.outbox import post_activation
from central.models import Auxiliar, AuxiliarState, Mail, MailKind, Stage, WorkState
from central.models.aspirantes import folded_name
from central.roster.candidates import Candidate
from central.roster.registration import conflicts, lock_places, settings_of
from central.storage.citizens import citizen_key
from central.storage.sealing import Sealer

# One letter after another within this time helps nobody and looks like spam.
LETTER_PAUSE = timedelta(minutes=10)


_PERSON = frozenset({"nombres", "apellido_paterno", "apellido_materno", "born_on"})


class Step(StrEnum):
    """Something that can be done with an auxiliar; the words stand in addresses."""

    INVITE = "invite"
    CORRECT = "correct"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"


# A block is the authority's: the aspirante can neither lift it nor go around it.
_STEPS: dict[Stage, frozenset[Step]] = {
    Stage.REGISTERED: frozenset({Step.CORRECT, Step.DEACTIVATE}),
    Stage.CHECKED: frozenset({Step.INVITE, Step.CORRECT, Step.DEACTIVATE}),
    Stage.NOT_LISTED: frozenset({Step.CORRECT, Step.DEACTIVATE}),
    Stage.INVITED: frozenset({Step.INVITE, Step.CORRECT, Step.DEACTIVATE}),
    Stage.ACTIVE: frozenset({Step.INVITE, Step.DEACTIVATE}),
    Stage.SUSPENDED: frozenset(),
    Stage.DEACTIVATED: frozenset({Step.REACTIVATE}),
}


def steps(auxiliar: Auxiliar) -> frozenset[Step]:
    """Say what can be done with an auxiliar now."""
    found = _STEPS[auxiliar.stage]
    if auxiliar.stage is Stage.REGISTERED and not settings_of(auxiliar.aspirante).register_check:
        found |= {Step.INVITE}
    return found


def find_own(
    session: Session, aspirante_ids: Collection[int], id_auxiliar: str, *, locked: bool = False
) -> Auxiliar:
    """Give an auxiliar of one of some aspirantes.

    Raises:
        NotFoundError: There is none of that id, or it is another's.
    """
    query = select(Auxiliar).where(
        Auxiliar.id_auxiliar == id_auxiliar, Auxiliar.aspirante_id.in_(aspirante_ids)
    )
    auxiliar = session.scalar(query.with_for_update() if locked else query)
    if auxiliar is None:
        raise NotFoundError("no such auxiliar")
    return auxiliar


def invite(session: Session, auxiliar: Auxiliar, *, now: datetime, made_by: str) -> None:
    """Send a new activation code; whoever has a password keeps it until the code is used.

    Raises:
        ConflictError: They are not to be invited now, or a letter is on its way or has just left.
    """
    _require(auxiliar, Step.INVITE)
    latest = session.scalar(
        select(Mail)
        .where(Mail.auxiliar_id == auxiliar.id, Mail.kind == MailKind.ACTIVATION)
        .order_by(Mail.id.desc())
        .limit(1)
    )
    if latest is not None:
        if latest.work_state in (WorkState.WAITING, WorkState.LEASED):
            raise ConflictError("a letter is on its way", code="auxiliar.letter_waits")
        if latest.created_at > now - LETTER_PAUSE:
            raise ConflictError("a letter has just left", code="auxiliar.letter_just_left")
    post_activation(session, auxiliar_id=auxiliar.id, aspirante_id=auxiliar.aspirante_id, now=now)
    _write(session, auxiliar, "auxiliar.invited_again", now=now, made_by=made_by)


def deactivate(session: Session, auxiliar: Auxiliar, *, now: datetime, made_by: str) -> None:
    """Let them capture no more once stations have the next policy; what they captured stays.

    Raises:
        ConflictError: They are deactivated already, or the authority has blocked them.
    """
    _require(auxiliar, Step.DEACTIVATE)
    auxiliar.state, auxiliar.deactivated_at = AuxiliarState.DEACTIVATED, now
    _drop_letters(session, auxiliar)
    _write(session, auxiliar, "auxiliar.deactivated", now=now, made_by=made_by)


def reactivate(session: Session, auxiliar: Auxiliar, *, now: datetime, made_by: str) -> None:
    """Put them back to where they were: with the password they had, or to be invited.

    Raises:
        ConflictError: They are not deactivated.
    """
    _require(auxiliar, Step.REACTIVATE)
    auxiliar.deactivated_at = None
    if auxiliar.verifier is not None:
        auxiliar.state = AuxiliarState.ACTIVE
    elif auxiliar.activation_verifier is not None:
        auxiliar.state = AuxiliarState.INVITED
    else:
        auxiliar.state = AuxiliarState.REGISTERED
        if Step.INVITE in steps(auxiliar):
            post_activation(
                session, auxiliar_id=auxiliar.id, aspirante_id=auxiliar.aspirante_id, now=now
            )
    _write(session, auxiliar, "auxiliar.reactivated", now=now, made_by=made_by)


def correct(
    session: Session,
    auxiliar: Auxiliar,
    candidate: Candidate,
    *,
    now: datetime,
    made_by: str,
    sealer: Sealer,
    register_secret: bytes,
) -> dict[str, str]:
    """Change what was entered of somebody who has not activated; give what stands against it.

    Whoever gets another name or birth is another person for the register: the clave de elector is
    written again and asked again. A new address gets a new code, and the old one is void.

    Args:
        session: A session that writes.
        auxiliar: Who is corrected, locked.
        candidate: The whole of them, without mistakes; no clave leaves the one there was.
        now: The present.
        made_by: The actor of the audit trail.
        sealer: Seals for `CLAVE_PURPOSE`.
        register_secret: Keys the digests of claves.

    Raises:
        ConflictError: They have activated, or are deactivated or blocked.
    """
    _require(auxiliar, Step.CORRECT)
    aspirante = auxiliar.aspirante
    lock_places(session, aspirante.process_id)
    found = conflicts(
        session, aspirante, [candidate], register_secret=register_secret, besides=auxiliar.id
    ).get(0, {})
    changed = _changed(auxiliar, candidate)
    asks_register = settings_of(aspirante).register_check
    if asks_register and candidate.clave_elector is None and not _PERSON.isdisjoint(changed):
        found["clave_elector"] = "clave_elector.again"
    if found:
        return found
    auxiliar.nombres, auxiliar.email = candidate.nombres, candidate.email
    auxiliar.apellido_paterno = candidate.apellido_paterno
    auxiliar.apellido_materno = candidate.apellido_materno
    auxiliar.name_folded = folded_name(
        candidate.nombres, candidate.apellido_paterno, candidate.apellido_materno
    )
    auxiliar.born_on, auxiliar.telefono_movil = candidate.born_on, candidate.telefono_movil
    auxiliar.account_kind = candidate.account_kind
    if candidate.clave_elector is not None:
        changed.append("clave_elector")
        auxiliar.clave_key = citizen_key(register_secret, candidate.clave_elector)
        auxiliar.clave_sealed = sealer.seal(candidate.clave_elector.encode(), auxiliar.id_auxiliar)
        auxiliar.situacion_registral = None
    if "email" in changed or candidate.clave_elector is not None:
        # A code in a letter to somebody else, or to somebody else's name, opens nothing.
        _drop_letters(session, auxiliar)
        auxiliar.activation_verifier, auxiliar.state = None, AuxiliarState.REGISTERED
        if Step.INVITE in steps(auxiliar):
            post_activation(
                session, auxiliar_id=auxiliar.id, aspirante_id=auxiliar.aspirante_id, now=now
            )
    session.flush()
    trail.write(
        session,
        at=now,
        actor=made_by,
        action="auxiliar.corrected",
        subject_kind="auxiliar",
        subject=auxiliar.id_auxiliar,
        details={"fields": changed},
    )
    return {}


def _changed(auxiliar: Auxiliar, candidate: Candidate) -> list[str]:
    names = (
        "nombres",
        "apellido_paterno",
        "apellido_materno",
        "born_on",
        "telefono_movil",
        "email",
        "account_kind",
    )
    return [name for name in names if getattr(auxiliar, name) != getattr(candidate, name)]


def _require(auxiliar: Auxiliar, step: Step) -> None:
    if step not in steps(auxiliar):
        raise ConflictError(f"no {step} in this stage", code=f"auxiliar.no_{step}")


def _drop_letters(session: Session, auxiliar: Auxiliar) -> None:
    session.execute(
        delete(Mail).where(
            Mail.auxiliar_id == auxiliar.id,
            Mail.kind == MailKind.ACTIVATION,
            Mail.work_state == WorkState.WAITING,
        )
    )


def _write(
    session: Session, auxiliar: Auxiliar, action: str, *, now: datetime, made_by: str
) -> None:
    session.flush()
    trail.write(
        session,
        at=now,
        actor=made_by,
        action=action,
        subject_kind="auxiliar",
        subject=auxiliar.id_auxiliar,
    )
