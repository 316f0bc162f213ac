"""After a crash: adopt a packet that is complete, or declare a gap; may itself be killed anywhere.

At most one reservation can be unsettled, since one process writes one packet at a time. Its packet
is adopted from wherever the crash left it, if every byte verifies: a complete, signed, discarded
packet would look like a fork. Otherwise its seq and packet_id pass to a `gap`.
"""

from dataclasses import dataclass
from pathlib import Path

from device.errors import SpoolError
from device.queue import files
from device.queue.chain import ChainWriter, Intent, Sealed, sealed_of
from device.queue.spool import Row, State
from wire.errors import PacketRefusedError
from wire.packet import Kind, Packet, parse_packet

CRASH = "crash"
FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What recovery found: packets adopted, gaps declared, files nobody knows, files missing."""

    adopted: tuple[Sealed, ...] = ()
    gaps: tuple[Sealed, ...] = ()
    unknown_files: tuple[str, ...] = ()
    missing: tuple[Row, ...] = ()


def recover(writer: ChainWriter) -> Recovered:
    """Bring the spool in order; run at every start, before anything is sealed.

    Raises:
        DiskFullError: No space for a gap; run again when there is.
        SpoolError: The disk or the database failed.
    """
    with writer.lock:
        writer.crash("recovery.begun")
        settled = settle(writer)
        missing = _note_missing(writer)
        unknown = _set_unknown_aside(writer)
        return Recovered(settled.adopted, settled.gaps, unknown, missing)


def settle(writer: ChainWriter, *, reason: str = CRASH) -> Recovered:
    """Settle the one reservation that a crash or a failure left, if there is one.

    Args:
        writer: The chain's only writer.
        reason: What a gap says of why, `CRASH` or `FAILURE`.

    Raises:
        DiskFullError, SpoolError: As `recover`.
    """
    row = writer.spool.reservation()
    if row is None:
        return Recovered()
    found = _find_complete(writer, row)
    if found is not None:
        return Recovered(adopted=(_adopt(writer, row, *found),))
    _discard(writer, row)
    writer.crash("recovery.discarded")
    if row.kind is not Kind.GAP:
        row = writer.spool.replace_by_gap(row, reason=reason, reserved_ms=writer.now_ms())
        writer.crash("recovery.gap_reserved")
    gap = Intent(Kind.GAP, row.process, reason=row.code or reason)
    return Recovered(gaps=(writer.complete(row, gap),))


def _find_complete(writer: ChainWriter, row: Row) -> tuple[Path, Packet] | None:
    candidates = [writer.spool.temporary / f"{row.packet_id}.acp", *_unlisted(writer)]
    for path in candidates:
        packet = _read_complete(writer, row, path)
        if packet is not None:
            return path, packet
    return None


def _read_complete(writer: ChainWriter, row: Row, path: Path) -> Packet | None:
    try:
        data = path.read_bytes()
        packet = parse_packet(data, writer.store.current().own_ring())
    except (FileNotFoundError, PacketRefusedError):
        return None
    except OSError as error:
        raise SpoolError(f"cannot read {path.name}: {error.strerror}", code="spool.io") from error
    header = packet.header
    same = (
        header.epoch == row.epoch
        and header.seq == row.seq
        and header.packet_id == row.packet_id
        and header.kind is row.kind
        and header.folio == row.folio
        and header.prev == writer.spool.head(row.epoch).link
    )
    return packet if same else None


def _adopt(writer: ChainWriter, row: Row, path: Path, packet: Packet) -> Sealed:
    """Finish steps 3 to 5; each is repeated, since a kill says nothing of what reached the disk."""
    files.sync_file(path)
    writer.crash("recovery.file_synced")
    final = writer.spool.path_of(packet.link)
    if path != final:
        with files.translated("rename the packet"):
            path.rename(final)
    writer.crash("recovery.renamed")
    files.sync_folder(writer.spool.packets)
    writer.crash("recovery.folder_synced")
    writer.spool.commit_sealed(row, packet, sealed_ms=writer.now_ms(), is_recovered=True)
    writer.crash("recovery.adopted")
    return sealed_of(row, packet, is_recovered=True)


def _discard(writer: ChainWriter, row: Row) -> None:
    """Remove the unfinished file; it was never complete, so nobody was ever told of it."""
    with files.translated("remove an unfinished packet"):
        (writer.spool.temporary / f"{row.packet_id}.acp").unlink(missing_ok=True)
    files.sync_folder(writer.spool.temporary)


def _note_missing(writer: ChainWriter) -> tuple[Row, ...]:
    missing = []
    for row in writer.spool.in_state(State.SEALED):
        path = writer.spool.path_of(row.link or "")
        with files.translated("look at a packet"):
            size = _size(path)
        if size != row.size:
            code = "file.missing" if size is None else "file.size"
            if writer.spool.mark_missing(row, code):
                missing.append(row)
    return tuple(missing)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _set_unknown_aside(writer: ChainWriter) -> tuple[str, ...]:
    """Move files that no row knows out of the way; evidence is never deleted."""
    spool = writer.spool
    strays = [*_unlisted(writer), *sorted(spool.temporary.iterdir())]
    for path in strays:
        with files.translated("set an unknown file aside"):
            path.rename(spool.unknown / path.name)
    if strays:
        for folder in (spool.unknown, spool.packets, spool.temporary):
            files.sync_folder(folder)
    return tuple(path.name for path in strays)


def _unlisted(writer: ChainWriter) -> list[Path]:
    spool = writer.spool
    with files.translated("list the spool"):
        present = sorted(spool.packets.iterdir())
    return [path for path in present if spool.find(path.stem) is None]
