"""Geometry of the dispersion rule: one tile for each unit, filled as far as the unit has come.

The 32 entidades lie about where they lie on a map; distritos, municipios and secciones stand in
rows, those that are there first. A tile says by its mark and its filling what its colour says too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.threshold import Progress, Unit, UnitProgress

TILE = 32.0
_GAP = 3.0
# Below this share a unit is far from its own.
_NEAR_PERCENT = 75
# More tiles than this cannot be told apart; the table beside has the nearest ones.
MOST_TILES = 600

# Number of the entidad: customary abbreviation, column, row.
ENTIDADES: dict[int, tuple[str, int, int]] = {
    2: ("BC", 0, 0),
    26: ("SON", 1, 0),
    8: ("CHIH", 2, 0),
    5: ("COAH", 3, 0),
    19: ("NL", 4, 0),
    3: ("BCS", 0, 1),
    25: ("SIN", 1, 1),
    10: ("DGO", 2, 1),
    32: ("ZAC", 3, 1),
    24: ("SLP", 4, 1),
    28: ("TAM", 5, 1),
    18: ("NAY", 1, 2),
    14: ("JAL", 2, 2),
    1: ("AGS", 3, 2),
    11: ("GTO", 4, 2),
    22: ("QRO", 5, 2),
    13: ("HGO", 6, 2),
    30: ("VER", 7, 2),
    6: ("COL", 2, 3),
    16: ("MICH", 3, 3),
    15: ("MEX", 4, 3),
    9: ("CDMX", 5, 3),
    29: ("TLAX", 6, 3),
    21: ("PUE", 7, 3),
    31: ("YUC", 9, 3),
    12: ("GRO", 4, 4),
    17: ("MOR", 5, 4),
    20: ("OAX", 6, 4),
    27: ("TAB", 7, 4),
    4: ("CAM", 8, 4),
    23: ("QROO", 9, 4),
    7: ("CHIS", 7, 5),
}


class Tone(StrEnum):
    """How far a unit is."""

    REACHED = "reached"
    NEAR = "near"
    FAR = "far"
    APART = "apart"  # it is no unit of this threshold


@dataclass(frozen=True, slots=True)
class Tile:
    """One unit: its place, what is written in it, and how much of it is filled from below."""

    x: float
    y: float
    code: str
    label: str
    mark: str
    tone: Tone
    filled: float


@dataclass(frozen=True, slots=True)
class UnitMap:
    """The tiles on their canvas; all have the same size."""

    width: float
    height: float
    tile_width: float
    tile_height: float
    tiles: tuple[Tile, ...]


def percent_of(unit: UnitProgress) -> int:
    """Give how far a unit has come, in whole percent; 100 only when it is there."""
    return 100 if unit.missing == 0 else 100 * unit.valid // unit.required


def tone_of(unit: UnitProgress) -> Tone:
    """Say how far a unit is."""
    if unit.missing == 0:
        return Tone.REACHED
    return Tone.NEAR if percent_of(unit) >= _NEAR_PERCENT else Tone.FAR


def nearest_first(progress: Progress) -> list[UnitProgress]:
    """Order units: those that are there, then those that miss least of their share."""
    return sorted(progress.units, key=lambda unit: (unit.missing > 0, -percent_of(unit), unit.code))


def entidad_map(progress: Progress) -> UnitMap:
    """Lay the entidades out as on a map; those that the threshold does not name are apart."""
    units = {int(unit.code): unit for unit in progress.units}
    step = TILE + _GAP
    tiles = [
        _tile(units.get(number), f"{number:02d}", label, column * step, row * step, TILE)
        for number, (label, column, row) in ENTIDADES.items()
    ]
    columns = max(column for _, column, _ in ENTIDADES.values()) + 1
    rows = max(row for _, _, row in ENTIDADES.values()) + 1
    return UnitMap(columns * step - _GAP, rows * step - _GAP, TILE, TILE, tuple(tiles))


def unit_grid(progress: Progress, unit: Unit, *, width: float) -> UnitMap:
    """Stand distritos, municipios or secciones in rows that fit a width."""
    units = nearest_first(progress)[:MOST_TILES]
    labels = short_labels(units, unit)
    longest = max((len(label) for label in labels), default=2)
    tile_width = max(TILE, 8 + 6.5 * longest)
    columns = max(1, int((width + _GAP) // (tile_width + _GAP)))
    tiles = []
    for index, (one, label) in enumerate(zip(units, labels, strict=True)):
        row, column = divmod(index, columns)
        x, y = column * (tile_width + _GAP), row * (TILE + _GAP)
        tiles.append(_tile(one, one.code, label, x, y, TILE))
    rows = -(-len(units) // columns)
    return UnitMap(width, max(rows * (TILE + _GAP) - _GAP, 0), tile_width, TILE, tuple(tiles))


def short_labels(units: Sequence[UnitProgress], unit: Unit) -> list[str]:
    """Write the codes of units as short as they stay clear: `07` where all are of one entidad."""
    codes = [one.code for one in units]
    if unit is Unit.ENTIDAD or len({code.split("-")[0] for code in codes}) > 1:
        return codes
    return [code.split("-")[-1] for code in codes]


def _tile(
    unit: UnitProgress | None, code: str, label: str, x: float, y: float, height: float
) -> Tile:
    if unit is None:
        return Tile(x, y, code, label, "–", Tone.APART, 0.0)
    percent = min(100, percent_of(unit))
    mark = "✓" if unit.missing == 0 else f"{percent} %"
    return Tile(x, y, code, label, mark, tone_of(unit), round(height * percent / 100, 1))
