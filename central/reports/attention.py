"""What waits for an aspirante: auxiliares, files, inconformidades and reports of each request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from central.models import (
    Auxiliar,
    AuxiliarBatch,
    AuxiliarState,
    BatchState,
    Export,
    Objection,
    ObjectionState,
    WorkState,
)
from central.models.objections import OPEN_OBJECTIONS
from domain.apoyo import SituacionRegistral

# An answer is news for so long.
_NEWS = timedelta(days=14)


@dataclass(slots=True)
class Attention:
    """Counts for one request; 0 is nothing to do."""

    # Stages of auxiliares: the register has not answered, said yes, or said no.
    auxiliares_registered: int = 0
    auxiliares_checked: int = 0
    auxiliares_not_listed: int = 0
    auxiliares_invited: int = 0
    auxiliares_suspended: int = 0
    files_unfinished: int = 0
    objections_open: int = 0
    objections_answered: int = 0
    reports_ready: int = 0


def attention(
    session: Session, aspirante_ids: Iterable[int], *, user_id: int, now: datetime
) -> dict[int, Attention]:
    """Count what waits for each of some aspirantes, in four questions whatever their number."""
    ids = tuple(aspirante_ids)
    found = {aspirante_id: Attention() for aspirante_id in ids}
    for aspirante_id, state, situacion, count in session.execute(_auxiliares(ids)):
        one = found[aspirante_id]
        if state is AuxiliarState.INVITED:
            one.auxiliares_invited += count
        elif state is AuxiliarState.SUSPENDED:
            one.auxiliares_suspended += count
        elif situacion is None:
            one.auxiliares_registered += count
        elif situacion == SituacionRegistral.LISTA_NOMINAL:
            one.auxiliares_checked += count
        else:
            one.auxiliares_not_listed += count
    for aspirante_id, count in session.execute(
        _count(AuxiliarBatch, ids).where(
            AuxiliarBatch.state == BatchState.CHECKED,
            AuxiliarBatch.user_id == user_id,
            # Its rows were neither discarded nor dropped for their age.
            AuxiliarBatch.content.is_not(None),
        )
    ):
        found[aspirante_id].files_unfinished = count
    for aspirante_id, state, count in session.execute(_objections(ids, since=now - _NEWS)):
        if state is ObjectionState.RESOLVED:
            found[aspirante_id].objections_answered += count
        else:
            found[aspirante_id].objections_open += count
    for aspirante_id, count in session.execute(
        _count(Export, ids).where(
            Export.work_state == WorkState.DONE,
            Export.user_id == user_id,
            Export.expires_at > now,
        )
    ):
        found[aspirante_id].reports_ready = count
    return found


def _auxiliares(ids: tuple[int, ...]) -> Select[Any]:
    keys: tuple[Any, ...] = (Auxiliar.aspirante_id, Auxiliar.state, Auxiliar.situacion_registral)
    waiting = (AuxiliarState.REGISTERED, AuxiliarState.INVITED, AuxiliarState.SUSPENDED)
    return (
        select(*keys, func.count())
        .where(Auxiliar.aspirante_id.in_(ids), Auxiliar.state.in_(waiting))
        .group_by(*keys)
    )


def _objections(ids: tuple[int, ...], *, since: datetime) -> Select[Any]:
    answered = (Objection.state == ObjectionState.RESOLVED) & (Objection.resolved_at > since)
    is_open = Objection.state.in_(OPEN_OBJECTIONS)
    keys: tuple[Any, ...] = (Objection.aspirante_id, Objection.state)
    return (
        select(*keys, func.count())
        .where(
            Objection.aspirante_id.in_(ids),
            is_open | answered,
        )
        .group_by(*keys)
    )


def _count(model: Any, ids: tuple[int, ...]) -> Select[Any]:
    return (
        select(model.aspirante_id, func.count())
        .where(model.aspirante_id.in_(ids))
        .group_by(model.aspirante_id)
    )
