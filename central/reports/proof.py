"""The aspirante's own proof: every receipt as the centre signed it, and that the log has it.

The file is described in `wire.receipt_list`; `acopio-audit receipts` checks it without a server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.audit.log import leaf_hashes, newest_checkpoint, range_root
from central.models import Aspirante, Packet, Receipt, Record
from central.reports.listings import Words
from central.reports.tables.base import Sink, Watermark
from wire.merkle import complete_subtrees, root
from wire.receipt_list import Heading, Leaf, Subtree, write_line

_AT_A_TIME = 500
_TILE_BITS = 8

T = TypeVar("T")


class Follow(Protocol):
    """Lets rows pass, and sees how far they are."""

    def __call__(self, rows: Iterator[T], /) -> Iterator[T]:
        """Give the same rows."""
        ...


def write_proof(
    session: Session,
    aspirante: Aspirante,
    mark: Watermark,
    sink: Sink,
    words: Words,
    follow: Follow,
) -> int:
    """Write the whole file; give how many receipts are in it. `follow` is told of each."""
    checkpoint = newest_checkpoint(session)
    size = 0 if checkpoint is None else checkpoint.size
    heading = Heading(
        export=mark.export,
        folio_solicitud=aspirante.folio_solicitud,
        made_for=mark.made_for,
        made_at=mark.made,
        checkpoint=None if checkpoint is None else checkpoint.jws,
    )
    sink.write(write_line(heading))
    subtrees, reached, written = _Subtrees(session, size), 0, 0
    for folio, state, index, token in follow(_receipts(session, aspirante.id)):
        for subtree in subtrees.between(reached, min(index, size)):
            sink.write(write_line(subtree))
        sink.write(write_line(Leaf(index, folio, words.state(state), token)))
        reached, written = index + 1, written + 1
    for subtree in subtrees.between(reached, size):
        sink.write(write_line(subtree))
    return written


class _Subtrees:
    """Hashes of what lies between the receipts; the leaves of one tile are read once."""

    def __init__(self, session: Session, size: int) -> None:
        self._session = session
        self._size = size
        self._tile = -1
        self._leaves: list[bytes] = []

    def between(self, low: int, high: int) -> Iterator[Subtree]:
        for start, height in complete_subtrees(low, high):
            yield Subtree(start, height, self._hash(start, height).hex())

    def _hash(self, start: int, height: int) -> bytes:
        if height >= _TILE_BITS:
            return range_root(self._session, start, start + (1 << height))
        tile = start >> _TILE_BITS
        first = tile << _TILE_BITS
        if tile != self._tile:
            last = min(first + (1 << _TILE_BITS), self._size)
            self._tile, self._leaves = tile, leaf_hashes(self._session, first, last)
        return root(self._leaves[start - first : start - first + (1 << height)])


def _receipts(session: Session, aspirante_id: int) -> Iterator[Any]:
    query = (
        select(Record.folio_registro, Record.state, Receipt.log_index, Receipt.jws)
        .join(Packet, Packet.id == Record.packet_id)
        .join(Receipt, Receipt.link == Packet.link)
        .where(Record.aspirante_id == aspirante_id)
        .order_by(Receipt.log_index)
        .execution_options(yield_per=_AT_A_TIME)
    )
    return iter(session.execute(query))
