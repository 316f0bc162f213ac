"""The spool refuses what must not happen, whatever program asks for it."""

import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.errors import (
    IllegalTransitionError,
    NotEnrolledError,
    SpoolBusyError,
    SpoolError,
    SpoolUnsafeError,
)
from device.queue import schema
from device.queue.backoff import Backoff
from device.queue.database import Database
from device.queue.enrolment import EnrolmentStore
from device.queue.files import DutyLock
from device.queue.schema import TRANSITIONS, State
from device.queue.spool import Spool
from device.queue.verify import verify_spool
from tests.stations import (
    EPOCH,
    Centre,
    Station,
    draft,
    enrol_directly,
    open_station,
    station_config,
)
from wire.errors import PolicyError
from wire.packet import Kind
from wire.policy import sign_policy

CENTRE = Centre()
PAIRS = [(was, becomes) for was in State for becomes in State if was is not becomes]


@pytest.fixture
def station(tmp_path: Path) -> Station:
    """A station with one sealed apoyo."""
    config = station_config(tmp_path)
    enrol_directly(config, CENTRE)
    opened = open_station(config)
    opened.sealer.start()
    opened.sealer.seal(draft())
    return opened


def raw(station: Station) -> sqlite3.Connection:
    """Another program's connection to the same database."""
    return sqlite3.connect(station.config.spool_folder / "spool.db", isolation_level=None)


