"""Checks the chain and every file of a spool, without a network: what an auditor asks a station."""

import hashlib
from dataclasses import dataclass

from device.errors import SpoolError
from device.queue import files
from device.queue.enrolment import Enrolment, EnrolmentStore
from device.queue.spool import Row, Spool, State
from wire.errors import PacketRefusedError, WireError
from wire.jws import link as link_of
from wire.packet import parse_header, parse_packet
from wire.receipt import require_receipt_of, verify_receipt

_WITHOUT_FILE = {State.PURGED, State.PURGING}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be; `seq` 0 concerns the chain as a whole."""

    epoch: str
    seq: int
    code: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and what was found wrong."""

    packets: int
    files: int
    receipts: int
    findings: tuple[Finding, ...]


def verify_spool(spool: Spool, store: EnrolmentStore) -> Verdict:
    """Follow each epoch's chain from its genesis; check signatures, links, files and receipts.

    Raises:
        SpoolError: The spool cannot be read.
        NotEnrolledError: There is nothing to verify.
    """
    store.current()
    packets = file_count = receipts = 0
    findings: list[Finding] = []
    for enrolment in store.epochs():
        prev = enrolment.genesis
        rows = [row for row in spool.chain(enrolment.epoch) if row.state is not State.RESERVED]
        for position, row in enumerate(rows, start=1):
            packets += 1
            file_count += row.state not in _WITHOUT_FILE
            found = [*_check_header(row, enrolment, position, prev), *_check_file(spool, row)]
            receipt = spool.receipt(row.link or "")
            if receipt is not None:
                receipts += 1
                found += _check_receipt(receipt, row, enrolment, store)
            findings += [Finding(enrolment.epoch, row.seq, code) for code in found]
            prev = row.link or prev
        head = spool.head(enrolment.epoch)
        if (head.seq, head.link) != (len(rows), prev):
            findings.append(Finding(enrolment.epoch, 0, "chain.head"))
    return Verdict(packets, file_count, receipts, tuple(findings))


def _check_header(row: Row, enrolment: Enrolment, position: int, prev: str) -> list[str]:
    try:
        header = parse_header(row.jws or "", enrolment.own_ring())
        link = link_of(row.jws or "")
    except WireError as error:
        return [error.code]
    found = []
    if row.seq != position:
        found.append("chain.seq_missing")
    if header.prev != prev:
        found.append("chain.prev")
    stated = (header.epoch, header.seq, header.packet_id, header.kind, header.folio)
    if link != row.link or stated != (row.epoch, row.seq, row.packet_id, row.kind, row.folio):
        found.append("chain.row")
    return found


def _check_file(spool: Spool, row: Row) -> list[str]:
    if row.state in _WITHOUT_FILE or row.link is None:
        return []
    try:
        with files.translated("read a packet"):
            data = spool.path_of(row.link).read_bytes()
    except SpoolError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return ["file.missing"]
        raise
    return [] if hashlib.sha256(data).hexdigest() == row.sha256 else ["file.hash"]


def _check_receipt(token: str, row: Row, enrolment: Enrolment, store: EnrolmentStore) -> list[str]:
    try:
        receipt = verify_receipt(token, store.centre_ring())
        require_receipt_of(
            receipt,
            link=row.link or "",
            station=enrolment.station,
            epoch=row.epoch,
            seq=row.seq,
            size=row.size or 0,
            sha256=row.sha256 or "",
        )
    except WireError as error:
        return [error.code]
    return []


def is_whole(data: bytes, row: Row, enrolment: Enrolment) -> bool:
    """Tell whether these bytes are the very packet that a row names."""
    try:
        packet = parse_packet(data, enrolment.own_ring())
    except PacketRefusedError:
        return False
    return packet.link == row.link and packet.sha256 == row.sha256
