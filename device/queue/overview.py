"""Figures and lists of the spool, as people look at them: each auxiliar sees their own rows."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from device.queue.enrolment import EnrolmentStore
from device.queue.schema import State
from device.queue.spool import Spool
from wire.errors import WireError
from wire.packet import Kind
from wire.receipt import verify_receipt

PAGE_ROWS = 20
_PENDING = frozenset({State.SEALED, State.SENDING})
_SENT = frozenset({State.STORED, State.PURGING, State.PURGED})
_ASIDE = frozenset({State.HELD, State.CORRUPT})


@dataclass(frozen=True, slots=True)
class Counts:
    """How many apoyos there are and where; `voids` were withdrawn."""

    apoyos: int = 0
    voids: int = 0
    sent: int = 0
    pending: int = 0
    attention: int = 0

    def as_numbers(self) -> dict[str, int]:
        """Return them as they travel."""
        return {
            "apoyos": self.apoyos,
            "sent": self.sent,
            "pending": self.pending,
            "attention": self.attention,
            "voids": self.voids,
        }


class Which(StrEnum):
    """The lists an auxiliar looks at."""

    PENDING = "pending"
    AGAIN = "again"  # to be captured again, or set aside until a person decides
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Entry:
    """One apoyo of one auxiliar: where it is, what the centre said, and its receipt if any."""

    id: int
    folio: str
    link: str
    state: State
    code: str | None
    outcome: str | None
    sealed_ms: int | None
    received_ms: int | None
    receipt: str | None


_WHERE: dict[Which, str] = {
    Which.PENDING: "state IN ('sealed', 'sending') AND coalesce(outcome, '') <> 'recapture'",
    Which.AGAIN: "(state IN ('held', 'corrupt') OR outcome = 'recapture')",
    Which.SENT: "state IN ('stored', 'purging', 'purged') AND coalesce(outcome, '') <> 'recapture'",
}


class Overview:
    """Looks at the spool and changes nothing."""

    def __init__(self, spool: Spool, store: EnrolmentStore) -> None:
        self._spool = spool
        self._database = spool.database
        self._store = store

    def states(self) -> dict[State, int]:
        """Count the packets in each state."""
        return self._spool.counts()

    def last_contact_ms(self) -> int | None:
        """Return when the centre last answered, by its own signed time."""
        anchor = self._store.anchor()
        return None if anchor is None else anchor.time_ms

    def log_index(self, entry: Entry) -> int | None:
        """Return where in the centre's log a receipt is; None without one that verifies."""
        if entry.receipt is None:
            return None
        try:
            return verify_receipt(entry.receipt, self._store.centre_ring()).log_index
        except WireError:
            return None

    def session(self, epoch: str, first_seq: int) -> Counts:
        """Count what was sealed from one seq on: one session, while it is the last."""
        return _counted(
            self._database.all(
                "SELECT kind, state, count(*) AS n FROM packets"
                " WHERE epoch = ? AND seq >= ? GROUP BY kind, state",
                (epoch, first_seq),
            )
        )

    def station(self) -> Counts:
        """Count everything of this station."""
        return _counted(
            self._database.all(
                "SELECT kind, state, count(*) AS n FROM packets GROUP BY kind, state"
            )
        )

    def auxiliar(self, auxiliar: str) -> dict[Which, int]:
        """Count the lists of one auxiliar."""
        return {which: self._count(auxiliar, which) for which in Which}

    def page(self, auxiliar: str, which: Which, *, number: int = 1) -> list[Entry]:
        """Return one page of a list of one auxiliar: what waits oldest first, the rest newest."""
        order = "ASC" if which is Which.PENDING else "DESC"
        rows = self._database.all(
            "SELECT packets.id, folio, packets.link, state, code, outcome, sealed_ms,"  # noqa: S608
            " received_ms, receipt FROM packets LEFT JOIN receipts USING (link)"
            f" WHERE kind = 'apoyo' AND auxiliar = ? AND {_WHERE[which]}"  # texts of this file
            f" ORDER BY packets.id {order} LIMIT ? OFFSET ?",
            (auxiliar, PAGE_ROWS, (number - 1) * PAGE_ROWS),
        )
        return [Entry(**{**dict(row), "state": State(row["state"])}) for row in rows]

    def oldest_waiting_ms(self) -> int | None:
        """Return when the oldest packet that is not delivered yet was sealed."""
        return self._spool.oldest_waiting_ms()

    def mean_apoyo_bytes(self) -> int | None:
        """Return the mean size of the newest hundred apoyos, None before the first one."""
        row = self._database.one(
            "SELECT avg(size) AS mean FROM (SELECT size FROM packets"
            " WHERE kind = 'apoyo' AND size IS NOT NULL ORDER BY id DESC LIMIT 100)"
        )
        return None if row is None or row["mean"] is None else round(row["mean"])

    def _count(self, auxiliar: str, which: Which) -> int:
        row = self._database.one(
            "SELECT count(*) AS n FROM packets"  # noqa: S608  # texts of this file
            f" WHERE kind = 'apoyo' AND auxiliar = ? AND {_WHERE[which]}",
            (auxiliar,),
        )
        return 0 if row is None else int(row["n"])


def _counted(rows: list[sqlite3.Row]) -> Counts:
    def number(kind: Kind, states: frozenset[State]) -> int:
        return sum(
            int(row["n"]) for row in rows if row["kind"] == kind and State(row["state"]) in states
        )

    sent, pending = number(Kind.APOYO, _SENT), number(Kind.APOYO, _PENDING)
    attention = number(Kind.APOYO, _ASIDE)
    voids = number(Kind.VOID, _SENT | _PENDING | _ASIDE)
    return Counts(sent + pending + attention, voids, sent, pending, attention)
