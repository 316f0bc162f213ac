"""The databases that the fixtures hand to the other tests."""

import sqlalchemy as sa


class TestDatabaseUrl:
    def test_is_an_empty_database_that_takes_a_table(self, database_url: str) -> None:
        engine = sa.create_engine(database_url)
        try:
            assert sa.inspect(engine).get_table_names() == []
            with engine.begin() as connection:
                connection.execute(sa.text("CREATE TABLE t (x TEXT)"))
                connection.execute(sa.text("INSERT INTO t VALUES ('Ñandú')"))
                assert connection.execute(sa.text("SELECT x FROM t")).scalar_one() == "Ñandú"
        finally:
            engine.dispose()

    def test_is_another_one_for_each_test(self, database_url: str) -> None:
        engine = sa.create_engine(database_url)
        try:
            assert sa.inspect(engine).get_table_names() == []
        finally:
            engine.dispose()
