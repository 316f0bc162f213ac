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
from central.roster.registration import clave_key, conflicts, settings_of
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
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    auxiliar = session.scalar(query)
    if auxiliar is None:
        raise NotFoundError("no such auxiliar")
    return auxiliar


def take(
    session: Session, auxiliar: Auxiliar, step: Step, *, now: datetime, made_by: str
) -> str | None:
    """Invite again, deactivate or reactivate; give the code of why not, or None when it is done.

    `auxiliar.no_…`: it does not fit the stage any more. `auxiliar.letter_waits`,
    `auxiliar.letter_just_left`: a letter is on its way, or has been sent minutes ago.

    Args:
        session: A session that writes.
        auxiliar: Whom it is about, locked.
        step: Any but `CORRECT`.
        now: The present.
        made_by: The actor of the audit trail.
    """
    if step not in steps(auxiliar):
        return f"auxiliar.no_{step}"
    match step:
        case Step.INVITE:
            if code := _why_no_letter(session, auxiliar, now):
                return code
            _post(session, auxiliar, now)
            action = "auxiliar.invited_again"
        case Step.DEACTIVATE:
            auxiliar.state, auxiliar.deactivated_at = AuxiliarState.DEACTIVATED, now
            _drop_letters(session, auxiliar)
            action = "auxiliar.deactivated"
        case Step.REACTIVATE:
            _reactivate(session, auxiliar, now)
            action = "auxiliar.reactivated"
        case Step.CORRECT:
            raise AssertionError("a correction says what is corrected")
    session.flush()
    trail.write(
        session,
        at=now,
        actor=made_by,
        action=action,
        subject_kind="auxiliar",
        subject=auxiliar.id_auxiliar,
    )
    return None


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
        auxiliar: Who is corrected, locked, after the places of the process (`lock_places`).
        candidate: The whole of them, without mistakes; no clave leaves the one there was.
        now: The present.
        made_by: The actor of the audit trail.
        sealer: Seals for `CLAVE_PURPOSE`.
        register_secret: Keys the digests of claves.

    Raises:
        ConflictError: They have activated, or are deactivated or blocked.
    """
    if Step.CORRECT not in steps(auxiliar):
        raise ConflictError("they are not corrected in this stage", code="auxiliar.no_correct")
    aspirante = auxiliar.aspirante
    found = conflicts(
        session, aspirante, [candidate], register_secret=register_secret, besides=auxiliar.id
    ).get(0, {})
    changed = _changed(auxiliar, candidate)
    asks_register = settings_of(aspirante).register_check
    clave = candidate.clave_elector if asks_register else None
    if asks_register and clave is None and not _PERSON.isdisjoint(changed):
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
    if clave is not None:
        changed.append("clave_elector")
        auxiliar.clave_key = clave_key(register_secret, clave)
        auxiliar.clave_sealed = sealer.seal(clave.encode(), auxiliar.id_auxiliar)
        auxiliar.situacion_registral = None
    if "email" in changed or clave is not None:
        # A code in a letter to somebody else, or to somebody else's name, opens nothing.
        _drop_letters(session, auxiliar)
        auxiliar.activation_verifier, auxiliar.state = None, AuxiliarState.REGISTERED
        if Step.INVITE in steps(auxiliar):
            _post(session, auxiliar, now)
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


def _why_no_letter(session: Session, auxiliar: Auxiliar, now: datetime) -> str | None:
    latest = session.scalar(
        select(Mail)
        .where(Mail.auxiliar_id == auxiliar.id, Mail.kind == MailKind.ACTIVATION)
        .order_by(Mail.id.desc())
        .limit(1)
    )
    if latest is None:
        return None
    if latest.work_state in (WorkState.WAITING, WorkState.LEASED):
        return "auxiliar.letter_waits"
    return "auxiliar.letter_just_left" if latest.created_at > now - LETTER_PAUSE else None


def _reactivate(session: Session, auxiliar: Auxiliar, now: datetime) -> None:
    """Put them back to where they were: with the password they had, or to be invited."""
    auxiliar.deactivated_at = None
    if auxiliar.verifier is not None:
        auxiliar.state = AuxiliarState.ACTIVE
    elif auxiliar.activation_verifier is not None:
        auxiliar.state = AuxiliarState.INVITED
    else:
        auxiliar.state = AuxiliarState.REGISTERED
        if Step.INVITE in steps(auxiliar):
            _post(session, auxiliar, now)


def _post(session: Session, auxiliar: Auxiliar, now: datetime) -> None:
    post_activation(
        session,
        auxiliar_id=auxiliar.id,
        aspirante_id=auxiliar.aspirante_id,
        now=now,
        is_reset=auxiliar.stage is Stage.ACTIVE,
    )


def _drop_letters(session: Session, auxiliar: Auxiliar) -> None:
    session.execute(
        delete(Mail).where(
            Mail.auxiliar_id == auxiliar.id,
            Mail.kind == MailKind.ACTIVATION,
            Mail.work_state == WorkState.WAITING,
        )
    )
