"""The spool: one row for every packet there ever was, and a file for each that is still here.

The row's state says what is true; the database refuses any other order of states (`schema.py`). One
process seals and one delivers, each under its own `DutyLock`.
"""

import dataclasses
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device.errors import DiskFullError, SpoolError
from device.queue import files
from device.queue.database import Database
from device.queue.schema import State
from device.sharing import make_folder
from wire.packet import Kind, Packet

_LOW_MARK_SHARE = 2  # ballast is made only where at least twice its size stays free


@dataclass(frozen=True, slots=True)
class Row:
    """One packet's row; `folio` and `auxiliar` are an apoyo's, `code` the last reason noted."""

    id: int
    epoch: str
    seq: int
    packet_id: str
    kind: Kind
    state: State
    folio: str | None
    process: str
    auxiliar: str | None
    reserved_ms: int
    link: str | None
    jws: str | None
    size: int | None
    sha256: str | None
    sealed_ms: int | None
    stored_ms: int | None
    attempts: int
    code: str | None
    outcome: str | None
    is_recovered: bool
    is_exported: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The last packet of the chain; seq 0 and the genesis when there is none yet."""

    seq: int
    link: str


_COLUMNS = ", ".join(field.name for field in dataclasses.fields(Row))


class Spool:
    """The database and the folder of sealed packets, on one file system."""

    def __init__(
        self,
        folder: Path,
        *,
        busy_timeout_s: float = 5.0,
        minimum_free_bytes: int = 0,
        ballast_bytes: int = 0,
    ) -> None:
        """Open the spool, made if it is not there.

        Raises:
            SpoolUnsafeError: SQLite does not keep what durability needs, or the database is
                damaged.
            DiskFullError: No space to open it.
            SpoolError: It cannot be opened.
        """
        self.folder = folder
        self.temporary = folder / "tmp"
        self.packets = folder / "packets"
        self.unknown = folder / "unknown"
        self._minimum_free_bytes = minimum_free_bytes
        self._ballast_bytes = ballast_bytes
        self._ballast = folder / "ballast"
        with files.translated("make the spool's folders"):
            for path in (folder, self.temporary, self.packets, self.unknown):
                make_folder(path)
        self.database = Database(folder / "spool.db", busy_timeout_s=busy_timeout_s)
        files.sync_folder(folder)
        self.keep_ballast()

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    # -- the disk ------------------------------------------------------------------------------

    def path_of(self, link: str) -> Path:
        """Return where the packet of this link lies."""
        return self.packets / f"{link}.acp"

    def is_low(self) -> bool:
        """Tell whether a new capture should not begin, for want of space."""
        return files.free_bytes(self.folder) < self._minimum_free_bytes

    def keep_ballast(self) -> None:
        """Set space aside for finishing what was begun, while there is plenty."""
        enough = self._ballast_bytes * _LOW_MARK_SHARE + self._minimum_free_bytes
        if self._ballast_bytes and files.free_bytes(self.folder) >= enough:
            files.reserve_space(self._ballast, self._ballast_bytes)

    def drop_ballast(self) -> bool:
        """Give the space set aside back; tell whether there was any."""
        had_any = self._ballast.exists()
        with files.translated("give up the ballast"):
            self._ballast.unlink(missing_ok=True)
        return had_any

    # -- sealing -------------------------------------------------------------------------------

    def head(self, epoch: str) -> Head:
        """Return the chain's head.

        Raises:
            SpoolError: The epoch is unknown.
        """
        row = self.database.one("SELECT seq, link FROM head WHERE epoch = ?", (epoch,))
        if row is None:
            raise SpoolError("the epoch is unknown to the spool", code="spool.epoch")
        return Head(row["seq"], row["link"])

    def reserve(
        self,
        *,
        epoch: str,
        kind: Kind,
        packet_id: str,
        process: str,
        auxiliar: str | None = None,
        reserved_ms: int,
        hints: Sequence[bytes] = (),
        folio_of: Callable[[int], str] | None = None,
        first_registro: int = 1,
    ) -> Row:
        """Take the next seq, and for an apoyo the next number of a record, durably.

        Raises:
            SpoolError: Another reservation is not settled yet.
            DiskFullError: No space left.
        """
        with self.database.write() as connection:
            (seq,) = connection.execute(
                "SELECT seq + 1 FROM head WHERE epoch = ?", (epoch,)
            ).fetchone()
            registro = folio = None
            if folio_of is not None:
                (last,) = connection.execute("SELECT max(registro) FROM packets").fetchone()
                registro = max(first_registro, (last or 0) + 1)
                folio = folio_of(registro)
            values = {
                "epoch": epoch,
                "seq": seq,
                "packet_id": packet_id,
                "kind": kind.value,
                "state": State.RESERVED.value,
                "folio": folio,
                "registro": registro,
                "process": process,
                "auxiliar": auxiliar,
                "reserved_ms": reserved_ms,
            }
            row = _insert(connection, values)
            connection.executemany(
                "INSERT OR IGNORE INTO hints (hint, packet) VALUES (?, ?)",
                [(hint, row.id) for hint in hints],
            )
            return row

    def replace_by_gap(self, row: Row, *, reason: str, reserved_ms: int) -> Row:
        """Give up a reservation; its seq and packet_id pass to a gap, in one transaction."""
        with self.database.write() as connection:
            connection.execute(
                "UPDATE packets SET state = ?, code = ? WHERE id = ?",
                (State.GAPPED.value, reason, row.id),
            )
            values = {
                "epoch": row.epoch,
                "seq": row.seq,
                "packet_id": row.packet_id,
                "kind": Kind.GAP.value,
                "state": State.RESERVED.value,
                "process": row.process,
                "reserved_ms": reserved_ms,
                "code": reason,
            }
            return _insert(connection, values)

    def commit_sealed(
        self, row: Row, packet: Packet, *, sealed_ms: int, is_recovered: bool = False
    ) -> None:
        """Record a packet whose file is durable, and move the chain's head to it, together."""
        with self.database.write() as connection:
            connection.execute(
                "UPDATE packets SET state = ?, link = ?, jws = ?, size = ?, sha256 = ?,"
                " sealed_ms = ?, is_recovered = ? WHERE id = ?",
                (
                    State.SEALED.value,
                    packet.link,
                    packet.jws,
                    packet.size,
                    packet.sha256,
                    sealed_ms,
                    int(is_recovered),
                    row.id,
                ),
            )
            connection.execute(
                "UPDATE head SET seq = ?, link = ? WHERE epoch = ?",
                (row.seq, packet.link, row.epoch),
            )

    def reservation(self) -> Row | None:
        """Return the one reservation that is not settled, if any."""
        return self._one("state = ?", (State.RESERVED.value,))

    def captured(self, hints: Sequence[bytes]) -> set[State]:
        """Return where apoyos with one of these hints are, but for those withdrawn since."""
        marks = ", ".join("?" * len(hints))
        rows = self.database.all(
            "SELECT DISTINCT state FROM packets JOIN hints ON packet = packets.id"  # noqa: S608
            f" WHERE hints.hint IN ({marks}) AND state NOT IN ('reserved', 'gapped')"  # marks only
            " AND coalesce(outcome, '') NOT IN ('void', 'recapture')",
            tuple(hints),
        )
        return {State(row["state"]) for row in rows}

    # -- delivering ----------------------------------------------------------------------------

    def waiting(self, limit: int, *, after_id: int = 0) -> list[Row]:
        """Return packets to send, oldest first, from one after an id on."""
        return self._all(
            "state = ? AND id > ? ORDER BY id LIMIT ?", (State.SEALED.value, after_id, limit)
        )

    def lease(self, row: Row) -> None:
        """Mark a packet as being sent, and count the attempt."""
        self._move(row.id, State.SENDING, "attempts = attempts + 1")

    def release_leases(self) -> int:
        """Put back what a killed delivery was sending; call it under the delivery's lock."""
        with self.database.write() as connection:
            return connection.execute(
                "UPDATE packets SET state = ? WHERE state = ?",
                (State.SEALED.value, State.SENDING.value),
            ).rowcount

    def put_back(self, row: Row, code: str) -> None:
        """Leave a packet for a later attempt."""
        self._move(row.id, State.SEALED, "code = ?", code)

    def hold(self, row: Row, code: str) -> None:
        """Set a packet aside that the server refused; a person decides."""
        self._move(row.id, State.HELD, "code = ?", code)

    def mark_corrupt(self, row: Row, code: str) -> None:
        """Set a packet aside whose file is not what was sealed; the file is kept."""
        self._move(row.id, State.CORRUPT, "code = ?", code)

    def mark_missing(self, row: Row, code: str) -> bool:
        """Set a sealed packet aside whose file is gone; not one that was delivered meanwhile."""
        with self.database.write() as connection:
            changed = connection.execute(
                "UPDATE packets SET state = ?, code = ? WHERE id = ? AND state = ?",
                (State.CORRUPT.value, code, row.id, State.SEALED.value),
            ).rowcount
        return changed == 1

    def send_again(self, row: Row, code: str) -> None:
        """Put a held, corrupt or stored packet back among those to send."""
        self._move(row.id, State.SEALED, "code = ?", code)

    def store(self, row: Row, receipt: str, *, received_ms: int, stored_ms: int) -> None:
        """Keep a verified receipt and mark its packet stored, together."""
        with self.database.write() as connection:
            connection.execute(
                "INSERT INTO receipts (link, receipt, received_ms) VALUES (?, ?, ?)"
                " ON CONFLICT (link) DO NOTHING",
                (row.link, receipt, received_ms),
            )
            connection.execute(
                "UPDATE packets SET state = ?, stored_ms = ?, code = NULL, outcome = ?"
                " WHERE id = ?",
                (State.STORED.value, stored_ms, row.outcome or "stored", row.id),
            )

    def note_outcome(self, row: Row, outcome: str, code: str | None) -> None:
        """Keep what became of a packet at the centre."""
        with self.database.write() as connection:
            connection.execute(
                "UPDATE packets SET outcome = ?, code = ? WHERE id = ?", (outcome, code, row.id)
            )

    def receipt(self, link: str) -> str | None:
        """Return the signed receipt of a packet."""
        row = self.database.one("SELECT receipt FROM receipts WHERE link = ?", (link,))
        return None if row is None else str(row["receipt"])

    # -- purging -------------------------------------------------------------------------------

    def purgeable(self, *, stored_before_ms: int, after_id: int, limit: int) -> list[Row]:
        """Return stored packets that may go, and those whose purge was cut short, by id."""
        return self._all(
            "(state = ? OR (state = ? AND stored_ms <= ?)) AND id > ? ORDER BY id LIMIT ?",
            (State.PURGING.value, State.STORED.value, stored_before_ms, after_id, limit),
        )

    def begin_purge(self, row: Row) -> None:
        """Announce a deletion; the database refuses it without a receipt."""
        self._move(row.id, State.PURGING)

    def end_purge(self, row: Row) -> None:
        """Record that the file is gone."""
        self._move(row.id, State.PURGED)

    # -- looking -------------------------------------------------------------------------------

    def find(self, link: str) -> Row | None:
        """Return the packet of a link."""
        return self._one("link = ?", (link,))

    def find_seq(self, epoch: str, seq: int) -> Row | None:
        """Return the packet that has a place in the chain."""
        return self._one("epoch = ? AND seq = ? AND state <> 'gapped'", (epoch, seq))

    def chain(self, epoch: str) -> list[Row]:
        """Return an epoch's packets in the order of the chain, without those given up."""
        return self._all("epoch = ? AND state <> 'gapped' ORDER BY seq", (epoch,))

    def in_state(self, *states: State) -> list[Row]:
        """Return the packets in any of these states, oldest first."""
        marks = ", ".join("?" * len(states))
        return self._all(f"state IN ({marks}) ORDER BY id", tuple(s.value for s in states))

    def mark_exported(self, row: Row) -> None:
        """Note that a copy was written to a removable disk; the state does not change."""
        with self.database.write() as connection:
            connection.execute("UPDATE packets SET is_exported = 1 WHERE id = ?", (row.id,))

    def counts(self) -> dict[State, int]:
        """Return how many packets are in each state."""
        found = self.database.all("SELECT state, count(*) AS n FROM packets GROUP BY state")
        counted = {State(row["state"]): int(row["n"]) for row in found}
        return {state: counted.get(state, 0) for state in State}

    def waiting_count(self) -> int:
        """Return how many packets are not stored at the centre yet."""
        row = self.database.one(
            "SELECT count(*) AS n FROM packets WHERE state IN ('sealed', 'sending')"
        )
        return int(row["n"]) if row is not None else 0

    def beat(self, duty: str) -> None:
        """Write a row, durably, and read it again: the database and its disk do their work.

        Raises:
            DiskFullError: No space left.
            SpoolError: They do not.
        """
        self.database.beat(duty)

    def oldest_waiting_ms(self) -> int | None:
        """Return when the oldest packet that is not stored yet was sealed."""
        row = self.database.one(
            "SELECT min(sealed_ms) AS at FROM packets WHERE state IN ('sealed', 'sending')"
        )
        return None if row is None else row["at"]

    def _move(self, row_id: int, state: State, also: str = "", *values: object) -> None:
        assignments = f"state = ?, {also}" if also else "state = ?"
        with self.database.write() as connection:
            connection.execute(
                f"UPDATE packets SET {assignments} WHERE id = ?",  # noqa: S608  # texts of this file
                (state.value, *values, row_id),
            )

    def _all(self, where: str, parameters: tuple[object, ...]) -> list[Row]:
        query = f"SELECT {_COLUMNS} FROM packets WHERE {where}"  # noqa: S608  # texts of this file
        return [_row(found) for found in self.database.all(query, parameters)]

    def _one(self, where: str, parameters: tuple[object, ...]) -> Row | None:
        rows = self._all(f"{where} LIMIT 1", parameters)
        return rows[0] if rows else None


def _insert(connection: sqlite3.Connection, values: dict[str, object]) -> Row:
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    cursor = connection.execute(
        f"INSERT INTO packets ({names}) VALUES ({marks})",  # noqa: S608  # names of columns
        tuple(values.values()),
    )
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM packets WHERE id = ?",  # noqa: S608  # names of columns
        (cursor.lastrowid,),
    ).fetchone()
    return _row(found)


def _row(found: sqlite3.Row) -> Row:
    values: dict[str, Any] = dict(found)
    values["kind"] = Kind(values["kind"])
    values["state"] = State(values["state"])
    values["is_recovered"] = bool(values["is_recovered"])
    values["is_exported"] = bool(values["is_exported"])
    return Row(**values)


__all__ = ["DiskFullError", "Head", "Row", "Spool", "State"]
