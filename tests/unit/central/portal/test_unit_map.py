"""The tiles of the dispersion rule: each unit once, where people look for it, and how far it is."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.portal.unit_map import (
    ENTIDADES,
    MOST_TILES,
    TILE,
    Tone,
    entidad_map,
    nearest_first,
    percent_of,
    short_labels,
    tone_of,
    unit_grid,
)
from domain.entidades import ENTIDADES as KNOWN
from domain.threshold import Progress, Unit, UnitProgress

UNITS = st.lists(
    st.tuples(st.integers(0, 3_000), st.integers(1, 2_000)), min_size=1, max_size=700
).map(
    lambda found: tuple(
        UnitProgress(f"09-{n:04d}", valid, required) for n, (valid, required) in enumerate(found)
    )
)


def _progress(*units: UnitProgress) -> Progress:
    return Progress(0, 1, 1, units)


class TestEntidadMap:
    def test_has_every_entidad_once_on_a_place_of_its_own(self) -> None:
        assert {f"{number:02d}" for number in ENTIDADES} == {
            entidad.number for entidad in KNOWN if entidad.number <= "32"
        }
        places = [(column, row) for _, column, row in ENTIDADES.values()]
        assert len(set(places)) == 32
        assert len({label for label, _, _ in ENTIDADES.values()}) == 32

    @pytest.mark.parametrize(
        ("west", "east"),
        [(2, 26), (26, 8), (8, 5), (5, 19), (3, 25), (14, 30), (15, 9), (27, 4), (9, 31)],
    )
    def test_west_is_left(self, west: int, east: int) -> None:
        assert ENTIDADES[west][1] < ENTIDADES[east][1]

    @pytest.mark.parametrize(
        ("north", "south"),
        [(2, 3), (26, 25), (8, 10), (19, 24), (9, 17), (29, 20), (31, 23), (4, 7)],
    )
    def test_north_is_above(self, north: int, south: int) -> None:
        assert ENTIDADES[north][2] < ENTIDADES[south][2]

    def test_what_the_threshold_does_not_name_is_apart(self) -> None:
        tiles = {tile.code: tile for tile in entidad_map(_progress(UnitProgress("09", 5, 5))).tiles}
        assert (tiles["09"].tone, tiles["09"].mark) == (Tone.REACHED, "✓")
        assert (tiles["15"].tone, tiles["15"].mark, tiles["15"].filled) == (Tone.APART, "–", 0)


class TestUnitGrid:
    @given(UNITS, st.sampled_from([312.0, 500.0]))
    def test_tiles_lie_inside_and_apart_from_each_other(
        self, units: tuple[UnitProgress, ...], width: float
    ) -> None:
        grid = unit_grid(_progress(*units), Unit.SECCION, width=width)
        assert len(grid.tiles) == min(len(units), MOST_TILES)
        for tile in grid.tiles:
            assert 0 <= tile.x <= tile.x + grid.tile_width <= grid.width + 0.01
            assert 0 <= tile.y <= tile.y + grid.tile_height <= grid.height + 0.01
        for one, other in combinations(grid.tiles[:40], 2):
            apart_x = abs(one.x - other.x) >= grid.tile_width
            assert apart_x or abs(one.y - other.y) >= grid.tile_height

    def test_those_that_are_there_come_first_and_then_the_nearest(self) -> None:
        far, near, there = (UnitProgress(f"09-{n}", n, 9) for n in (1, 8, 9))
        assert nearest_first(_progress(far, near, there)) == [there, near, far]

    @given(st.integers(0, 10**6), st.integers(1, 10**6))
    def test_only_a_unit_that_is_there_is_full(self, valid: int, required: int) -> None:
        unit = UnitProgress("09-01", valid, required)
        assert (percent_of(unit) == 100) == (unit.missing == 0) == (tone_of(unit) is Tone.REACHED)
        (tile,) = unit_grid(_progress(unit), Unit.DISTRITO, width=312).tiles
        assert 0 <= tile.filled <= TILE
        assert (tile.mark == "✓") == (unit.missing == 0)

    def test_three_quarters_are_near(self) -> None:
        assert tone_of(UnitProgress("09-01", 75, 100)) is Tone.NEAR
        assert tone_of(UnitProgress("09-01", 74, 100)) is Tone.FAR

    def test_codes_are_short_where_all_are_of_one_entidad(self) -> None:
        one, two, other = (UnitProgress(code, 0, 1) for code in ("09-01", "09-02", "15-01"))
        assert short_labels([one, two], Unit.DISTRITO) == ["01", "02"]
        assert short_labels([one, other], Unit.DISTRITO) == ["09-01", "15-01"]
