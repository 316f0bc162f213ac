"""What all tables share: keys, instants in UTC, names of constraints, choices as text."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

# SQLite counts rows in INTEGER PRIMARY KEY only, and that one is 64 bits wide there.
BigKey = BigInteger().with_variant(Integer(), "sqlite")

Key = Annotated[int, mapped_column(BigKey, primary_key=True, autoincrement=True)]


class Instant(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps no zone, so it is added when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant carries its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def choice(cases: type[StrEnum], length: int = 32, *, is_checked: bool = True) -> Enum:
    """Store a closed set of cases by its values, with a check in the database.

    A column added to a table that exists has no check: SQLite would copy the table for it.
    """
    return Enum(
        cases,
        native_enum=False,
        length=length,
        create_constraint=is_checked,
        validate_strings=True,
        name=f"{cases.__name__.lower()}_case",
        values_callable=lambda enum: [case.value for case in enum],
    )


class Base(DeclarativeBase):
    """The root of all models; constraints are named so that a migration can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it as a class attribute)
        datetime: Instant(),
        str: String(255),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
    }
