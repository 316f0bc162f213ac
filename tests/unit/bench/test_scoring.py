"""A frame's score: overlap of quads, lines of a domicile, codes, and what was given."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scoring import overlap, score
from device.inference.base import Quad
from device.inference.reading import Barcode, FieldReading, Reading
from domain.credential.fields import Model, Side, Source

SQUARE = ((0.0, 0.0), (100.0, 0.0), (100.0, 60.0), (0.0, 60.0))
TRUTH: dict[str, Any] = {
    "frame": "00000_D_front.jpg",
    "difficulty": "easy",
    "found": True,
    "corners": SQUARE,
    "model": "D",
    "side": "front",
    "fields": {
        "nombres": "LUZ",
        "vigencia": "2025 - 2035",
        "domicilio": ["C EL ROSAL 2", "COL CENTRO 58592", "COMALCALCO, TAB."],
    },
    "mrz": [],
    "barcodes": [{"format": "Code128", "text": "5842116940980"}],
    "hidden": [],
}


def reading(quad: Quad | None = None, **values: str | tuple[str, ...]) -> Reading:
    return Reading(
        found=True,
        reasons=(),
        quad=quad or Quad(SQUARE),
        side=Side.FRONT,
        model=Model.D,
        fields={n: FieldReading(v, 0.97, Source.TEXT) for n, v in values.items()},
    )


def moved(dx: float, dy: float) -> tuple[tuple[float, float], ...]:
    return tuple((x + dx, y + dy) for x, y in SQUARE)


class TestOverlap:
    def test_of_a_quad_with_itself_is_one(self) -> None:
        assert overlap(SQUARE, SQUARE) == pytest.approx(1.0)

    def test_half_shifted_shares_a_third(self) -> None:
        assert overlap(SQUARE, moved(50, 0)) == pytest.approx(1 / 3)

    def test_apart_is_nothing(self) -> None:
        assert overlap(SQUARE, moved(200, 0)) == 0.0

    def test_a_quad_inside_is_the_share_of_its_area(self) -> None:
        inside = ((10.0, 10.0), (90.0, 10.0), (90.0, 50.0), (10.0, 50.0))
        assert overlap(SQUARE, inside) == pytest.approx(80 * 40 / 6000)

    def test_a_turned_square_against_itself(self) -> None:
        unit = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
        root = 2**0.5
        turned = ((1.0, 1 - root), (1 + root, 1.0), (1.0, 1 + root), (1 - root, 1.0))
        octagon = 8 * (root - 1)
        assert overlap(unit, turned) == pytest.approx(octagon / (8 - octagon))

    @given(st.floats(-150, 150), st.floats(-90, 90), st.integers(0, 3), st.booleans())
    def test_depends_neither_on_order_nor_on_the_first_corner(
        self, dx: float, dy: float, first: int, reverse: bool
    ) -> None:
        other = moved(dx, dy)
        started = other[first:] + other[:first]
        started = started[::-1] if reverse else started
        assert overlap(SQUARE, other) == pytest.approx(overlap(started, SQUARE))


class TestScore:
    def test_lines_of_a_domicile_are_counted_each(self) -> None:
        read = reading(domicilio=("C EL ROSAL 2", "COL CENTR0 58592", "COMALCALCO, TAB."))
        scored = score(TRUTH, read)
        assert (scored.address_printed, scored.address_exact) == (3, 2)
        assert scored.outcomes["domicilio"] == "wrong"

    def test_a_domicile_withheld_is_three_lines_not_read(self) -> None:
        scored = score(TRUTH, reading())
        assert (scored.address_printed, scored.address_exact) == (3, 0)

    def test_spaces_around_the_dash_of_two_years_are_no_mistake(self) -> None:
        assert score(TRUTH, reading(vigencia="2025-2035")).outcomes["vigencia"] == "exact"
        assert score(TRUTH, reading(vigencia="2025-2036")).outcomes["vigencia"] == "wrong"

    def test_what_is_given_keeps_its_confidence(self) -> None:
        (given_value,) = score(TRUTH, reading(nombres="LUS")).given
        assert (given_value.field, given_value.right) == ("nombres", False)
        assert given_value.confidence == 0.97

    def test_a_code_counts_by_its_content(self) -> None:
        right = Barcode("Code128", b"5842116940980", "5842116940980")
        other = Barcode("Code128", b"5842116940981", "5842116940981")
        read = Reading(True, (), quad=Quad(SQUARE), barcodes=(right, other))
        scored = score(TRUTH, read)
        assert (scored.barcodes_read, scored.barcodes_wrong) == (1, 1)

    def test_a_hidden_code_is_not_asked_for(self) -> None:
        scored = score(TRUTH | {"hidden": ["barcode"]}, reading())
        assert scored.barcodes_printed == 0

    def test_a_frame_without_a_card_has_no_fields(self) -> None:
        truth = {"frame": "00000_none.jpg", "difficulty": "easy", "found": False}
        assert score(truth, reading(nombres="LUZ")).found
        assert not score(truth, reading(nombres="LUZ")).outcomes
