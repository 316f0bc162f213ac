"""The orders of Consulta de registros, and where a page of each begins.

A page begins behind a record and not at a number, so the last page costs what the first does, and
no record is shown twice or left out when others arrive meanwhile. All but the state of a record
never change; the state is part of the place, so a record that has gone on moves no page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, tuple_
from sqlalchemy.orm import Session

from central.errors import NotFoundError
from central.models import Record
from domain.apoyo import State


class OrderBy(StrEnum):
    """By what records are sorted."""

    RECEIVED = "received"
    CAPTURED = "captured"
    FOLIO = "folio"
    AUXILIAR = "auxiliar"  # in the order in which they were registered, as are stations
    STATION = "station"
    STATE = "state"


# Each begins like an index of the records and ends in a value that no two records share.
_KEYS: dict[OrderBy, tuple[Any, ...]] = {
    OrderBy.RECEIVED: (Record.id,),
    OrderBy.CAPTURED: (Record.captured_at, Record.id),
    OrderBy.FOLIO: (Record.folio_registro,),
    OrderBy.AUXILIAR: (Record.auxiliar_id, Record.id),
    OrderBy.STATION: (Record.station_id, Record.id),
    OrderBy.STATE: (Record.state, Record.id),
}


@dataclass(frozen=True, slots=True)
class Order:
    """An order and its direction; written `received`, or `-received` for the last one first."""

    by: OrderBy = OrderBy.RECEIVED
    descending: bool = True

    @classmethod
    def parse(cls, text: str) -> "Order":
        """Read an order as an address writes it.

        Raises:
            ValueError: There is no such order.
        """
        return cls(OrderBy(text.removeprefix("-")), text.startswith("-"))

    def __str__(self) -> str:
        return f"-{self.by.value}" if self.descending else self.by.value

    def turned(self) -> "Order":
        """Give the same order from its other end."""
        return Order(self.by, not self.descending)

    def sort(self, query: Select[Any], *, backwards: bool = False) -> Select[Any]:
        """Sort a query of records."""
        down = self.descending != backwards
        return query.order_by(*(key.desc() if down else key.asc() for key in _KEYS[self.by]))

    def beyond(self, place: Sequence[Any], *, backwards: bool = False) -> ColumnElement[bool]:
        """Give what holds for the records behind a place, or backwards for those before it."""
        keys = _KEYS[self.by]
        here = tuple_(*keys)
        there = tuple_(*(literal(value, key.type) for key, value in zip(keys, place, strict=True)))
        return here < there if self.descending != backwards else here > there

    def mark(self, folio_registro: str, state: State) -> str:
        """Write the place of a record, for the address of the page that begins there."""
        return f"{state.value}.{folio_registro}" if self.by is OrderBy.STATE else folio_registro

    def find(self, session: Session, aspirante_ids: Sequence[int], mark: str) -> list[Any]:
        """Read a place.

        Raises:
            NotFoundError: It names no record of these aspirantes.
        """
        state, found, folio = mark.rpartition(".")
        keys = _KEYS[self.by]
        if bool(found) != (self.by is OrderBy.STATE) or (found and state not in list(State)):
            raise NotFoundError("no such place")
        row = session.execute(
            select(*keys).where(
                Record.folio_registro == folio, Record.aspirante_id.in_(aspirante_ids)
            )
        ).one_or_none()
        if row is None:
            raise NotFoundError("no such record")
        return [State(state), *row[1:]] if found else list(row)
