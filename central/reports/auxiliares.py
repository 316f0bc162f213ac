"""Consulta de auxiliares: the people of an aspirante, searched, sorted and paged by key.

A page is found by its keys first, and figures are read for those on it alone. What a page is
sorted by goes on from the value of its last row, so that rows do not come twice because somebody
captured meanwhile. Pace and last activity are sorted by what is folded, seconds old at most; what a
page shows is exact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from central.errors import NotFoundError
from central.models import (
    AccountKind,
    Auxiliar,
    AuxiliarBatch,
    AuxiliarState,
    BatchState,
    Stage,
)
from central.reports.auxiliar_figures import (
    NOTHING,
    Figures,
    by_state,
    figures_of,
    folded_activity,
    folded_sent,
)
from domain.apoyo import SituacionRegistral
from domain.credential.text import fold

PAGE_SIZE = 50
_MOST_BATCHES = 50
_SEPARATOR = "~"
_NEVER = date(1, 1, 1)


class Order(StrEnum):
    """What a list is sorted by; the words stand in addresses."""

    NAME = "name"
    ID = "id"
    SENT = "sent"
    REJECTED = "rejected"
    PACE = "pace"
    LAST = "last"

    @property
    def begins_high(self) -> bool:
        """Say whether one looks for the highest first."""
        return self not in (Order.NAME, Order.ID)


@dataclass(frozen=True, slots=True)
class AuxiliarFilter:
    """What a list is to show; None and empty text ask for nothing. All that are set must hold."""

    # Beginnings of words of the name, or of an id, or a part of an address.
    text: str = field(default="", repr=False)
    stage: Stage | None = None
    account_kind: AccountKind | None = None
    # The token of the file they came in.
    batch: str = ""


@dataclass(frozen=True, slots=True)
class AuxiliarRow:
    """One auxiliar in a list."""

    id_auxiliar: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    stage: Stage
    situacion: str | None
    account_kind: AccountKind | None
    activated_at: datetime | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class AuxiliarPage:
    """Some auxiliares in their order; the marks lead to the pages around it."""

    rows: tuple[AuxiliarRow, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file in which auxiliares came."""

    token: str
    imported_at: datetime
    people: int


def search(
    session: Session,
    aspirante_id: int,
    wanted: AuxiliarFilter,
    *,
    order: Order = Order.NAME,
    is_reversed: bool = False,
    before: str | None = None,
    after: str | None = None,
    limit: int = PAGE_SIZE,
) -> AuxiliarPage:
    """Give one page.

    Raises:
        NotFoundError: The page is to begin at a mark that leads nowhere.
    """
    value, joined = _value(aspirante_id, order)
    query = select(Auxiliar.id, value.label("value"))
    if joined is not None:
        query = query.outerjoin(joined, joined.c.auxiliar_id == Auxiliar.id)
    query = query.where(Auxiliar.aspirante_id == aspirante_id, *_conditions(aspirante_id, wanted))
    descends = order.begins_high != is_reversed
    goes_back = before is not None
    # Backwards, the rows nearest to the mark come first, and are turned round below.
    runs_down = descends != goes_back
    if (mark := before or after) is not None:
        query = query.where(_beyond(session, aspirante_id, order, value, mark, down=runs_down))
    keys = (value, Auxiliar.id)
    query = query.order_by(*(key.desc() if runs_down else key for key in keys))
    found = list(session.execute(query.limit(limit + 1)))
    has_more = len(found) > limit
    found = found[:limit]
    if goes_back:
        found.reverse()
    rows = _rows(session, aspirante_id, [row.id for row in found])
    if not rows:
        return AuxiliarPage((), None, None)
    marks = [_mark(order, found[end].value, rows[end].id_auxiliar) for end in (0, -1)]
    return AuxiliarPage(
        rows=rows,
        before=marks[0] if (has_more if goes_back else after is not None) else None,
        after=marks[1] if (goes_back or has_more) else None,
    )


def imported_files(session: Session, aspirante_id: int) -> tuple[ImportedFile, ...]:
    """Give the files that auxiliares of an aspirante came in, the newest first."""
    rows = session.execute(
        # Not the whole row: what is kept of a file is large.
        select(
            AuxiliarBatch.token,
            func.coalesce(AuxiliarBatch.imported_at, AuxiliarBatch.created_at),
            AuxiliarBatch.good,
        )
        .where(
            AuxiliarBatch.aspirante_id == aspirante_id,
            AuxiliarBatch.state == BatchState.IMPORTED,
        )
        .order_by(AuxiliarBatch.id.desc())
        .limit(_MOST_BATCHES)
    )
    return tuple(ImportedFile(*row) for row in rows)


def display_name(person: Auxiliar) -> str:
    """Write a name as people say it."""
    words = (person.nombres, person.apellido_paterno, person.apellido_materno)
    return " ".join(word for word in words if word)