@pytest.fixture(scope="module")
def sealed_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database of a spool with one sealed apoyo, to be copied into memory."""
    config = station_config(tmp_path_factory.mktemp("states"))
    enrol_directly(config, CENTRE)
    opened = open_station(config)
    opened.sealer.seal(draft())
    image = raw(opened).serialize()
    opened.close()
    return image


@pytest.fixture
def connection(sealed_database: bytes) -> sqlite3.Connection:
    """A copy in memory: the triggers are the same, and nothing waits for a disk."""
    # bytes 18 and 19 say that the file is in WAL mode, which memory does not know
    image = sealed_database[:18] + b"\1\1" + sealed_database[20:]
    memory = sqlite3.connect(":memory:", isolation_level=None)
    memory.deserialize(image)
    return memory


def put_in(connection: sqlite3.Connection, state: State) -> None:
    """Force a state past the triggers, to try what may follow it."""
    connection.execute("DROP TRIGGER packets_follow_transitions")
    connection.execute("DROP TRIGGER packets_leave_under_receipt")
    connection.execute("UPDATE packets SET state = ?", (state.value,))
    connection.execute("INSERT OR IGNORE INTO receipts SELECT link, 'token', 0 FROM packets")
    script = schema.statements()
    for name in ("packets_follow_transitions", "packets_leave_under_receipt"):
        start = script.index(f"CREATE TRIGGER {name}")
        connection.execute(script[start : script.index("END;", start) + 4])


class TestStates:
    @pytest.mark.parametrize(("was", "becomes"), PAIRS)
    def test_follow_the_table_and_nothing_else(
        self, connection: sqlite3.Connection, was: State, becomes: State
    ) -> None:
        put_in(connection, was)
        if (was, becomes) in TRANSITIONS:
            connection.execute("UPDATE packets SET state = ?", (becomes.value,))
        else:
            with pytest.raises(sqlite3.IntegrityError, match="not allowed"):
                connection.execute("UPDATE packets SET state = ?", (becomes.value,))

    @pytest.mark.parametrize("state", [State.STORED, State.PURGING, State.PURGED])
    def test_past_the_centre_need_a_receipt(
        self, connection: sqlite3.Connection, state: State
    ) -> None:
        connection.execute("DROP TRIGGER packets_follow_transitions")
        with pytest.raises(sqlite3.IntegrityError, match="no receipt"):
            connection.execute("UPDATE packets SET state = ?", (state.value,))

    def test_that_are_illegal_are_one_clear_error(self, station: Station) -> None:
        row = station.spool.waiting(1)[0]
        with pytest.raises(IllegalTransitionError):
            station.spool.end_purge(row)
        assert station.spool.waiting(1) == [row]


class TestRows:
    @pytest.mark.parametrize(
        "change",
        [
            "link = 'x'",
            "jws = 'x'",
            "sha256 = 'x'",
            "seq = 2",
            "packet_id = 'x'",
            "folio = 'x'",
            "epoch = 'x'",
            "hint = x'00'",
        ],
    )
    def test_are_not_rewritten(self, connection: sqlite3.Connection, change: str) -> None:
        with pytest.raises(sqlite3.IntegrityError, match="fixed"):
            connection.execute(f"UPDATE packets SET {change}")  # noqa: S608  # texts above

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM packets",
            "DELETE FROM receipts",
            "UPDATE receipts SET receipt = 'x'",
            "UPDATE head SET seq = seq + 2",
            "UPDATE head SET seq = seq - 1",
            "UPDATE head SET seq = seq + 1",
        ],
    )
    def test_and_the_chains_head_stay(self, connection: sqlite3.Connection, statement: str) -> None:
        connection.execute("INSERT INTO receipts SELECT link, 'token', 0 FROM packets")
        with pytest.raises(sqlite3.IntegrityError, match="transition"):
            connection.execute(statement)

    def test_begin_reserved_with_the_next_seq_one_at_a_time(self, station: Station) -> None:
        def reserve() -> None:
            station.spool.reserve(
                epoch=EPOCH, kind=Kind.EVENT, packet_id="x", process="P", reserved_ms=0
            )

        reserve()
        with pytest.raises(SpoolError):
            reserve()
        with pytest.raises(sqlite3.IntegrityError):
            raw(station).execute(
                "INSERT INTO packets (epoch, seq, packet_id, kind, state, process, reserved_ms)"
                " SELECT epoch, 9, 'y', kind, 'reserved', process, 0 FROM packets LIMIT 1"
            )


class TestOpening:
    def test_asserts_every_pragma(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        wrong = (("synchronous", "NORMAL", 2),)
        monkeypatch.setattr(schema, "PRAGMAS", wrong)
        with pytest.raises(SpoolUnsafeError, match="synchronous"):
            Database(tmp_path / "spool.db", busy_timeout_s=1)

    def test_leaves_the_connection_in_wal_with_full_sync(self, station: Station) -> None:
        found = [station.spool.database.one(f"PRAGMA {name}") for name, _, _ in schema.PRAGMAS]
        assert [row[0] for row in found if row] == [expected for _, _, expected in schema.PRAGMAS]

    def test_waits_for_the_disk_at_every_commit(self, station: Station) -> None:
        found = [station.spool.database.one(f"PRAGMA {n}") for n in ("synchronous", "journal_mode")]
        assert [row[0] for row in found if row] == [2, "wal"]  # 2 is FULL

    def test_of_a_damaged_database_is_one_clear_error(self, tmp_path: Path) -> None:
        (tmp_path / "spool.db").write_bytes(b"not a database" * 500)
        with pytest.raises(SpoolUnsafeError, match="damaged"):
            Spool(tmp_path)

    def test_of_a_newer_releases_spool_is_refused(self, tmp_path: Path) -> None:
        connection = sqlite3.connect(tmp_path / "spool.db")
        connection.execute(f"PRAGMA user_version = {schema.USER_VERSION + 1}")
        connection.close()
        with pytest.raises(SpoolUnsafeError, match="newer"):
            Spool(tmp_path)

    def test_of_the_next_releases_spool_goes_on_where_it_only_added(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An update was tried and returned from: the program before works on the same data."""
        config = station_config(tmp_path)
        enrol_directly(config, Centre())
        before = open_station(config)
        before.sealer.start()
        first = before.sealer.seal(draft())
        before.close()
        with monkeypatch.context() as next_release:
            added = "ALTER TABLE packets ADD COLUMN later TEXT; CREATE TABLE more (id INTEGER);"
            steps = {**schema._STEPS, schema.USER_VERSION: (added,)}
            next_release.setattr(schema, "_STEPS", steps)
            next_release.setattr(schema, "USER_VERSION", schema.USER_VERSION + 1)
            tried = open_station(config)
            tried.sealer.start()
            second = tried.sealer.seal(draft())
            tried.close()
        returned = open_station(config)
        returned.sealer.start()
        third = returned.sealer.seal(draft())
        chain = [row.link for row in returned.spool.chain(EPOCH)]
        assert chain == [first.link, second.link, third.link]
        assert verify_spool(returned.spool, returned.store).findings == ()
        returned.close()

    def test_of_the_next_releases_spool_is_refused_where_it_changed_what_was_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as next_release:
            next_release.setattr(schema, "USER_VERSION", schema.USER_VERSION + 1)
            next_release.setattr(schema, "READABLE_FROM", schema.USER_VERSION)
            Spool(tmp_path).close()
        with pytest.raises(SpoolUnsafeError) as refused:
            Spool(tmp_path)
        assert refused.value.code == "spool.newer"

    def test_steps_of_the_schema_only_add_or_say_that_the_way_back_ends(self) -> None:
        adds = re.compile(
            r"\s*(CREATE (TABLE|INDEX|TRIGGER)|ALTER TABLE \w+ ADD COLUMN|INSERT INTO)"
        )
        for number, step in schema._STEPS.items():
            statements = [s for s in "".join(step).split(";") if s.strip()]
            if number >= schema.READABLE_FROM:
                assert all(adds.match(statement) for statement in statements), number

    def test_for_sealing_is_one_processes_duty(self, station: Station) -> None:
        with pytest.raises(SpoolBusyError):
            open_station(station.config)

    def test_of_a_duty_is_free_again_after_release(self, tmp_path: Path) -> None:
        DutyLock(tmp_path / "a.lock").release()
        DutyLock(tmp_path / "a.lock").release()


