"""Takes the centre's signed receipts, whichever way they came: nothing else lets a packet go."""

import logging
from typing import TypeVar

from device.queue.enrolment import EnrolmentStore
from device.queue.schema import State
from device.queue.spool import Row, Spool
from wire.errors import ReceiptError
from wire.receipt import Receipt, require_receipt_of, verify_receipt

T = TypeVar("T")

_log = logging.getLogger(__name__)

# What a receipt may still change; a packet that is being sent gets its own.
_OPEN = (State.SEALED, State.HELD, State.CORRUPT)


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
        require_receipt_of(
            receipt,
            link=required(row.link),
            station=self._store.current().station,
            epoch=row.epoch,
            seq=row.seq,
            size=required(row.size),
            sha256=required(row.sha256),
        )
        return receipt

    def link_of(self, token: str) -> str:
        """Return the link of the packet that a receipt of the centre's speaks of.

        Raises:
            ReceiptError: Not the centre's.
        """
        return verify_receipt(token, self._store.centre_ring()).link

    def keep(self, row: Row, token: str, receipt: Receipt, *, now_ms: int) -> None:
        """Mark a packet stored, under its receipt."""
        self._spool.store(row, token, received_ms=receipt.received_ms, stored_ms=now_ms)
        _log.info("packet.stored seq=%d link=%s", row.seq, row.link)

    def apply(self, row: Row, token: str, *, now_ms: int) -> bool:
        """Take a receipt that came without an upload; tell whether it was news.

        One that does not hold is logged and changes nothing.
        """
        if row.state not in _OPEN:
            return False
        try:
            receipt = self.verified(token, row)
        except ReceiptError as error:
            _log.error("receipt.refused seq=%d code=%s", row.seq, error.code)
            return False
        self.keep(row, token, receipt, now_ms=now_ms)
        return True


def required(value: T | None) -> T:
    """Return a value that every sealed row has."""
    assert value is not None, "a sealed row has link, size and digest"
    return value
