"""Brings sealed packets to the centre and deletes them under its signed receipt, never without.

Oldest first. A failure of one packet sets that one aside for a while, or for a person; a failure of
the server ends the round. Whatever is killed here starts again from what the spool and the server
know.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from device.clock import to_ms
from device.errors import (
    QueueError,
    ServerBusyError,
    ServerError,
    ServerRefusedError,
    ServerUnreachableError,
    SpoolError,
    StationError,
)
from device.queue import files
from device.queue.backoff import Backoff
from device.queue.client import StationClient
from device.queue.contact import Contact, Releases
from device.queue.enrolment import EnrolmentStore
from device.queue.points import CrashHook, no_crash
from device.queue.receipts import OPEN, ReceiptBook, required
from device.queue.spool import Row, Spool
from domain.clock import Clock
from wire.api import Outcome, ReceiptItem
from wire.errors import ReceiptError, WireError
from wire.receipt import Receipt

_log = logging.getLogger(__name__)

_BATCH = 50
_LATER_LIMIT = 2  # so many packets in a row that cannot go now are the server's trouble
_MAX_STALLS = 3  # offsets that do not move forward before an upload is left for later
_PACKET_STATUSES = {400, 409, 413, 422}


@dataclass(frozen=True, slots=True)
class Pace:
    """How the delivery waits, in seconds."""

    poll_s: float
    chunk_bytes: int
    make_backoff: Callable[[], Backoff]


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did; `wait_s` is how long to rest, `error` why it ended early."""

    delivered: int = 0
    held: int = 0
    failed: int = 0
    purged: int = 0
    waiting: int = 0
    wait_s: float = 0.0
    error: StationError | WireError | None = None


@dataclass(slots=True)
class _Tally:
    delivered: int = 0
    held: int = 0
    failed: int = 0
    purged: int = 0
    later_in_a_row: int = 0


