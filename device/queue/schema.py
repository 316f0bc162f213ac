"""The spool's tables. The database itself refuses illegal states, rewrites and deletions."""

from enum import StrEnum

USER_VERSION = 2
# The oldest program (by its USER_VERSION) that these tables still serve. An update may return to
# the program before it, so a step only adds: tables, indexes, columns with a default. Whoever has
# to raise this number says in the changelog with which release the way back ends.
READABLE_FROM = 2


class State(StrEnum):
    """Where a packet is on its way (design: states in the spool)."""

    RESERVED = "reserved"
    SEALED = "sealed"
    SENDING = "sending"
    STORED = "stored"
    PURGING = "purging"
    PURGED = "purged"
    HELD = "held"  # the server said no: a person decides, nothing is deleted
    CORRUPT = "corrupt"  # the file is not what was sealed: kept, alarm
    GAPPED = "gapped"  # a crash left it unfinished; a gap packet has its seq


_S = State
TRANSITIONS: frozenset[tuple[State, State]] = frozenset(
    {
        (_S.RESERVED, _S.SEALED),
        (_S.RESERVED, _S.GAPPED),
        (_S.SEALED, _S.SENDING),
        (_S.SENDING, _S.SEALED),  # not now: try later
        (_S.SENDING, _S.STORED),
        (_S.SENDING, _S.HELD),
        (_S.SEALED, _S.CORRUPT),
        (_S.SENDING, _S.CORRUPT),
        (_S.SEALED, _S.STORED),  # the receipt came another way: the packet went by USB
        (_S.HELD, _S.STORED),
        (_S.HELD, _S.SEALED),  # a person decided, or the centre asked for it again
        (_S.CORRUPT, _S.SEALED),  # the file was restored from a copy and verifies again
        (_S.CORRUPT, _S.STORED),  # the centre had it whole all the time
        (_S.STORED, _S.SEALED),  # the centre asked for it again
        (_S.STORED, _S.PURGING),
        (_S.PURGING, _S.PURGED),
    }
)

PRAGMAS: tuple[tuple[str, str, str | int], ...] = (
    # name, value to set, value that must be read back
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("secure_delete", "ON", 1),
    ("cell_size_check", "ON", 1),
    ("wal_autocheckpoint", "200", 200),
)

# Keyed digests of what tells a credential; `packets.hint` is the one of the first release.
_HINTS = """
CREATE TABLE hints (
    hint BLOB NOT NULL,
    packet INTEGER NOT NULL REFERENCES packets (id),
    PRIMARY KEY (hint, packet)
) STRICT, WITHOUT ROWID;
"""

