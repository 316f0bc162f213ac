"""The published thresholds to the last unit, as the aspirante reads them on the page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil

import pytest
from sqlalchemy import delete, select

from central.models import (
    Aspirante,
    RegisterSection,
    RegisterVersion,
    RollupDay,
    RollupDelta,
    RollupEntidad,
    RollupSeccion,
)
from central.reports.advance import unit_code
from central.reports.thresholds import threshold_row
from domain.threshold import PUBLISHED, Unit
from tests.portal.visitor import Visitor
from tests.portal.world import NOW, World

_ENTIDAD = 12
REACHED = "Se alcanza el umbral, mientras las cifras se mantengan."


@dataclass(frozen=True)
class Case:
    """An office as published: its base list, what it asks for, and of how many units how many."""

    office: str
    base: int
    required: int
    units: int = 0
    needed: int = 0
    unit_base: int = 0

    def valid_in(self, number: int) -> int:
        """Give what the unit of a number needs for its own share."""
        rule = PUBLISHED[self.office].dispersion
        assert rule is not None
        return ceil(rule.percentage * self.unit_base)


CASES = {
    "presidency 2018": Case("presidencia", 86_659_300, 866_593, 32, 17, 2_708_103),
    "presidency 2024": Case("presidencia", 96_140_500, 961_405, 32, 17, 3_004_390),
    "revocación 2022": Case("revocacion_de_mandato", 91_940_900, 2_758_227, 32, 17, 2_873_153),
    "national party 2026": Case("partido_nacional", 98_472_789, 256_030),
    "senate, half of 8 districts": Case("senaduria", 2_800_001, 56_001, 8, 4, 350_000),
    "district 2021, 114 of 228": Case("diputacion_federal", 298_800, 5_976, 228, 114, 1_310),
    "district 2021, 118 of 236": Case("diputacion_federal", 323_550, 6_471, 236, 118, 1_371),
    "Guerrero 2021": Case("gubernatura_guerrero", 2_500_000, 75_000, 81, 41, 30_000),
    "Quintana Roo 2015": Case("gubernatura_quintana_roo", 1_000_000, 30_000, 15, 15, 66_000),
    "Hidalgo 2020": Case("ayuntamiento_hidalgo", 10_001, 301),
}


def _arrange(world: World, case: Case) -> None:
    """Give the aspirante the threshold of a case, and the register its units."""
    threshold = PUBLISHED[case.office]
    unit = None if threshold.dispersion is None else threshold.dispersion.unit
    with world.database.write() as session:
        own = session.scalars(select(Aspirante).where(Aspirante.folio_solicitud == "GOB001")).one()
        bases = {} if unit is None else {_code(unit, n): case.unit_base for n in _units(case)}
        own.threshold = threshold_row(
            own.process_id, case.office, threshold, date(2026, 8, 31), case.base, bases
        )
        if unit in (Unit.DISTRITO, Unit.MUNICIPIO):
            version = RegisterVersion(
                label="2026", source_sha256=bytes(32), complete=True, imported_at=NOW
            )
            session.add(version)
            session.flush()
            session.add_all(
                RegisterSection(
                    version_id=version.id,
                    entidad=_ENTIDAD,
                    seccion=n,
                    distrito=n,
                    municipio=n,
                    lista_nominal=case.unit_base,
                    padron=case.unit_base,
                )
                for n in _units(case)
            )


def _count(world: World, case: Case, valid: int, by_unit: Mapping[int, int]) -> None:
    """Let so many apoyos be in lista nominal, and so many of them in each unit."""
    rule = PUBLISHED[case.office].dispersion
    with world.database.write() as session:
        own = session.scalars(
            select(Aspirante.id).where(Aspirante.folio_solicitud == "GOB001")
        ).one()
        for table in (RollupDay, RollupDelta, RollupEntidad, RollupSeccion):
            session.execute(delete(table).where(table.aspirante_id == own))
        session.add(
            RollupDay(aspirante_id=own, day=NOW.date(), state="lista_nominal", records=valid)
        )
        for number, records in by_unit.items():
            place = {"aspirante_id": own, "state": "lista_nominal", "records": records}
            if rule is not None and rule.unit is Unit.ENTIDAD:
                session.add(RollupEntidad(entidad=number, **place))
            else:
                session.add(RollupSeccion(entidad=_ENTIDAD, seccion=number, **place))


def _units(case: Case) -> range:
    return range(1, case.units + 1)


def _code(unit: Unit, number: int) -> str:
    return unit_code(unit, number if unit is Unit.ENTIDAD else _ENTIDAD, number)


def _page(aspirante: Visitor) -> str:
    page = aspirante.get("/reports/advance")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.text)


class TestThePublishedThresholds:
    @pytest.mark.parametrize("name", CASES)
    def test_decide_by_one_citizen_and_by_one_unit(
        self, world: World, aspirante: Visitor, name: str
    ) -> None:
        case = CASES[name]
        _arrange(world, case)
        reached = {n: case.valid_in(n) for n in range(1, case.needed + 1)}
        elsewhere = case.required - sum(reached.values())
        assert elsewhere > 0
        by_unit = {**reached, **({1: reached[1] + elsewhere} if reached else {})}

        _count(world, case, case.required, by_unit)
        page = _page(aspirante)
        assert f">{case.required:,}</strong> de {case.required:,} requeridos (100.0%)" in page
        assert "Faltan: 0." in page
        assert REACHED in page
        if case.units:
            assert f"Se alcanzan {case.needed}; se requieren {case.needed}." in page

        _count(world, case, case.required - 1, {**by_unit, **_less(by_unit, 1)})
        page = _page(aspirante)
        assert f">{case.required - 1:,}</strong> de {case.required:,} requeridos" in page
        assert "Faltan: 1." in page
        assert REACHED not in page

        if case.units:
            moved = {**by_unit, **_less(by_unit, case.needed)}
            moved[1] += 1
            _count(world, case, case.required, moved)
            page = _page(aspirante)
            assert f"Se alcanzan {case.needed - 1}; se requieren {case.needed}." in page
            assert re.search(r"A [^<.]+ le faltan 1\.", page)
            assert REACHED not in page

    def test_the_map_marks_the_unit_that_lacks_one(self, world: World, aspirante: Visitor) -> None:
        case = CASES["presidency 2018"]
        _arrange(world, case)
        need = case.valid_in(1)
        _count(world, case, 866_592, {**dict.fromkeys(range(1, 17), need), 17: need - 1, 20: 0})
        page = _page(aspirante)
        assert len(re.findall(r'<g class="tone-reached">', page)) == 16
        assert "<title>Morelos: 99 %</title>" in page
        assert "<title>Aguascalientes: ✓</title>" in page
        row = re.search(r'<tr data-unit="17">(.*?)</tr>', page)
        assert row is not None
        assert f"{need - 1:,}<small>de {need:,}</small>" in row[1]


def _less(by_unit: Mapping[int, int], number: int) -> dict[int, int]:
    return {number: by_unit[number] - 1} if by_unit else {}
