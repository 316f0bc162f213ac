"""Reporte de avance: exact counts, the published cut, the curve, the threshold."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from central.errors import NotFoundError
from central.models import Aspirante, RollupDelta
from central.reports.advance import advance, unit_code
from central.reports.rollups import fold
from domain.apoyo import State
from domain.threshold import Unit
from tests.portal.counts import PUBLISHED_CUT
from tests.portal.visitor import Visitor
from tests.portal.world import World


def _own_id(world: World) -> int:
    with world.database.read() as session:
        return session.scalars(
            select(Aspirante.id).where(Aspirante.folio_solicitud == "GOB001")
        ).one()


class TestTheReport:
    def test_reproduces_the_published_cut(self, world: World) -> None:
        with world.database.read() as session:
            report = advance(session, _own_id(world))
        assert dict(report.partition.counts) == PUBLISHED_CUT
        assert report.partition.enviados == 71_389

    def test_days_follow_each_other_and_add_up_to_what_was_sent(self, world: World) -> None:
        with world.database.read() as session:
            report = advance(session, _own_id(world))
        days = [day.on for day in report.days]
        assert days == [date.fromordinal(days[0].toordinal() + n) for n in range(len(days))]
        assert sum(day.sent for day in report.days) == 71_389
        assert sum(day.lista_nominal for day in report.days) == 57_121

    def test_folding_the_tail_changes_no_figure(self, world: World) -> None:
        own = _own_id(world)
        with world.database.read() as session:
            before = advance(session, own)
        with world.database.write() as session:
            assert fold(session) > 0
            assert session.scalars(select(RollupDelta)).all() == []
        with world.database.read() as session:
            assert advance(session, own) == before

    def test_compares_with_the_threshold_and_its_dispersion(self, world: World) -> None:
        with world.database.read() as session:
            progress = advance(session, _own_id(world)).progress
        assert progress is not None
        assert (progress.valid, progress.required, progress.missing) == (57_121, 60_000, 2_879)
        assert (progress.units_reached, progress.units_required) == (2, 3)
        assert progress.missing_by_unit == (("21", 1_000), ("29", 7_879))

    def test_an_unknown_aspirante_has_no_report(self, world: World) -> None:
        with world.database.read() as session, pytest.raises(NotFoundError):
            advance(session, 999_999)

    @pytest.mark.parametrize(
        ("unit", "code"),
        [
            (Unit.ENTIDAD, "09"),
            (Unit.DISTRITO, "09-05"),
            (Unit.MUNICIPIO, "09-005"),
            (Unit.SECCION, "09-0005"),
        ],
    )
    def test_writes_units_as_thresholds_do(self, unit: Unit, code: str) -> None:
        assert unit_code(unit, 9, 5) == code


class TestThePage:
    def test_shows_nine_states_and_their_sum(self, aspirante: Visitor) -> None:
        page = aspirante.get("/reports/advance").text
        assert "Suma de los nueve estados = enviados" in page
        assert re.search(r'data-sum="71389">71,389<', page)
        for state in State:
            assert f"swatch state-{state.value}" in page
        for figure in ("57,121", "803", "279", "8,362", "892", "3,840"):
            assert f'<td class="number">{figure}</td>' in page

    def test_the_picture_names_itself_and_has_no_inline_style(self, aspirante: Visitor) -> None:
        page = aspirante.get("/reports/advance").text
        assert page.count('role="img"') == 6
        assert all("aria-label=" in svg for svg in re.findall(r'<svg[^>]*role="img"[^>]*>', page))
        assert not re.search(r"\sstyle=|<style|<script", page)

    def test_says_so_when_nothing_was_received(self, other_aspirante: Visitor) -> None:
        page = other_aspirante.get("/reports/advance").text
        assert "Aún no se ha recibido nada" in page
        assert "71,389" not in page

    def test_a_foreign_request_is_not_found(self, other_aspirante: Visitor) -> None:
        assert other_aspirante.get("/reports/advance?solicitud=GOB001").status_code == 404

    def test_reads_in_english_when_chosen(self, aspirante: Visitor) -> None:
        aspirante.get("/reports/advance")
        aspirante.post("/language", language="en", back="/reports/advance")
        page = aspirante.get("/reports/advance").text
        assert '<html lang="en">' in page
        assert "Sum of the nine states = sent" in page
