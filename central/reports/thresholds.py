"""Thresholds from the published presets and the register's own figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.errors import InvalidInputError
from central.models import RegisterSection, ThresholdRow, ThresholdUnit
from central.models.register import newest_version
from central.reports.advance import unit_code
from domain.threshold import PUBLISHED, BaseList, Threshold, Unit


def make_threshold(
    session: Session,
    process_id: int,
    preset: str,
    *,
    cut_on: date | None = None,
    entidad: int | None = None,
    distrito: int | None = None,
    municipio: int | None = None,
) -> ThresholdRow:
    """Build a threshold over the citizens of a scope, counted in the newest register.

    Raises:
        InvalidInputError: No such preset, or the register has nobody in the scope.
    """
    threshold = PUBLISHED.get(preset)
    if threshold is None:
        raise InvalidInputError(f"preset: one of {', '.join(PUBLISHED)}", field="threshold")
    base = RegisterSection.lista_nominal
    if threshold.base is BaseList.PADRON:
        base = RegisterSection.padron
    query = select(RegisterSection, base).where(RegisterSection.version_id == newest_version())
    wanted = (
        (RegisterSection.entidad, entidad),
        (RegisterSection.distrito, distrito),
        (RegisterSection.municipio, municipio),
    )
    for column, number in wanted:
        if number is not None:
            query = query.where(column == number)
    total, by_unit = 0, Counter[str]()
    for section, count in session.execute(query):
        total += count
        if threshold.dispersion is not None:
            by_unit[_code(threshold.dispersion.unit, section)] += count
    if total == 0:
        raise InvalidInputError("the register has nobody in this scope", field="threshold")
    return threshold_row(process_id, preset, threshold, cut_on, total, by_unit)


def threshold_row(
    process_id: int,
    preset: str,
    threshold: Threshold,
    cut_on: date | None,
    total: int,
    by_unit: Mapping[str, int],
) -> ThresholdRow:
    """Write a threshold down over the citizens of its base list and of each unit."""
    rule = threshold.dispersion
    return ThresholdRow(
        process_id=process_id,
        name=preset,
        base=threshold.base.value,
        percentage=str(threshold.percentage),
        base_total=total,
        cut_on=cut_on,
        unit=None if rule is None else rule.unit.value,
        minimum_units=None if rule is None else rule.minimum_units,
        minimum_share=(
            None if rule is None or rule.minimum_share is None else str(rule.minimum_share)
        ),
        unit_percentage=None if rule is None else str(rule.percentage),
        units=[ThresholdUnit(unit_code=code, base_total=count) for code, count in by_unit.items()],
    )


def _code(unit: Unit, section: RegisterSection) -> str:
    number = {
        Unit.ENTIDAD: 0,
        Unit.DISTRITO: section.distrito,
        Unit.MUNICIPIO: section.municipio,
        Unit.SECCION: section.seccion,
    }[unit]
    return unit_code(unit, section.entidad, number)