_TABLES = """
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolment (
    epoch TEXT PRIMARY KEY,
    station TEXT NOT NULL,
    genesis TEXT NOT NULL,
    body TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    is_current INTEGER NOT NULL CHECK (is_current IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX one_current_epoch ON enrolment (is_current) WHERE is_current = 1;

CREATE TABLE head (
    epoch TEXT PRIMARY KEY REFERENCES enrolment (epoch),
    seq INTEGER NOT NULL CHECK (seq >= 0),
    link TEXT NOT NULL
) STRICT;

CREATE TABLE packets (
    id INTEGER PRIMARY KEY,
    epoch TEXT NOT NULL REFERENCES enrolment (epoch),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    packet_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    folio TEXT,
    registro INTEGER,
    hint BLOB,
    process TEXT NOT NULL,
    auxiliar TEXT,
    reserved_ms INTEGER NOT NULL,
    link TEXT UNIQUE,
    jws TEXT,
    size INTEGER,
    sha256 TEXT,
    sealed_ms INTEGER,
    stored_ms INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    code TEXT,
    outcome TEXT,
    is_recovered INTEGER NOT NULL DEFAULT 0,
    is_exported INTEGER NOT NULL DEFAULT 0,
    CHECK (state IN ('reserved', 'gapped')
           OR (link IS NOT NULL AND jws IS NOT NULL AND size IS NOT NULL AND sha256 IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_packet_per_seq ON packets (epoch, seq) WHERE state <> 'gapped';
CREATE UNIQUE INDEX one_packet_per_id ON packets (packet_id) WHERE state <> 'gapped';
CREATE UNIQUE INDEX one_folio ON packets (folio) WHERE folio IS NOT NULL;
CREATE UNIQUE INDEX one_registro ON packets (registro) WHERE registro IS NOT NULL;
CREATE UNIQUE INDEX one_reservation ON packets (state) WHERE state = 'reserved';
CREATE INDEX packets_by_state ON packets (state, id);
CREATE INDEX packets_by_hint ON packets (hint) WHERE hint IS NOT NULL;

CREATE TABLE receipts (
    link TEXT PRIMARY KEY REFERENCES packets (link),
    receipt TEXT NOT NULL,
    received_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE transitions (
    was TEXT NOT NULL,
    becomes TEXT NOT NULL,
    PRIMARY KEY (was, becomes)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER packets_begin_reserved BEFORE INSERT ON packets
WHEN NEW.state <> 'reserved' OR NEW.link IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'transition: a packet begins reserved'); END;

CREATE TRIGGER packets_take_the_next_seq BEFORE INSERT ON packets
WHEN NEW.seq <> 1 + (SELECT seq FROM head WHERE epoch = NEW.epoch)
BEGIN SELECT RAISE(ABORT, 'transition: seq is not the next of the chain'); END;

CREATE TRIGGER packets_follow_transitions BEFORE UPDATE OF state ON packets
WHEN NOT EXISTS (SELECT 1 FROM transitions WHERE was = OLD.state AND becomes = NEW.state)
BEGIN SELECT RAISE(ABORT, 'transition: not allowed'); END;

CREATE TRIGGER packets_leave_under_receipt BEFORE UPDATE OF state ON packets
WHEN NEW.state IN ('stored', 'purging', 'purged')
     AND NOT EXISTS (SELECT 1 FROM receipts WHERE link = OLD.link)
BEGIN SELECT RAISE(ABORT, 'transition: no receipt'); END;

CREATE TRIGGER packets_keep_identity
BEFORE UPDATE OF id, epoch, seq, packet_id, kind, folio, registro, hint, process, auxiliar
ON packets
BEGIN SELECT RAISE(ABORT, 'transition: identity is fixed'); END;

CREATE TRIGGER packets_keep_header BEFORE UPDATE OF link, jws, size, sha256 ON packets
WHEN OLD.link IS NOT NULL OR OLD.state <> 'reserved'
BEGIN SELECT RAISE(ABORT, 'transition: a sealed header is fixed'); END;

CREATE TRIGGER packets_are_kept BEFORE DELETE ON packets
BEGIN SELECT RAISE(ABORT, 'transition: rows are kept'); END;

CREATE TRIGGER receipts_are_kept BEFORE DELETE ON receipts
BEGIN SELECT RAISE(ABORT, 'transition: receipts are kept'); END;

CREATE TRIGGER receipts_are_fixed BEFORE UPDATE ON receipts
BEGIN SELECT RAISE(ABORT, 'transition: receipts are fixed'); END;

CREATE TRIGGER head_moves_by_one BEFORE UPDATE ON head
WHEN NEW.epoch <> OLD.epoch OR NEW.seq <> OLD.seq + 1
     OR NOT EXISTS (SELECT 1 FROM packets WHERE epoch = NEW.epoch AND seq = NEW.seq
                    AND link = NEW.link AND state = 'sealed')
BEGIN SELECT RAISE(ABORT, 'transition: head follows a sealed packet'); END;
"""

_NOTE_READERS = (
    "INSERT INTO meta VALUES ('readable_from', '{readable_from}')"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value;"
)

# From each version to the next one.
_STEPS: dict[int, tuple[str, ...]] = {
    1: (_HINTS, "INSERT INTO hints SELECT hint, id FROM packets WHERE hint IS NOT NULL;"),
}


def statements() -> str:
    """Give the script that makes an empty spool, state table included."""
    pairs = ", ".join(f"('{was}', '{becomes}')" for was, becomes in sorted(TRANSITIONS))
    fill = f"INSERT INTO transitions VALUES {pairs};"  # noqa: S608  # words of the enum above
    return f"BEGIN IMMEDIATE;{_TABLES}{_HINTS}{fill}{_end()}"


def steps_from(version: int) -> str:
    """Give the script that brings the spool of an earlier release to this one's tables."""
    steps = "".join(step for number in range(version, USER_VERSION) for step in _STEPS[number])
    return f"BEGIN IMMEDIATE;{steps}{_end()}"


def _end() -> str:
    note = _NOTE_READERS.format(readable_from=READABLE_FROM)
    return f"{note}PRAGMA user_version = {USER_VERSION};COMMIT;"
