"""One SQLite connection that is durable or refuses to be used."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from device.errors import DiskFullError, IllegalTransitionError, SpoolError, SpoolUnsafeError
from device.queue import files, schema
from device.sharing import open_file

_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}


class Database:
    """A connection shared by the threads of one process, one transaction at a time."""

    def __init__(self, path: Path, *, busy_timeout_s: float) -> None:
        """Open or create the database and assert what durability needs.

        Raises:
            SpoolUnsafeError: A pragma does not hold, the file is damaged, or of a newer release.
            SpoolError: The file cannot be opened.
        """
        self._lock = threading.RLock()
        with files.translated("open the spool's database"):
            # SQLite would make it as the umask says; its log and index take its mode.
            os.close(open_file(path, os.O_RDWR | os.O_CREAT))
        with _translated():
            # autocommit: every transaction is begun by `write`, so none begins unseen
            self._connection = sqlite3.connect(
                path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
            )
        try:
            self._connection.row_factory = sqlite3.Row
            self._assert_pragmas()
            self._migrate()
            self._check()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Run one transaction, durable when the block ends; undone when it raises."""
        with self._lock, _translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def all(self, query: str, parameters: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """Read rows."""
        with self._lock, _translated():
            return self._connection.execute(query, parameters).fetchall()

    def one(self, query: str, parameters: tuple[object, ...] = ()) -> sqlite3.Row | None:
        """Read the first row, or nothing."""
        rows = self.all(query, parameters)
        return rows[0] if rows else None

    def beat(self, duty: str) -> None:
        """Count one more beat of a duty, durably, and read it again.

        The table is none of the schema's: it holds nothing that lasts, and another release, which
        the station may go back to, need not know it.

        Raises:
            SpoolError: What was written is not what is read, or the database failed.
        """
        with self.write() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS beats (duty TEXT PRIMARY KEY, beat INTEGER NOT NULL)"
            )
            (beat,) = connection.execute(
                "INSERT INTO beats VALUES (?, 1)"
                " ON CONFLICT (duty) DO UPDATE SET beat = beat + 1 RETURNING beat",
                (duty,),
            ).fetchone()
        row = self.one("SELECT beat FROM beats WHERE duty = ?", (duty,))
        if row is None or row["beat"] != beat:
            raise SpoolError("the database lost a row it had written", code="spool.unsafe")

    def _assert_pragmas(self) -> None:
        for name, value, expected in schema.PRAGMAS:
            with _translated():
                self._connection.execute(f"PRAGMA {name} = {value}")
                row = self._connection.execute(f"PRAGMA {name}").fetchone()
            if row is None or row[0] != expected:
                raise SpoolUnsafeError(f"SQLite does not keep {name} = {value}")

    def _migrate(self) -> None:
        with _translated():
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > schema.USER_VERSION and self._readable_from() > schema.USER_VERSION:
            raise SpoolUnsafeError("spool was written by a newer release", code="spool.newer")
        if version < schema.USER_VERSION:
            script = schema.steps_from(version) if version else schema.statements()
            with _translated():
                try:
                    self._connection.executescript(script)
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise

    def _readable_from(self) -> int:
        """Read which programs the newer release left its tables usable for; none, if it is mute."""
        try:
            row = self._connection.execute(
                "SELECT value FROM meta WHERE name = 'readable_from'"
            ).fetchone()
        except sqlite3.OperationalError:
            row = None  # not even this table
        return int(row["value"]) if row is not None else schema.USER_VERSION + 1

    def _check(self) -> None:
        with _translated():
            (verdict,) = self._connection.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise SpoolUnsafeError("spool database is damaged", code="spool.damaged")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        if str(error).startswith("transition: "):
            raise IllegalTransitionError(str(error)) from error
        raise SpoolError(f"spool refused a row: {error}", code="spool.integrity") from error
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) in _FULL:
            raise DiskFullError("no space left for the spool's database") from error
        if getattr(error, "sqlite_errorcode", None) in (
            sqlite3.SQLITE_CORRUPT,
            sqlite3.SQLITE_NOTADB,
        ):
            raise SpoolUnsafeError("spool database is damaged", code="spool.damaged") from error
        raise SpoolError(f"spool database failed: {error}", code="spool.io") from error
