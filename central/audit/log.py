"""The log of receipts: each is a leaf, and a signed checkpoint commits the centre to all so far.

A receipt whose leaf is missing from a later checkpoint proves that the centre removed it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from central.models.database import insert_or_ignore, lock_for_transaction
from central.models.packets import LogCheckpoint, LogHead, LogTile, Receipt
from wire import checkpoint as wire_checkpoint
from wire.keys import Signer
from wire.merkle import inclusion_proof, leaf_hash, node_hash, root, split

_TILE_BITS = 8
_TILE = 1 << _TILE_BITS
_HEAD = 1


def next_index(session: Session) -> int:
    """Take the next place in the log; its row stays locked until the transaction ends.

    Call it last: everybody who receives a packet waits for this row.
    """
    size = session.execute(
        update(LogHead)
        .where(LogHead.id == _HEAD)
        .values(size=LogHead.size + 1)
        .returning(LogHead.size)
    ).scalar_one()
    return size - 1


def add_leaf(session: Session, receipt: Receipt) -> None:
    """Add a receipt at the place that `next_index` gave."""
    receipt.leaf_hash = leaf_hash(receipt.jws.encode("ascii"))
    session.add(receipt)


def sign_checkpoint(session: Session, signer: Signer, now: datetime) -> LogCheckpoint | None:
    """Sign the head of the log if it has grown; None when it has not."""
    lock_for_transaction(session, b"acopio/log-checkpoint")
    size = session.execute(select(LogHead.size).where(LogHead.id == _HEAD)).scalar_one()
    last = newest_checkpoint(session)
    if size == 0 or (last is not None and last.size == size):
        return None
    _build_tiles(session, size)
    head = range_root(session, 0, size)
    signed = wire_checkpoint.Checkpoint(
        size=size,
        root=head.hex(),
        time_ms=int(now.timestamp() * 1000),
        previous_size=0 if last is None else last.size,
    )
    checkpoint = LogCheckpoint(
        size=size,
        root=head,
        jws=wire_checkpoint.sign_checkpoint(signed, signer),
        signed_at=now,
    )
    session.add(checkpoint)
    return checkpoint


def proof_of(session: Session, index: int, size: int) -> list[bytes]:
    """Build the proof that a receipt is in the log as it was at `size` leaves."""
    return inclusion_proof(index, size, lambda low, high: range_root(session, low, high))


def leaf_hashes(session: Session, low: int, high: int) -> list[bytes]:
    """Give the hashes of some leaves, high excluded."""
    return list(
        session.execute(
            select(Receipt.leaf_hash)
            .where(Receipt.log_index >= low, Receipt.log_index < high)
            .order_by(Receipt.log_index)
        ).scalars()
    )


def newest_checkpoint(session: Session) -> LogCheckpoint | None:
    """Give the newest signed head of the log."""
    return session.execute(
        select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)
    ).scalar_one_or_none()


def range_root(session: Session, low: int, high: int) -> bytes:
    """Compute the root over a range of leaves; full tiles of 256, 65,536, … are read, not built."""
    count = high - low
    if count <= _TILE:
        tile = _tile(session, 1, low // _TILE) if count == _TILE and low % _TILE == 0 else None
        return root(leaf_hashes(session, low, high)) if tile is None else tile
    level = 1
    while (1 << (_TILE_BITS * (level + 1))) <= count:
        level += 1
    width = 1 << (_TILE_BITS * level)
    if count == width and low % width == 0:
        tile = _tile(session, level, low // width)
        if tile is not None:
            return tile
    middle = low + split(count)
    return node_hash(range_root(session, low, middle), range_root(session, middle, high))


def _build_tiles(session: Session, size: int) -> None:
    level = 1
    while (width := 1 << (_TILE_BITS * level)) <= size:
        done = session.execute(
            select(LogTile.position)
            .where(LogTile.level == level)
            .order_by(LogTile.position.desc())
            .limit(1)
        ).scalar_one_or_none()
        for position in range(0 if done is None else done + 1, size // width):
            if level == 1:
                below = leaf_hashes(session, position * _TILE, (position + 1) * _TILE)
            else:
                below = _tiles(session, level - 1, position * _TILE, (position + 1) * _TILE)
            values = {"level": level, "position": position, "hash": root(below)}
            insert_or_ignore(session, LogTile, values)
        level += 1


def _tile(session: Session, level: int, position: int) -> bytes | None:
    row = session.get(LogTile, (level, position))
    return None if row is None else row.hash


def _tiles(session: Session, level: int, low: int, high: int) -> list[bytes]:
    return list(
        session.execute(
            select(LogTile.hash)
            .where(LogTile.level == level, LogTile.position >= low, LogTile.position < high)
            .order_by(LogTile.position)
        ).scalars()
    )
