"""The counts of the reports made anew from the records, on each database."""

from sqlalchemy import select

from central.models import RollupCause, RollupDelta, RollupStep
from central.reports.recount import recount, repair
from tests.portal.world import World


class TestRepair:
    def test_makes_every_count_say_what_the_records_say(self, world: World) -> None:
        with world.database.read() as session:
            wrong = {one.rollup for one in recount(session)}
        # The published cut of the world stands in its rollups alone.
        assert {"rollup_days", "rollup_causes", "rollup_stations", "rollup_steps"} <= wrong
        with world.database.write() as session:
            if not world.database.is_sqlite:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            repair(session)
        with world.database.read() as session:
            assert recount(session) == []
            assert session.scalars(select(RollupDelta.id)).all() == []
            causes = {row.cause for row in session.scalars(select(RollupCause))}
            assert {"motivo.Defunción", "duplicate.same_aspirante"} <= causes
            assert session.scalars(select(RollupStep.records).limit(1)).one() > 0
