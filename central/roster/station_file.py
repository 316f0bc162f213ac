"""A file of stations: fifty at once, each error named with its row and its column.

Read again it adds nothing twice: a row whose station is there already is said to be there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import Process, Station
from central.models.stations import ENDED, MOST_SITE
from central.roster.files.columns import plain
from central.roster.files.encoding import decode
from central.roster.files.limits import Limits
from central.roster.files.refusals import Cause, FileRefusedError, Refusal
from central.roster.files.separated import read_separated
from central.roster.files.table import TableRow
from wire.api import UNNAMED
from wire.identity import SERIAL

LIMITS = Limits(rows=300, text_bytes=64 * 1024)
_ID = r"[A-Z0-9]{1,16}"
_ZIP = b"PK\x03\x04"  # a workbook
_DANGEROUS = ("=", "+", "-", "@")
REMARK = "Qué falta corregir"


class Column(StrEnum):
    """A column of the file, in the order of the template."""

    ID = "id"
    SITE = "site"
    PROCESS = "process"
    SERIAL = "serial"


TITLES = {
    Column.ID: "Id",
    Column.SITE: "Sede",
    Column.PROCESS: "Proceso",
    Column.SERIAL: "Serie",
}
_NAMES = {
    Column.ID: "id iddedispositivo iddispositivo dispositivo estacion station",
    Column.SITE: "sede site sitio lugar oficina",
    Column.PROCESS: "proceso process",
    Column.SERIAL: "serie serial numerodeserie placa",
}
_BY_NAME = {name: column for column, names in _NAMES.items() for name in names.split()}
_NEEDED = (Column.ID, Column.SITE, Column.PROCESS)


class Fault(StrEnum):
    """What is wrong with a cell."""

    EMPTY = "empty"
    ID_FORM = "id.form"
    ID_RESERVED = "id.reserved"
    ID_TWICE = "id.twice"  # `row`: where it is as well
    ID_OTHER_PROCESS = "id.other_process"
    ID_ENDED = "id.ended"
    SITE_LONG = "site.long"
    PROCESS_UNKNOWN = "process.unknown"  # `known`: those there are
    SERIAL_FORM = "serial.form"
    SERIAL_TWICE = "serial.twice"  # `row`
    SERIAL_TAKEN = "serial.taken"  # `station`: whose it is


_SPANISH = {
    Fault.EMPTY: "está vacío; llénelo.",
    Fault.ID_FORM: "debe tener de 1 a 16 letras y números sin acentos.",
    Fault.ID_RESERVED: "es una palabra reservada; elija otro.",
    Fault.ID_TWICE: "también está en el renglón {row}; cada estación tiene el suyo.",
    Fault.ID_OTHER_PROCESS: "es una estación de otro proceso; elija otro.",
    Fault.ID_ENDED: "se retiró o se dio de baja; elija otro.",
    Fault.SITE_LONG: "debe tener a lo más 120 caracteres en una línea.",
    Fault.PROCESS_UNKNOWN: "no existe; escriba uno de éstos: {known}.",
    Fault.SERIAL_FORM: "debe tener a lo más 40 letras, números, puntos o guiones.",
    Fault.SERIAL_TWICE: "también está en el renglón {row}; cada placa tiene la suya.",
    Fault.SERIAL_TAKEN: "es la de la estación {station}; revise la placa.",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One fault, where it is, and what helps to put it right."""

    column: Column
    fault: Fault
    details: Mapping[str, str | int] = field(default_factory=dict)


def remark_text(remark: Remark) -> str:
    """Say which column is wrong, and what to do, where no page is shown."""
    return f"{TITLES[remark.column]} {_SPANISH[remark.fault].format(**remark.details)}"


@dataclass(frozen=True, slots=True)
class StationRow:
    """One row as it would go in; `number` is the one that a spreadsheet shows."""

    number: int
    values: Mapping[Column, str]
    remarks: tuple[Remark, ...] = ()
    is_present: bool = False

    @property
    def is_good(self) -> bool:
        """Say whether the row adds a station."""
        return not self.remarks and not self.is_present


@dataclass(frozen=True, slots=True)
class StationFile:
    """A file that was read: rows that go in, that are there already, and that are wrong."""

    rows: tuple[StationRow, ...]

    @property
    def good(self) -> list[StationRow]:
        """Give the rows that add a station."""
        return [row for row in self.rows if row.is_good]

    @property
    def wrong(self) -> list[StationRow]:
        """Give the rows with something to correct."""
        return [row for row in self.rows if row.remarks]

    @property
    def present(self) -> list[StationRow]:
        """Give the rows whose station is there already."""
        return [row for row in self.rows if row.is_present]


def check_file(session: Session, content: bytes) -> StationFile | Refusal:
    """Read a file and compare it with what is there, or say why it cannot be read."""
    try:
        rows = _read(content)
    except FileRefusedError as error:
        return error.refusal
    known = _Known(session, rows)
    return StationFile(tuple(known.check(number, values) for number, values in rows))


def as_csv(rows: Iterable[StationRow]) -> str:
    """Write rows as the file that would be read again."""
    return _written([row.values[column] for column in Column] for row in rows)


def corrected_csv(rows: Iterable[tuple[StationRow, str]]) -> bytes:
    """Write rows with what is wrong beside each, for Excel; it may be uploaded once corrected."""
    text = _written(
        ([*(row.values[column] for column in Column), said] for row, said in rows), (REMARK,)
    )
    return text.encode("utf-8-sig")


def template_csv() -> bytes:
    """Write the template: the titles and an example that is no row."""
    return _written([]).encode("utf-8-sig")


