"""Takes what a removable disk brought back from the centre: receipts, and the policy in force."""

import logging
from dataclasses import dataclass
from pathlib import Path

from device.clock import to_ms
from device.errors import SpoolError
from device.queue import files
from device.queue.enrolment import EnrolmentStore
from device.queue.receipts import ReceiptBook
from device.queue.spool import Spool
from domain.clock import Clock
from wire.errors import PolicyError, ReceiptError, ReturnedError
from wire.returned import FILE_NAME, MAX_RETURNED_BYTES, folder_name, parse_returned

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was news: packets that may now go, and a policy newer than the one in force."""

    stored: int
    refused: int
    policy_version: int | None


def take_returned(disk: Path, spool: Spool, store: EnrolmentStore, clock: Clock) -> Taken:
    """Read the station's file on a disk, or in its own folder; may be repeated.

    Raises:
        ReturnedError: There is none, it is malformed, or it is another station's.
        PolicyError: Its policy is not the centre's; then nothing was taken.
        SpoolError: The disk or the spool cannot be used.
    """
    returned = parse_returned(_read(disk, store.current().station))
    if returned.station != store.current().station:
        raise ReturnedError("the file is another station's", code="returned.station")
    # Its keys are those that newer receipts are signed with.
    version = _take_policy(store, returned.policy)
    book = ReceiptBook(spool, store)
    now_ms = to_ms(clock.now())
    stored = refused = 0
    for token in returned.receipts:
        try:
            stored += book.take(token, now_ms=now_ms)
        except ReceiptError as error:
            _log.error("receipt.refused code=%s", error.code)
            refused += 1
    return Taken(stored, refused, version)


def _read(disk: Path, station: str) -> bytes:
    name = folder_name(station)
    path = (disk if disk.resolve().name == name else disk / name) / FILE_NAME
    try:
        with files.translated(f"read {FILE_NAME}"), path.open("rb") as file:
            return file.read(MAX_RETURNED_BYTES + 1)
    except SpoolError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise ReturnedError(
                "the disk brings nothing for this station", code="returned.missing"
            ) from error
        raise


def _take_policy(store: EnrolmentStore, token: str) -> int | None:
    in_force = store.policy().version
    try:
        policy = store.save_policy(token)
    except PolicyError as error:
        if error.code == "policy.older":
            return None  # the network was faster than the disk
        raise
    return policy.version if policy.version > in_force else None
