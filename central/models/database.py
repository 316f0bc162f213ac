"""Connections: one engine per process, and what each of the two databases needs to be safe."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection as SqliteConnection
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    inspect,
    literal_column,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from central.errors import DatabaseNotReadyError
from central.models.base import Base

_BUSY_TIMEOUT_MS = 15_000


class Database:
    """Where rows are read and written. Made after a fork, never before.

    On SQLite a transaction that will write takes the only writer's place when it begins: one
    that reads first and writes later would be refused in the middle.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _engine(url, pool_size, begin="BEGIN")
        self._writer = (
            _engine(url, pool_size, begin="BEGIN IMMEDIATE") if self.is_sqlite else self.engine
        )
        self.reading = sessionmaker(self.engine, expire_on_commit=False)
        self.writing = sessionmaker(self._writer, expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session for queries only; nothing is committed."""
        with self.reading() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session for one use case; it is committed at the end, or all rolled back."""
        with self.writing() as session, session.begin():
            yield session

    def writer(self) -> Engine:
        """Give the engine whose transactions write, for statements without the ORM."""
        return self._writer

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._writer.dispose()

    def require(self) -> None:
        """Make sure the database answers.

        Raises:
            DatabaseNotReadyError: It does not.
        """
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            raise DatabaseNotReadyError("the database does not answer") from error


def _engine(url: str, pool_size: int, *, begin: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    _make_file(make_url(url).database)
    # Parameters stay out of error messages: they hold what people gave us.
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _make_file(name: str | None) -> None:
    """Make a database that the group of a shared folder may write too; SQLite would not."""
    if name in (None, "", ":memory:"):
        return
    with contextlib.suppress(OSError):  # SQLite says what is wrong when it opens it
        os.close(os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660))


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:
    # The driver's own BEGIN comes too late for a reader and never for SELECT: we begin ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    # A receipt is a promise to a station that will delete: its commit must survive a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA trusted_schema=OFF")
    found = (
        cursor.execute("PRAGMA journal_mode").fetchone()[0],
        cursor.execute("PRAGMA synchronous").fetchone()[0],
        cursor.execute("PRAGMA foreign_keys").fetchone()[0],
    )
    cursor.close()
    if found[0] not in ("wal", "memory") or found[1:] != (2, 1):
        raise DatabaseNotReadyError("SQLite refused WAL, FULL or foreign keys on this file system")


def insert_or_ignore(session: Session, model: type[Base], values: dict[str, Any]) -> bool:
    """Insert one row unless a unique value of it is taken; say whether it went in.

    It is the database that decides, in one statement: never a look and then an insert.
    """
    dialect = session.get_bind().dialect.name
    build: Any = sqlite_insert if dialect == "sqlite" else postgresql_insert
    # What comes back tells; the drivers' row counts do not, on every path.
    statement = (
        build(cast(Table, inspect(model).local_table))
        .values(**values)
        .on_conflict_do_nothing()
        .returning(literal_column("1"))
    )
    return session.execute(statement).first() is not None


def lock_for_transaction(session: Session, name: bytes) -> None:
    """Let one transaction at a time go on that names the same thing; held until it ends.

    On SQLite a writing transaction is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
