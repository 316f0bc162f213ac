"""Orders of the centre: each is done at most once, and answered until the centre has heard it."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated

from device.queue.enrolment import EnrolmentStore
from device.queue.schema import State
from device.queue.spool import Spool
from wire.errors import PolicyError
from wire.orders import (
    MOST_FINDINGS,
    MOST_MESSAGE,
    MOST_ORDERS,
    Order,
    OrderAnswer,
    OrderAnswers,
    OrderKind,
    verify_order,
)
from wire.shape import Limits, decode, encode

_log = logging.getLogger(__name__)

_NAME = "orders"
# Packets that a report names one by one.
_MOST_TROUBLED = 100


@dataclass(frozen=True, slots=True)
class Message:
    """What the start page shows until a moment of the centre's clock."""

    text: Annotated[str, Limits(most=MOST_MESSAGE)]
    until_ms: int


@dataclass(frozen=True, slots=True)
class _Book:
    """What was done: answers that the centre has not heard, and names that must not come back."""

    answers: tuple[OrderAnswer, ...] = ()
    done: dict[str, int] = field(default_factory=dict)  # name of an order: when it expires
    message: Message | None = None


class OrderBook:
    """Kept in the spool's database: an order that was done stays done after a power cut."""

    def __init__(self, store: EnrolmentStore, spool: Spool) -> None:
        self._store = store
        self._spool = spool

    def answers(self) -> OrderAnswers:
        """Give what the next hello tells the centre."""
        return OrderAnswers(self._read().answers[:MOST_ORDERS])

    def heed(self, tokens: Sequence[str], told: OrderAnswers, *, now_ms: int) -> None:
        """Do new orders; what the centre was told just now it has heard.

        Args:
            tokens: The orders of its answer.
            told: What the hello said that it answered.
            now_ms: The centre's signed time: a wrong clock of ours expires nothing.
        """
        book = self._read()
        heard = {answer.id for answer in told.answers}
        waiting = [answer for answer in book.answers if answer.id not in heard]
        done = {name: until for name, until in book.done.items() if until > now_ms}
        message = book.message
        if message is not None and message.until_ms <= now_ms:
            message = None
        for token in tokens:
            order = self._verified(token)
            if order is None:
                continue
            known = order.id in done
            if known and order.id not in heard:
                continue  # its answer is already on its way
            if known or order.expires_ms <= now_ms:
                # Done before, and sent again: whoever sends it has not heard that it was.
                code = "order.done_before" if known else "order.expired"
                waiting.append(OrderAnswer(order.id, is_done=known, code=code))
                continue
            done[order.id] = order.expires_ms
            if order.kind is OrderKind.MESSAGE:
                message = Message(order.text, order.expires_ms)
                waiting.append(OrderAnswer(order.id, is_done=True))
            else:
                waiting.append(OrderAnswer(order.id, is_done=True, findings=self._findings()))
            _log.info("order.done id=%s kind=%s", order.id, order.kind.value)
        self._write(_Book(tuple(waiting), done, message))

    def message(self, *, now_ms: int) -> str | None:
        """Give the text to show, None where there is none or its time is over."""
        message = self._read().message
        return message.text if message is not None and message.until_ms > now_ms else None

    def _verified(self, token: str) -> Order | None:
        try:
            return verify_order(
                token, self._store.centre_ring(), station=self._store.current().station
            )
        except PolicyError as error:
            # Nothing of it can be believed, its name included: there is nobody to answer.
            _log.warning("order.refused code=%s", error.code)
            return None

    def _findings(self) -> dict[str, str]:
        """Say how chain and queue are: numbers, states and codes; no folio and no name."""
        found = {f"packets.{state.value}": str(n) for state, n in self._spool.counts().items()}
        for enrolment in self._store.epochs():
            head = self._spool.head(enrolment.epoch)
            found[f"epoch.{enrolment.epoch[:8]}"] = f"seq {head.seq} link {head.link}"
        chain = self._spool.chain(self._store.current().epoch)
        troubled = [row for row in chain if row.state in (State.HELD, State.CORRUPT)]
        found |= {
            f"seq.{row.seq}": f"{row.state.value} {row.code or ''}"
            for row in troubled[:_MOST_TROUBLED]
        }
        return dict(islice(found.items(), MOST_FINDINGS))

    def _read(self) -> _Book:
        text = self._store.get(_NAME)
        return _Book() if text is None else decode(_Book, json.loads(text))

    def _write(self, book: _Book) -> None:
        text = json.dumps(encode(book))
        if text != self._store.get(_NAME):
            self._store.set(_NAME, text)
