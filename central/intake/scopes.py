"""Where citizens must be registered for an aspirante, as stations are told: ranges of secciones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import Aspirante, RegisterSection
from central.models.register import newest_version
from wire.policy import Scope


class ScopeBook:
    """Scopes by the register's geography; one of a complete register version never changes."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], Scope | None] = {}

    def of(self, session: Session, aspirantes: Iterable[Aspirante]) -> dict[int, Scope | None]:
        """Give scopes by aspirante; None for anywhere, or where the register has no such place."""
        version = session.scalar(select(newest_version()))
        return {aspirante.id: self._of(session, version, aspirante) for aspirante in aspirantes}

    def _of(self, session: Session, version: int | None, aspirante: Aspirante) -> Scope | None:
        if aspirante.scope_entidad is None or version is None:
            return None
        key = (version, _name(aspirante))
        if key not in self._known:
            self._known[key] = _read(session, version, aspirante, aspirante.scope_entidad)
        return self._known[key]


def ranges(secciones: Iterable[tuple[int, bool]]) -> Iterator[tuple[int, int]]:
    """Give the runs of those inside, both ends included.

    Args:
        secciones: Every sección of an entidad in order, and whether it lies inside. A number that
            no sección has does not interrupt a run.
    """
    first = last = None
    for number, is_inside in secciones:
        if is_inside:
            first, last = (number if first is None else first), number
        elif first is not None and last is not None:
            yield first, last
            first = last = None
    if first is not None and last is not None:
        yield first, last


def _name(aspirante: Aspirante) -> str:
    parts = (aspirante.scope_entidad, aspirante.scope_distrito, aspirante.scope_municipio)
    return "-".join(str(part or 0) for part in parts)


def _read(session: Session, version: int, aspirante: Aspirante, entidad: int) -> Scope | None:
    rows = session.execute(
        select(RegisterSection.seccion, RegisterSection.distrito, RegisterSection.municipio)
        .where(RegisterSection.version_id == version, RegisterSection.entidad == entidad)
        .order_by(RegisterSection.seccion)
    )
    distrito, municipio = aspirante.scope_distrito, aspirante.scope_municipio
    inside = tuple(
        ranges(
            (
                row.seccion,
                distrito in (None, row.distrito) and municipio in (None, row.municipio),
            )
            for row in rows
        )
    )
    return Scope(_name(aspirante), entidad, inside) if inside else None
