"""Thresholds of support: how many valid apoyos an office asks for, and how they must spread.

A threshold is data: base list, share of it, and a rule of dispersion over units of the register.
Shares are exact fractions, for one apoyo decides. Sources: LGIPE, article 371; the agreements of
the revocación de mandato and of the new national parties; for the local examples Guerrero 2021,
Quintana Roo 2015, Hidalgo 2020.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import ceil

from domain.errors import ThresholdError


class BaseList(StrEnum):
    """The list of which a share is asked."""

    LISTA_NOMINAL = "lista_nominal"
    PADRON = "padron"


class Unit(StrEnum):
    """A unit of the register's geography, never of the text on the card."""

    ENTIDAD = "entidad"
    DISTRITO = "distrito"
    MUNICIPIO = "municipio"
    SECCION = "seccion"


def _check_percentage(percentage: Fraction) -> None:
    if not 0 < percentage <= 1:
        raise ThresholdError("a percentage lies between 0 and 1")


@dataclass(frozen=True)
class DispersionRule:
    """How many units must each reach a share of their own list.

    Exactly one of `minimum_units` (a count) and `minimum_share` (of all units, rounded up) is set.
    """

    unit: Unit
    percentage: Fraction
    minimum_units: int | None = None
    minimum_share: Fraction | None = None

    def __post_init__(self) -> None:
        if (self.minimum_units is None) == (self.minimum_share is None):
            raise ThresholdError("a dispersion is either a number of units or a share of them")
        if self.minimum_units is not None and self.minimum_units < 1:
            raise ThresholdError("a dispersion asks for one unit at least")
        if self.minimum_share is not None and not 0 < self.minimum_share <= 1:
            raise ThresholdError("a share of units lies between 0 and 1")
        _check_percentage(self.percentage)

    def units_required(self, units: int) -> int:
        """Return how many of `units` must reach their share."""
        if self.minimum_units is not None:
            return self.minimum_units
        assert self.minimum_share is not None
        return ceil(self.minimum_share * units)


@dataclass(frozen=True)
class Threshold:
    """A share of a base list at its cut, and the dispersion if there is one."""

    percentage: Fraction
    base: BaseList = BaseList.LISTA_NOMINAL
    dispersion: DispersionRule | None = None
    cut_on: date | None = None

    def __post_init__(self) -> None:
        _check_percentage(self.percentage)

    def required(self, base_total: int) -> int:
        """Return how many apoyos are asked for: the share, rounded up to a whole citizen."""
        if base_total < 1:
            raise ThresholdError("the base list is empty")
        return ceil(self.percentage * base_total)


@dataclass(frozen=True)
class UnitProgress:
    """How far one unit has come towards its own share."""

    code: str
    valid: int
    required: int

    @property
    def missing(self) -> int:
        """How many apoyos the unit still needs."""
        return max(0, self.required - self.valid)


@dataclass(frozen=True)
class Progress:
    """How far the valid apoyos have come; `units_required` is 0 without a dispersion."""

    valid: int
    required: int
    units_required: int
    # Every unit that can reach its share, by its code.
    units: tuple[UnitProgress, ...]

    @property
    def units_reached(self) -> int:
        """How many units have reached their share."""
        return sum(1 for unit in self.units if unit.missing == 0)

    @property
    def missing_by_unit(self) -> tuple[tuple[str, int], ...]:
        """Missing apoyos of each unit that is not there yet, the nearest first."""
        far = ((unit.code, unit.missing) for unit in self.units if unit.missing)
        return tuple(sorted(far, key=lambda item: (item[1], item[0])))

    @property
    def missing(self) -> int:
        """How many apoyos are still asked for, without regard to dispersion."""
        return max(0, self.required - self.valid)

    @property
    def is_met(self) -> bool:
        """Say whether both the total and the dispersion are reached."""
        return self.missing == 0 and self.units_reached >= self.units_required


def progress(
    threshold: Threshold,
    base_total: int,
    valid: int,
    *,
    base_by_unit: Mapping[str, int] | None = None,
    valid_by_unit: Mapping[str, int] | None = None,
) -> Progress:
    """Compare valid apoyos with a threshold.

    Units are those of `base_by_unit`; apoyos of another unit count for the total alone. A unit
    with an empty list cannot reach anything and is left out.

    Raises:
        ThresholdError: An empty base list, or a dispersion without the figures of its units.
    """
    required = threshold.required(base_total)
    rule = threshold.dispersion
    if rule is None:
        return Progress(valid, required, 0, ())
    if base_by_unit is None:
        raise ThresholdError("a dispersion needs the list of each unit")
    counted = valid_by_unit or {}
    units = tuple(
        UnitProgress(code, counted.get(code, 0), ceil(rule.percentage * base))
        for code, base in sorted(base_by_unit.items())
        if base > 0
    )
    return Progress(valid, required, rule.units_required(len(units)), units)


_ONE, _TWO, _THREE = Fraction(1, 100), Fraction(2, 100), Fraction(3, 100)
_HALF = Fraction(1, 2)

# Presets to start a process from; what a process uses is stored with it and may differ.
PUBLISHED: Mapping[str, Threshold] = {
    "presidencia": Threshold(_ONE, dispersion=DispersionRule(Unit.ENTIDAD, _ONE, minimum_units=17)),
    "senaduria": Threshold(
        _TWO, dispersion=DispersionRule(Unit.DISTRITO, _ONE, minimum_share=_HALF)
    ),
    "diputacion_federal": Threshold(
        _TWO, dispersion=DispersionRule(Unit.SECCION, _ONE, minimum_share=_HALF)
    ),
    "revocacion_de_mandato": Threshold(
        _THREE, dispersion=DispersionRule(Unit.ENTIDAD, _THREE, minimum_units=17)
    ),
    # Its assemblies are held elsewhere; apoyos count towards the share alone.
    "partido_nacional": Threshold(Fraction(26, 10_000), BaseList.PADRON),
    # Local examples: the law of each entidad has its own.
    "gubernatura_guerrero": Threshold(
        _THREE, dispersion=DispersionRule(Unit.MUNICIPIO, _THREE, minimum_units=41)
    ),
    "gubernatura_quintana_roo": Threshold(
        _THREE, dispersion=DispersionRule(Unit.DISTRITO, _THREE, minimum_share=Fraction(1))
    ),
    "ayuntamiento_hidalgo": Threshold(_THREE, BaseList.PADRON),
}