class TestEnrolment:
    def test_is_required(self, tmp_path: Path) -> None:
        with pytest.raises(NotEnrolledError):
            EnrolmentStore(Spool(tmp_path).database).current()

    def test_counts_a_boot_once(self, station: Station) -> None:
        first = station.store.boot_number("b" * 32)
        assert station.store.boot_number("b" * 32) == first
        assert station.store.boot_number("c" * 32) == first + 1

    def test_takes_a_newer_policy_and_never_an_older_one(self, station: Station) -> None:
        station.store.save_policy(sign_policy(CENTRE.policy(version=3), CENTRE.signer))
        assert station.store.policy().version == 3
        with pytest.raises(PolicyError):
            station.store.save_policy(sign_policy(CENTRE.policy(version=2), CENTRE.signer))
        assert station.store.policy().version == 3

    def test_follows_the_centre_to_new_keys(self, station: Station) -> None:
        successor = Centre()
        handover = sign_policy(successor.policy(version=2), CENTRE.signer)
        station.store.save_policy(handover)
        assert station.store.policy().version == 2
        station.store.save_policy(sign_policy(successor.policy(version=3), successor.signer))
        assert station.store.policy().version == 3
        with pytest.raises(PolicyError):
            station.store.save_policy(sign_policy(CENTRE.policy(version=4), CENTRE.signer))


class TestBackoff:
    @given(st.integers(1, 100))
    def test_stays_between_nothing_and_its_bound(self, failures: int) -> None:
        backoff = Backoff(5, 900, lambda low, high: high)
        waits = [backoff.failed() for _ in range(failures)]
        assert waits == [min(900, 5 * 2**n) for n in range(failures)]

    def test_spreads_over_the_whole_interval(self) -> None:
        assert Backoff(5, 900, lambda low, high: low).failed() == 0

    def test_never_comes_before_the_server_asked(self) -> None:
        assert Backoff(5, 900, lambda low, high: low).failed(at_least_s=60) == 60

    def test_forgets_after_a_success(self) -> None:
        backoff = Backoff(5, 900, lambda low, high: high)
        backoff.failed()
        backoff.failed()
        backoff.succeeded()
        assert (backoff.failures, backoff.failed()) == (0, 5)