def _value(aspirante_id: int, order: Order) -> tuple[Any, Any]:
    """Give what is compared, and the figures it is read from; who has none comes out lowest."""
    match order:
        case Order.NAME:
            return Auxiliar.name_folded, None
        case Order.ID:
            return Auxiliar.id_auxiliar, None
        case Order.SENT:
            counts = by_state(aspirante_id)
            return func.coalesce(counts.c.sent, 0), counts
        case Order.REJECTED:
            counts = by_state(aspirante_id)
            share = counts.c.rejected * 1_000_000 // counts.c.decided
            return case((counts.c.decided > 0, share), else_=-1), counts
        case Order.LAST:
            activity = folded_activity(aspirante_id)
            return func.coalesce(activity.c.last_on, _NEVER), activity
        case Order.PACE:
            return _pace(aspirante_id)


def _pace(aspirante_id: int) -> tuple[Any, Any]:
    counts, activity = folded_sent(aspirante_id), folded_activity(aspirante_id)
    both = (
        select(counts.c.auxiliar_id, (counts.c.sent * 1000 // activity.c.active_days).label("pace"))
        .join(activity, activity.c.auxiliar_id == counts.c.auxiliar_id)
        .subquery()
    )
    return func.coalesce(both.c.pace, -1), both


def _conditions(aspirante_id: int, wanted: AuxiliarFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        words = fold(wanted.text).split()
        name = literal(" ").concat(Auxiliar.name_folded)
        conditions.append(
            or_(
                and_(*(name.contains(f" {word}", autoescape=True) for word in words)),
                Auxiliar.id_auxiliar.startswith(fold(wanted.text), autoescape=True),
                Auxiliar.email.contains(wanted.text.strip().lower(), autoescape=True),
            )
        )
    if wanted.stage is not None:
        conditions.append(_in_stage(wanted.stage))
    if wanted.account_kind is not None:
        conditions.append(Auxiliar.account_kind == wanted.account_kind)
    if wanted.batch:
        batch = select(AuxiliarBatch.id).where(
            AuxiliarBatch.token == wanted.batch, AuxiliarBatch.aspirante_id == aspirante_id
        )
        conditions.append(Auxiliar.batch_id == batch.scalar_subquery())
    return conditions


def _in_stage(stage: Stage) -> ColumnElement[bool]:
    registered = Auxiliar.state == AuxiliarState.REGISTERED
    situacion = Auxiliar.situacion_registral
    listed = SituacionRegistral.LISTA_NOMINAL.value
    match stage:
        case Stage.REGISTERED:
            return and_(registered, situacion.is_(None))
        case Stage.CHECKED:
            return and_(registered, situacion == listed)
        case Stage.NOT_LISTED:
            return and_(registered, situacion != listed)
        case _:
            return Auxiliar.state == AuxiliarState(stage.value)


def _mark(order: Order, value: Any, id_auxiliar: str) -> str:
    # A name stands in no address: it is looked up by the id.
    if order in (Order.NAME, Order.ID):
        return id_auxiliar
    return f"{value}{_SEPARATOR}{id_auxiliar}"


def _beyond(
    session: Session, aspirante_id: int, order: Order, value: Any, mark: str, *, down: bool
) -> ColumnElement[bool]:
    text, _separator, id_auxiliar = mark.rpartition(_SEPARATOR)
    row = session.execute(
        select(Auxiliar.id, Auxiliar.name_folded).where(
            Auxiliar.id_auxiliar == id_auxiliar, Auxiliar.aspirante_id == aspirante_id
        )
    ).first()
    if row is None:
        raise NotFoundError("no such mark")
    match order:
        case Order.NAME:
            begin: Any = row.name_folded
        case Order.ID:
            begin = id_auxiliar
        case _:
            if order is not Order.LAST and re.fullmatch(r"-?[0-9]{1,15}", text) is None:
                raise NotFoundError("no such mark")
            try:
                begin = date.fromisoformat(text) if order is Order.LAST else int(text)
            except ValueError as error:
                raise NotFoundError("no such mark") from error
    if down:
        return or_(value < begin, and_(value == begin, Auxiliar.id < row.id))
    return or_(value > begin, and_(value == begin, Auxiliar.id > row.id))


def _rows(session: Session, aspirante_id: int, ids: Sequence[int]) -> tuple[AuxiliarRow, ...]:
    people = {
        person.id: person
        for person in session.scalars(select(Auxiliar).where(Auxiliar.id.in_(ids)))
    }
    figures = figures_of(session, aspirante_id, ids)
    return tuple(
        AuxiliarRow(
            id_auxiliar=person.id_auxiliar,
            name=display_name(person),
            email=person.email,
            stage=person.stage,
            situacion=person.situacion_registral,
            account_kind=person.account_kind,
            activated_at=person.activated_at,
            figures=figures.get(person.id, NOTHING),
        )
        for person in (people[auxiliar_id] for auxiliar_id in ids)
    )
