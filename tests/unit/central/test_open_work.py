"""A look at the queue reads what is open, however many rows are done."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from central.models import Base, Export, Mail, Record, work
from central.models.database import Database
from central.models.work import WorkRow

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    opened = Database(f"sqlite:///{tmp_path / 'acopio.db'}")
    Base.metadata.create_all(opened.writer())
    yield opened
    opened.close()


@pytest.mark.parametrize("kind", [Record, Mail, Export])
def test_a_claim_finds_its_rows_by_the_index_of_open_work(
    database: Database, kind: type[WorkRow]
) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(
        database.writer(),
        "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, *_: asked.append(
            (statement, parameters)
        ),
    )
    with database.write() as session:
        assert work.claim(session, kind, "test", most=5, lease_s=60, now=NOW) == []
        (statement, parameters) = asked[-1]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = " / ".join(row[3] for row in plan)
    assert f"USING INDEX ix_{kind.__tablename__}_work" in steps or (
        f"USING COVERING INDEX ix_{kind.__tablename__}_work" in steps
    )


def test_the_condition_is_that_of_the_index(database: Database) -> None:
    with database.read() as session:
        written = session.scalars(
            text("SELECT sql FROM sqlite_master WHERE name = 'ix_mails_work'")
        ).one()
    assert str(work.UNFINISHED) in written
