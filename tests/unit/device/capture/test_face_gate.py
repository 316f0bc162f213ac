"""The rule of the live photo: measures in, codes out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.capture.face_gate import CODES, in_order, is_coarse, place_codes, quality_codes
from device.inference.face_quality import FaceQuality
from device.inference.faces import EDGES, FOREHEAD, LOWEST, Face

SIZE = (480, 640)
GOOD = FaceQuality(
    sharpness=0.45,
    lightness=130,
    highlights=180,
    burnt=0.0,
    unevenness=0.1,
    eyes=1.2,
    mouth=0.6,
    lower_colour=4.0,
)


def face(x: float = 210, y: float = 130, height: float = 220) -> Face:
    mesh = np.zeros((468, 3), np.float32)
    mesh[list(EDGES)] = [(-50, 0, 0), (50, 0, 0)]
    mesh[[FOREHEAD, LOWEST]] = [(0, -70, 0), (0, 70, 0)]
    eyes = ((x + 0.3 * height, y + 0.3 * height), (x + 0.7 * height, y + 0.3 * height))
    return Face((x, y, height, height), 0.9, eyes, mesh)


class TestPlaceCodes:
    def test_has_nothing_against_one_large_face_in_the_middle(self) -> None:
        assert place_codes([face()], SIZE) == []

    @given(st.floats(0, 0.49))
    def test_lets_bystanders_be(self, share: float) -> None:
        assert place_codes([face(), face(20, 40, 220 * share)], SIZE) == []

    @given(st.floats(0.51, 1.0))
    def test_asks_for_one_person_when_another_is_as_near(self, share: float) -> None:
        assert place_codes([face(), face(20, 40, 220 * share)], SIZE) == ["face.several"]

    @given(st.sampled_from([(-30.0, 130.0), (460.0, 130.0), (210.0, 0.0), (210.0, 300.0)]))
    def test_notices_a_head_that_the_border_cuts(self, place: tuple[float, float]) -> None:
        assert "face.cut" in place_codes([face(*place)], SIZE)

    @given(st.floats(10, 119))
    def test_asks_to_come_closer_whatever_the_camera(self, height: float) -> None:
        assert place_codes([face(280, 180, height)], SIZE) == ["face.small"]
        twice = face(280, 180, height).scaled(2)
        assert place_codes([twice], (960, 1280)) == ["face.small"]


def test_few_pixels_are_too_few_however_large_the_face() -> None:
    assert is_coarse(face(10, 20, 100))
    assert not is_coarse(face())


class TestQualityCodes:
    def test_has_nothing_against_a_face_that_can_be_seen(self) -> None:
        assert quality_codes(GOOD) == []

    @pytest.mark.parametrize(
        ("measures", "code"),
        [
            ({"sharpness": 0.1}, "face.blurred"),
            ({"highlights": 30, "lightness": 20}, "face.dark"),
            ({"burnt": 0.3}, "face.bright"),
            ({"lightness": 240}, "face.bright"),
            ({"unevenness": 0.6}, "face.uneven"),
            ({"eyes": 0.05}, "face.eyes_hidden"),
            ({"mouth": 0.1, "lower_colour": 35.0}, "face.covered"),
        ],
    )
    def test_names_the_one_thing_that_is_wrong(self, measures: dict[str, float], code: str) -> None:
        assert quality_codes(replace(GOOD, **measures)) == [code]

    def test_takes_no_dark_skin_for_a_dark_picture(self) -> None:
        assert quality_codes(replace(GOOD, lightness=60, highlights=85)) == []

    def test_takes_no_beard_for_a_cloth(self) -> None:
        assert quality_codes(replace(GOOD, lower_colour=25.0)) == []


@given(st.lists(st.sampled_from(CODES)))
def test_codes_come_once_each_with_the_most_urgent_first(codes: list[str]) -> None:
    ordered = in_order(codes)
    assert set(ordered) == set(codes)
    assert list(ordered) == [code for code in CODES if code in codes]
