"""The dry run: every row of a file with what is wrong in it, before anybody comes in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from central.roster.candidates import Candidate, mistakes, warnings
from central.roster.files.columns import Column
from central.roster.files.mending import Mended, mend
from central.roster.files.sheet import Sheet
from domain.credential.text import fold

# Not of a field: the row has more cells than the file has columns.
WHOLE_ROW = "row"


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of one field of a row; `other_row` is the one it repeats."""

    field: str
    code: str
    other_row: int | None = None


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row: its cells with what was put right in them, and what is still to be done.

    `before` has, by position, what the file said where a cell was put right.
    """

    number: int
    cells: tuple[str, ...] = field(repr=False)
    before: Mapping[int, str] = field(repr=False)
    mistakes: tuple[Remark, ...]
    warnings: tuple[Remark, ...]

    @property
    def is_good(self) -> bool:
        """Say whether the row may be imported."""
        return not self.mistakes


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file after its dry run."""

    columns: tuple[Column | None, ...]
    titles: tuple[str, ...]
    rows: tuple[CheckedRow, ...]
    examples: int = 0
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def good(self) -> int:
        """Give how many rows may be imported."""
        return sum(row.is_good for row in self.rows)


class Choice(StrEnum):
    """Which rows of a dry run are shown."""

    WRONG = "wrong"
    DOUBTFUL = "doubtful"  # good, and something in them looks wrong
    MENDED = "mended"  # something in them was put right
    GOOD = "good"

    @classmethod
    def of(cls, file: CheckedFile) -> Choice:
        """Give what is looked at first."""
        return next((choice for choice in cls if any(map(choice.takes, file.rows))), cls.GOOD)

    def takes(self, row: CheckedRow) -> bool:
        """Say whether a row is among them."""
        match self:
            case Choice.WRONG:
                return not row.is_good
            case Choice.DOUBTFUL:
                return row.is_good and bool(row.warnings)
            case Choice.MENDED:
                return bool(row.before)
            case Choice.GOOD:
                return row.is_good


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows in their order; `after` is the number that the next page comes after.

    `counts` has the number of rows of every choice that has any.
    """

    choice: Choice
    counts: Mapping[Choice, int]
    rows: tuple[CheckedRow, ...]
    after: int | None
    is_first: bool


def page_of(file: CheckedFile, choice: Choice, *, after: int, size: int = 25) -> RowPage:
    """Give the rows of a choice that come after a row number."""
    found = [row for row in file.rows if row.number > after and choice.takes(row)]
    more = len(found) > size
    shown = tuple(found[:size])
    counts = {one: sum(map(one.takes, file.rows)) for one in Choice}
    return RowPage(
        choice,
        {one: count for one, count in counts.items() if count},
        shown,
        shown[-1].number if more else None,
        is_first=after <= 0,
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """Rows as they are understood, before the database is asked about them."""

    file: CheckedFile
    # In the order of the rows.
    candidates: tuple[Candidate, ...] = field(repr=False)


def check_rows(sheet: Sheet, *, today: date, asks_register: bool) -> Draft:
    """Look at each row by itself, and at all of them for people who are there twice.

    Args:
        sheet: The rows of a file.
        today: The day in the zone of the process.
        asks_register: Whether a clave de elector is needed.
    """
    read = [_mended(sheet, row.cells, today) for row in sheet.rows]
    rows = []
    for row, understood in zip(sheet.rows, read, strict=True):
        found = {
            **mistakes(understood.candidate, today=today, asks_register=asks_register),
            **understood.mistakes,
        }
        wrong = [Remark(name, code) for name, code in found.items()]
        if len(row.cells) > len(sheet.columns):
            wrong.insert(0, Remark(WHOLE_ROW, "row.shifted"))
        rows.append(
            CheckedRow(
                number=row.number,
                cells=_cells(sheet, row.cells, understood),
                before=_before(sheet, row.cells, understood),
                mistakes=tuple(wrong),
                warnings=tuple(
                    Remark(name, code)
                    for name, code in warnings(understood.candidate).items()
                    if name not in found
                ),
            )
        )
    candidates = tuple(understood.candidate for understood in read)
    checked = CheckedFile(
        columns=sheet.columns,
        titles=sheet.titles,
        rows=_without_repeated(rows, candidates),
        examples=sheet.examples,
        sheet=sheet.sheet,
        other_sheets=sheet.other_sheets,
        ignored=sheet.ignored,
    )
    return Draft(checked, candidates)


def with_conflicts(file: CheckedFile, found: Mapping[int, Mapping[str, str]]) -> CheckedFile:
    """Add what the database says, by place: who is an auxiliar already.

    What it calls repeated is known here, with the number of the row.
    """
    rows = list(file.rows)
    for place, codes in found.items():
        row = rows[place]
        known = {remark.field for remark in row.mistakes if not remark.code.endswith(".repeated")}
        fresh = {
            name: code
            for name, code in codes.items()
            if name not in known and not code.endswith(".repeated")
        }
        if fresh:
            kept = [remark for remark in row.mistakes if remark.field not in fresh]
            added = [Remark(name, code) for name, code in fresh.items()]
            rows[place] = replace(row, mistakes=(*kept, *added))
    return replace(file, rows=tuple(rows))


def _mended(sheet: Sheet, cells: Sequence[str], today: date) -> Mended:
    filled = dict.fromkeys(Column, "")
    for column, cell in zip(sheet.columns, cells, strict=False):
        if column is not None:
            filled[column] = cell
    return mend(filled, today=today)


def _cells(sheet: Sheet, cells: Sequence[str], understood: Mended) -> tuple[str, ...]:
    whole = [*cells, *[""] * (len(sheet.columns) - len(cells))]
    for place, column in enumerate(sheet.columns):
        if column is not None:
            whole[place] = understood.texts[column]
    return tuple(whole)


def _before(sheet: Sheet, cells: Sequence[str], understood: Mended) -> dict[int, str]:
    return {
        place: cells[place]
        for place, column in enumerate(sheet.columns)
        if column in understood.changed and place < len(cells)
    }


def _without_repeated(
    rows: Sequence[CheckedRow], candidates: Sequence[Candidate]
) -> tuple[CheckedRow, ...]:
    """Name people who are in the file twice.

    Rows that say the same: all but the first are one too many. Rows that share an address or a
    clave and differ: which of them is right only a person can say. The same name and birth alone
    may be two people, so it is a warning.
    """
    wrong: dict[int, dict[str, Remark]] = defaultdict(dict)
    for name in (Column.EMAIL.value, Column.CLAVE_ELECTOR.value):
        for places in _groups([getattr(one, name) for one in candidates]):
            same = all(candidates[place] == candidates[places[0]] for place in places)
            for place in places[1:] if same else places:
                other = places[0] if place != places[0] else places[1]
                code = f"{name}.repeated_row" if same else f"{name}.shared"
                wrong[place][name] = Remark(name, code, rows[other].number)
    doubtful: dict[int, Remark] = {}
    for places in _groups([_person(one) for one in candidates]):
        for place in places[1:]:
            doubtful[place] = Remark(
                Column.NOMBRES.value, "person.namesake", rows[places[0]].number
            )
    return tuple(
        replace(
            row,
            mistakes=(
                *row.mistakes,
                *(
                    remark
                    for name, remark in wrong.get(place, {}).items()
                    if name not in {one.field for one in row.mistakes}
                ),
            ),
            warnings=(*row.warnings, doubtful[place])
            if place in doubtful and place not in wrong
            else row.warnings,
        )
        for place, row in enumerate(rows)
    )


def _groups(keys: Sequence[object]) -> list[list[int]]:
    """Give the places that share a key, where several do; an empty key is nobody's."""
    groups: dict[object, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        if key:
            groups[key].append(place)
    return [places for places in groups.values() if len(places) > 1]


def _person(one: Candidate) -> object:
    if one.born_on is None or not one.nombres:
        return None
    names = fold(f"{one.nombres}|{one.apellido_paterno}|{one.apellido_materno}")
    return names, one.born_on
