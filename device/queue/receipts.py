"""Takes the centre's signed receipts, whichever way they came: nothing else lets a packet go."""

import logging
from typing import TypeVar

from device.queue.enrolment import EnrolmentStore
from device.queue.schema import State
from device.queue.spool import Row, Spool
from wire.receipt import Receipt, require_receipt_of, verify_receipt

T = TypeVar("T")

_log = logging.getLogger(__name__)

# What a receipt may still change; a packet that is being sent gets its own.
OPEN = (State.SEALED, State.HELD, State.CORRUPT)


class ReceiptBook:
    """Checks receipts against the centre's keys and the spool's rows, and keeps them."""

    def __init__(self, spool: Spool, store: EnrolmentStore) -> None:
        self._spool = spool
        self._store = store

    def verified(self, token: str, row: Row) -> Receipt:
        """Check that the centre signed for this very packet, before anything relies on it.

        Raises:
            ReceiptError: Not the centre's, or of another packet.
        """
        receipt = verify_receipt(token, self._store.centre_ring())
        self._require_of(receipt, row)
        return receipt

    def keep(self, row: Row, token: str, receipt: Receipt, *, now_ms: int) -> None:
        """Mark a packet stored, under its receipt."""
        self._spool.store(row, token, received_ms=receipt.received_ms, stored_ms=now_ms)
        _log.info("packet.stored seq=%d link=%s", row.seq, row.link)

    def take(self, token: str, *, now_ms: int) -> bool:
        """Take a receipt that came without an upload; tell whether it was news.

        Raises:
            ReceiptError: Not the centre's, or not of the packet that it names.
        """
        receipt = verify_receipt(token, self._store.centre_ring())
        row = self._spool.find(receipt.link)
        if row is None or row.state not in OPEN:
            return False
        self._require_of(receipt, row)
        self.keep(row, token, receipt, now_ms=now_ms)
        return True

    def _require_of(self, receipt: Receipt, row: Row) -> None:
        require_receipt_of(
            receipt,
            link=required(row.link),
            station=self._store.current().station,
            epoch=row.epoch,
            seq=row.seq,
            size=required(row.size),
            sha256=required(row.sha256),
        )


def required(value: T | None) -> T:
    """Return a value that every sealed row has."""
    assert value is not None, "a sealed row has link, size and digest"
    return value
