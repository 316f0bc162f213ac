"""A look at the spool from outside: read-only, for processes that neither seal nor deliver."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from device.errors import SpoolError
from device.queue.schema import State
from wire.errors import ShapeError, TokenError
from wire.jws import read_claims
from wire.policy import Policy
from wire.shape import decode


@dataclass(frozen=True, slots=True)
class Glance:
    """What can be seen without holding any duty."""

    unsettled: int = 0  # packets reserved or on their way
    contact_boot: str = ""  # the boot in which the centre last answered
    deadlines_ms: tuple[int, ...] = ()  # when the processes end


def glance(spool_folder: Path) -> Glance:
    """Look; a station without a spool has nothing to settle.

    Raises:
        SpoolError: The database cannot be read.
    """
    path = spool_folder / "spool.db"
    if not path.exists():
        return Glance()
    try:
        with closing(open_reading(path)) as connection:
            (unsettled,) = connection.execute(
                "SELECT count(*) FROM packets WHERE state IN (?, ?)",
                (State.RESERVED.value, State.SENDING.value),
            ).fetchone()
            meta = dict(
                connection.execute("SELECT name, value FROM meta WHERE name IN ('anchor','policy')")
            )
    except sqlite3.Error as error:
        raise SpoolError(f"the spool cannot be looked at: {error}", code="spool.io") from error
    anchor = json.loads(meta.get("anchor", "{}"))
    return Glance(unsettled, anchor.get("boot_id", ""), _deadlines(meta.get("policy")))


def open_reading(path: Path) -> sqlite3.Connection:
    """Open the database without a right to write to it.

    SQLite cannot open a database in WAL mode read-only where nobody has it open and the folder may
    not be written: then nothing changes it either, and it says so of itself.
    """
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5.0)
        connection.execute("SELECT count(*) FROM sqlite_schema")
    except sqlite3.OperationalError:
        if path.with_name(path.name + "-wal").exists():
            raise
        connection = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    return connection


def _deadlines(token: str | None) -> tuple[int, ...]:
    if token is None:
        return ()
    try:
        # It was verified when it came; here it only makes a restart wait.
        policy = decode(Policy, read_claims(token))
    except (TokenError, ShapeError):
        return ()
    return tuple(process.ends_ms for process in policy.processes if process.ends_ms)