def _read(content: bytes) -> list[tuple[int, dict[Column, str]]]:
    if not content.strip():
        raise FileRefusedError(Cause.EMPTY)
    if content.startswith(_ZIP):
        raise FileRefusedError(Cause.BINARY)
    if len(content) > LIMITS.text_bytes:
        raise FileRefusedError(Cause.TOO_BIG, most_bytes=LIMITS.text_bytes)
    table = read_separated(decode(content), LIMITS).rows
    at, columns = _header(table)
    below = table[at + 1 :]
    if not below:
        raise FileRefusedError(Cause.NO_ROWS)
    if len(below) > LIMITS.rows:
        raise FileRefusedError(Cause.MANY_ROWS, count=len(below), most=LIMITS.rows)
    return [(row.number, _values(row, columns)) for row in below]


def _header(table: tuple[TableRow, ...]) -> tuple[int, dict[Column, int]]:
    for at, row in enumerate(table[:10]):
        found: dict[Column, int] = {}
        for place, cell in enumerate(row.cells):
            column = _BY_NAME.get(plain(cell))
            if column is not None and found.setdefault(column, place) != place:
                raise FileRefusedError(Cause.REPEATED_HEADER, title=TITLES[column])
        if len(found) >= 2:
            missing = [TITLES[column] for column in _NEEDED if column not in found]
            if missing:
                raise FileRefusedError(Cause.MISSING_HEADER, titles=", ".join(missing))
            return at, found
    raise FileRefusedError(Cause.NO_HEADER)


def _values(row: TableRow, columns: Mapping[Column, int]) -> dict[Column, str]:
    values = dict.fromkeys(Column, "")
    for column, place in columns.items():
        if place < len(row.cells):
            values[column] = " ".join(row.cells[place].split()).removeprefix("'")
    for column in (Column.ID, Column.PROCESS):
        values[column] = values[column].upper()
    return values


class _Known:
    """What a file is compared with: itself, the processes, and the stations that are there."""

    def __init__(self, session: Session, rows: list[tuple[int, dict[Column, str]]]) -> None:
        ids = {values[Column.ID] for _number, values in rows}
        serials = {values[Column.SERIAL] for _number, values in rows} - {""}
        self._processes: dict[str, int] = dict(
            iter(session.execute(select(Process.code, Process.id)))
        )
        self._stations = {
            station.id_dispositivo: station
            for station in session.scalars(select(Station).where(Station.id_dispositivo.in_(ids)))
        }
        owners = select(Station.serial, Station.id_dispositivo).where(
            Station.serial.in_(serials), Station.state.not_in(ENDED)
        )
        self._owners: dict[str, str] = dict(iter(session.execute(owners)))
        self._seen: dict[tuple[Column, str], int] = {}

    def check(self, number: int, values: Mapping[Column, str]) -> StationRow:
        """Say what is wrong with a row, or whether its station is there already."""
        remarks = [
            *self._id(number, values),
            *self._site(values[Column.SITE]),
            *self._process(values[Column.PROCESS]),
            *self._serial(number, values),
        ]
        is_present = not remarks and values[Column.ID] in self._stations
        return StationRow(number, values, tuple(remarks), is_present)

    def _id(self, number: int, values: Mapping[Column, str]) -> Iterable[Remark]:
        name = values[Column.ID]
        if not name:
            yield Remark(Column.ID, Fault.EMPTY)
        elif re.fullmatch(_ID, name) is None:
            yield Remark(Column.ID, Fault.ID_FORM)
        elif name == UNNAMED:
            yield Remark(Column.ID, Fault.ID_RESERVED)
        else:
            yield from self._once(number, Column.ID, name, Fault.ID_TWICE)
            station = self._stations.get(name)
            if station is None:
                return
            if station.state in ENDED:
                yield Remark(Column.ID, Fault.ID_ENDED)
            elif self._processes.get(values[Column.PROCESS], station.process_id) != (
                station.process_id
            ):
                yield Remark(Column.ID, Fault.ID_OTHER_PROCESS)

    def _site(self, site: str) -> Iterable[Remark]:
        if not site:
            yield Remark(Column.SITE, Fault.EMPTY)
        elif len(site) > MOST_SITE or not site.isprintable():
            yield Remark(Column.SITE, Fault.SITE_LONG)

    def _process(self, code: str) -> Iterable[Remark]:
        if not code:
            yield Remark(Column.PROCESS, Fault.EMPTY)
        elif code not in self._processes:
            known = ", ".join(sorted(self._processes))
            yield Remark(Column.PROCESS, Fault.PROCESS_UNKNOWN, {"known": known})

    def _serial(self, number: int, values: Mapping[Column, str]) -> Iterable[Remark]:
        serial = values[Column.SERIAL]
        if not serial:
            return
        if re.fullmatch(SERIAL, serial) is None:
            yield Remark(Column.SERIAL, Fault.SERIAL_FORM)
            return
        yield from self._once(number, Column.SERIAL, serial, Fault.SERIAL_TWICE)
        owner = self._owners.get(serial)
        if owner not in (None, values[Column.ID]):
            yield Remark(Column.SERIAL, Fault.SERIAL_TAKEN, {"station": owner or ""})

    def _once(self, number: int, column: Column, value: str, fault: Fault) -> Iterable[Remark]:
        first = self._seen.setdefault((column, value), number)
        if first != number:
            yield Remark(column, fault, {"row": first})


def _written(rows: Iterable[list[str]], more: tuple[str, ...] = ()) -> str:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([*TITLES.values(), *more])
    # A spreadsheet takes a cell that begins so for a formula.
    writer.writerows([f"'{c}" if c.startswith(_DANGEROUS) else c for c in row] for row in rows)
    return written.getvalue()