class Delivery:
    """The only sender of a station's spool; holds the lock that makes it so."""

    def __init__(
        self,
        spool: Spool,
        store: EnrolmentStore,
        client: StationClient,
        contact: Contact,
        clock: Clock,
        pace: Pace,
        *,
        crash: CrashHook = no_crash,
        beat: Callable[[], None] = lambda: None,
        releases: Releases | None = None,
    ) -> None:
        """Take the delivering duty and put back what a killed delivery had in hand.

        Raises:
            SpoolBusyError: Another process delivers.
        """
        self._spool = spool
        self._store = store
        self._receipts = ReceiptBook(spool, store)
        self._client = client
        self._contact = contact
        self._clock = clock
        self._pace = pace
        self._crash = crash
        # Called again and again while a round goes on, for it may take an hour on a slow line.
        self._beat = beat
        self._releases = releases
        self._server_backoff = pace.make_backoff()
        self._packet_backoffs: dict[int, Backoff] = {}
        self._not_before_ms: dict[int, int] = {}
        self._duty = files.DutyLock(spool.folder / "deliver.lock")
        spool.release_leases()

    def close(self) -> None:
        """Give the delivering duty back."""
        self._duty.release()

    def run_forever(self, wait: Callable[[float], bool]) -> None:
        """Run rounds until `wait` (seconds) returns true, as `threading.Event.wait` does."""
        while not wait(self.run_once().wait_s):
            pass

    def run_once(self) -> Round:
        """Greet the server, fetch policy and outcomes, send all that is due, purge what may go.

        A failure is logged, counted and told in the result; only the spool's own database may
        raise.
        """
        tally = _Tally()
        error: StationError | WireError | None = None
        try:
            # Outcomes at the pace of hello: a receipt comes with its upload, and a thousand
            # stations asking every few seconds what is new would be the centre's main load.
            if self._contact.greet():
                self._fetch_outcomes()
            self._send_due(tally)
            if self._releases is not None:
                self._releases.fetch(self._client.release_piece)
            self._server_backoff.succeeded()
        except (StationError, WireError) as failure:
            error = failure
            _log.warning("delivery.failed code=%s reason=%s", failure.code, failure)
        except Exception:  # noqa: BLE001  # a loop that must survive logs, backs off and counts
            _log.exception("delivery.crashed")
            error = QueueError("delivery failed unexpectedly; see the log", code="delivery.crashed")
        purge_error = self._purge_due(tally)
        error = error or purge_error
        return self._close_round(tally, error)

    # -- sending -------------------------------------------------------------------------------

    def _send_due(self, tally: _Tally) -> None:
        last_id = 0
        while rows := self._spool.waiting(_BATCH, after_id=last_id):
            last_id = rows[-1].id
            for row in rows:
                if self._clock.monotonic_ms() >= self._not_before_ms.get(row.id, 0):
                    self._send_one(row, tally)

    def _send_one(self, row: Row, tally: _Tally) -> None:
        """Send one packet; what is wrong with it alone is noted, what is the server's is raised."""
        self._spool.lease(row)
        self._crash("delivery.leased")
        try:
            receipt = self._upload(row)
        except (ServerUnreachableError, ServerBusyError) as error:
            asked_s = error.retry_after_s if isinstance(error, ServerBusyError) else None
            self._postpone(row, error.code, tally, at_least_s=asked_s)
            tally.later_in_a_row += 1
            # Another packet is tried first: one that always breaks the connection must not be
            # mistaken for a dead server.
            if asked_s is not None or tally.later_in_a_row >= _LATER_LIMIT:
                raise
        except ServerRefusedError as error:
            if not _concerns_packet(error):
                self._spool.put_back(row, error.code)
                raise
            self._spool.hold(row, error.code)
            tally.held += 1
            _log.error("packet.held seq=%d code=%s", row.seq, error.code)
        except _CorruptError as error:
            self._spool.mark_corrupt(row, error.code)
            tally.failed += 1
            _log.error("packet.corrupt seq=%d code=%s", row.seq, error.code)
        except (ServerError, ReceiptError) as error:
            self._postpone(row, error.code, tally)
        else:
            self._keep(row, *receipt)
            self._packet_backoffs.pop(row.id, None)
            self._not_before_ms.pop(row.id, None)
            tally.delivered += 1
            tally.later_in_a_row = 0

    def _upload(self, row: Row) -> tuple[str, Receipt]:
        link, size = required(row.link), required(row.size)
        data = _read_verified(self._spool.path_of(link), row)
        offset = self._client.offset(link)
        stalls = 0
        while True:
            self._beat()
            if offset > size:
                raise ServerError("the server has more than the packet", code="server.answer")
            chunk = data[offset : offset + self._pace.chunk_bytes]
            answer = self._client.put(link, chunk, offset=offset, length=size)
            self._crash("delivery.chunk_sent")
            if isinstance(answer, str):
                self._crash("delivery.receipt_received")
                return answer, self._receipts.verified(answer, row)
            stalls += answer <= offset
            if stalls >= _MAX_STALLS:
                raise ServerError("the upload does not advance", code="server.stalled")
            offset = answer

    def _keep(self, row: Row, token: str, receipt: Receipt) -> None:
        self._receipts.keep(row, token, receipt, now_ms=self._now_ms())
        self._crash("delivery.stored")

    def _postpone(
        self, row: Row, code: str, tally: _Tally, *, at_least_s: float | None = None
    ) -> None:
        self._spool.put_back(row, code)
        backoff = self._packet_backoffs.setdefault(row.id, self._pace.make_backoff())
        wait_s = backoff.failed(at_least_s=at_least_s)
        self._not_before_ms[row.id] = self._clock.monotonic_ms() + int(wait_s * 1000)
        tally.failed += 1
        _log.warning("packet.postponed seq=%d code=%s wait_s=%.1f", row.seq, code, wait_s)

    # -- outcomes ------------------------------------------------------------------------------

    def _fetch_outcomes(self) -> None:
        """Read outcomes page by page; the cursor moves after a page was kept, so none is lost."""
        while True:
            after = int(self._store.get("receipts_after") or "0")
            page = self._client.receipts(after)
            for item in page.items:
                self._apply(item)
            if page.after > after:
                self._store.set("receipts_after", str(page.after))
            if not page.has_more or page.after <= after:
                return

    def _apply(self, item: ReceiptItem) -> None:
        row = self._spool.find(item.link)
        if row is None:
            _log.warning("outcome.unknown link=%s", item.link)
            return
        if item.outcome is Outcome.RECAPTURE:
            self._spool.note_outcome(row, Outcome.RECAPTURE.value, item.reason)
        elif item.outcome is Outcome.RESEND:
            self._send_again(row, item.reason or "resend")
        elif item.receipt is not None:
            self._take(item.receipt, row)

    def _take(self, token: str, row: Row) -> None:
        """Take a receipt that came without an upload: lost on its way, or a packet sent by USB."""
        if row.state not in OPEN:
            return
        try:
            self._receipts.take(token, now_ms=self._now_ms())
        except ReceiptError as error:
            _log.error("receipt.refused code=%s", error.code)

    def _send_again(self, row: Row, code: str) -> None:
        here = self._spool.path_of(required(row.link)).exists()
        if here and row.state.value in ("stored", "held"):
            self._spool.send_again(row, code)
        elif not here:
            _log.error("outcome.resend_impossible seq=%d state=%s", row.seq, row.state)

    # -- purging -------------------------------------------------------------------------------

    def _purge_due(self, tally: _Tally) -> StationError | WireError | None:
        failure: StationError | WireError | None = None
        try:
            after_s = self._store.policy().settings.purge_after_s
            before_ms = self._now_ms() - after_s * 1000
            last_id = 0
            while rows := self._spool.purgeable(
                stored_before_ms=before_ms, after_id=last_id, limit=_BATCH
            ):
                last_id = rows[-1].id
                for row in rows:
                    failure = self._try_to_purge(row, tally) or failure
            self._spool.keep_ballast()
        except (StationError, WireError) as error:
            _log.error("purge.failed code=%s reason=%s", error.code, error)
            failure = error
        return failure

    def _try_to_purge(self, row: Row, tally: _Tally) -> StationError | WireError | None:
        try:
            self._purge(row)
        except (StationError, WireError) as error:
            _log.error("purge.failed seq=%d code=%s reason=%s", row.seq, error.code, error)
            return error
        tally.purged += 1
        return None

    def _purge(self, row: Row) -> None:
        if row.state.value == "stored":
            # the signature counts, not the row: a damaged or planted row deletes nothing
            self._receipts.verified(self._spool.receipt(required(row.link)) or "", row)
            self._spool.begin_purge(row)
        self._crash("purge.begun")
        with files.translated("remove a stored packet"):
            self._spool.path_of(required(row.link)).unlink(missing_ok=True)
        self._crash("purge.unlinked")
        files.sync_folder(self._spool.packets)
        self._crash("purge.folder_synced")
        self._spool.end_purge(row)
        self._crash("purge.purged")

    def _close_round(self, tally: _Tally, error: StationError | WireError | None) -> Round:
        wait_s = self._pace.poll_s
        if error is not None:
            asked_s = error.retry_after_s if isinstance(error, ServerBusyError) else None
            wait_s = self._server_backoff.failed(at_least_s=asked_s)
        waiting = sum(
            n
            for state, n in self._spool.counts().items()
            if state.value in ("reserved", "sealed", "sending")
        )
        return Round(
            tally.delivered, tally.held, tally.failed, tally.purged, waiting, wait_s, error
        )

    def _now_ms(self) -> int:
        return to_ms(self._clock.now())


class _CorruptError(SpoolError):
    """The file is missing or is not what was sealed."""

    code = "file.hash"


def _read_verified(path: Path, row: Row) -> bytes:
    try:
        with files.translated(f"read {path.name}"):
            data = path.read_bytes()
    except SpoolError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise _CorruptError("packet file is missing", code="file.missing") from error
        raise
    if len(data) != row.size or hashlib.sha256(data).hexdigest() != row.sha256:
        raise _CorruptError("packet file is not what was sealed")
    return data


def _concerns_packet(error: ServerRefusedError) -> bool:
    """Tell a no to one packet from a no to this station, or from a proxy that is not our server."""
    return error.status in _PACKET_STATUSES and not error.code.startswith("http.")
