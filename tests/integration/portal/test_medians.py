"""What is usual in a process: told only where enough are behind it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from central.models import Aspirante, RollupAuxiliar
from central.reports.medians import Measure, medians_of, renew
from tests.portal.world import NOW, World


def _process_and_own(world: World) -> tuple[int, int]:
    with world.database.read() as session:
        own = session.scalars(select(Aspirante).where(Aspirante.folio_solicitud == "GOB001")).one()
        return own.process_id, own.id


def _count(world: World, own: int, people: int) -> None:
    """Give each of some more auxiliares 40 decided records, and one rejected more than the last."""
    with world.database.write() as session:
        for n in range(1, people + 1):
            for state, records in (("lista_nominal", 40 - n), ("padron", n), ("baja", 0)):
                session.add(
                    RollupAuxiliar(
                        aspirante_id=own, auxiliar_id=900 + n, state=state, records=records
                    )
                )
            session.add(
                RollupAuxiliar(
                    aspirante_id=own, auxiliar_id=900 + n, state="en_procesamiento", records=500
                )
            )


class TestMedians:
    def test_are_those_of_the_auxiliares_with_enough_decided(self, world: World) -> None:
        process, own = _process_and_own(world)
        _count(world, own, 4)
        with world.database.write() as session:
            renew(session, now=NOW)
        with world.database.read() as session:
            found = medians_of(session, process)
        # 1, 2, 3 and 4 of 40, and 9,536 of 66,657: the third of the five in order is 3 of 40.
        assert found[Measure.AUXILIAR_REJECTED_PERMILLE] == 75
        assert found[Measure.AUXILIAR_SENT] == 540

    def test_with_fewer_than_five_behind_it_none_is_kept(self, world: World) -> None:
        process, own = _process_and_own(world)
        _count(world, own, 3)
        with world.database.write() as session:
            renew(session, now=NOW)
        with world.database.read() as session:
            assert medians_of(session, process) == {}

    @pytest.mark.parametrize("after", [timedelta(days=-21), timedelta(days=12)])
    def test_a_process_that_does_not_run_keeps_what_it_had(
        self, world: World, after: timedelta
    ) -> None:
        process, own = _process_and_own(world)
        _count(world, own, 6)
        with world.database.write() as session:
            renew(session, now=NOW)
        with world.database.write() as session:
            assert renew(session, now=NOW + after) == 0
        with world.database.read() as session:
            assert Measure.AUXILIAR_SENT in medians_of(session, process)
