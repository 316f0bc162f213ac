"""What a request is about: the process, its dates, its scope and its threshold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from central.errors import NotFoundError
from central.models import Aspirante, ThresholdRow
from domain.threshold import BaseList, Threshold


@dataclass(frozen=True, slots=True)
class ThresholdFacts:
    """How many apoyos are asked for, of which list; without the dispersion's progress."""

    required: int
    base: BaseList
    base_total: int
    cut_on: date | None
    # `entidad`, `distrito`, `municipio` or `seccion`; None without a dispersion.
    unit: str | None


@dataclass(frozen=True, slots=True)
class SolicitudDetail:
    """What «Ver detalle» shows of a request."""

    folio: str
    aspirante: str
    process: str
    process_kind: str
    office: str
    starts_at: datetime
    ends_at: datetime
    deliver_until: datetime
    time_zone: str
    # Numbers of the register; None where the scope is wider.
    scope_entidad: int | None
    scope_distrito: int | None
    scope_municipio: int | None
    threshold: ThresholdFacts | None


def solicitud_detail(
    session: Session, aspirante_ids: Collection[int], folio: str
) -> SolicitudDetail:
    """Give the request of a folio, one of some aspirantes.

    Raises:
        NotFoundError: There is none of that folio, or it is another's.
    """
    aspirante = session.scalar(
        select(Aspirante)
        .options(
            joinedload(Aspirante.process),
            joinedload(Aspirante.office),
            joinedload(Aspirante.threshold),
        )
        .where(Aspirante.folio_solicitud == folio, Aspirante.id.in_(aspirante_ids))
    )
    if aspirante is None:
        raise NotFoundError("no such request")
    process = aspirante.process
    return SolicitudDetail(
        folio=aspirante.folio_solicitud,
        aspirante=aspirante.name,
        process=process.name,
        process_kind=process.kind,
        office=aspirante.office.name,
        starts_at=aspirante.starts_at or process.starts_at,
        ends_at=aspirante.ends_at or process.ends_at,
        deliver_until=process.deliver_until,
        time_zone=process.time_zone,
        scope_entidad=aspirante.scope_entidad,
        scope_distrito=aspirante.scope_distrito,
        scope_municipio=aspirante.scope_municipio,
        threshold=None if aspirante.threshold is None else _threshold(aspirante.threshold),
    )


def _threshold(row: ThresholdRow) -> ThresholdFacts:
    base = BaseList(row.base)
    return ThresholdFacts(
        required=Threshold(Fraction(row.percentage), base).required(row.base_total),
        base=base,
        base_total=row.base_total,
        cut_on=row.cut_on,
        unit=row.unit,
    )
