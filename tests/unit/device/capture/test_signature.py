"""Strokes become a picture, or a reason."""

from __future__ import annotations

import contextlib
import json

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.capture.errors import SignatureError
from device.capture.signature import HEIGHT_PX, WIDTH_PX, draw, parse_strokes
from tests.kiosks import STROKES

NUMBERS = st.floats(-1, 2, allow_nan=False)
POINTS = st.lists(st.lists(st.tuples(NUMBERS, NUMBERS).map(list), max_size=12), max_size=6)


class TestParseStrokes:
    @pytest.mark.parametrize(
        "text",
        ["", "{}", "[1]", "[[1]]", "[[[1]]]", '[[["a", 1]]]', "[[[true, false]]]", "[[[NaN, 1]]]",
         "[[[1, 2, 3]]]", "[" * 100_000, "null"],
    )  # fmt: skip
    def test_refuses_what_is_no_list_of_points(self, text: str) -> None:
        with pytest.raises(SignatureError) as caught:
            parse_strokes(text)
        assert caught.value.code == "signature.malformed"

    def test_refuses_more_points_than_a_hand_draws(self) -> None:
        with pytest.raises(SignatureError):
            parse_strokes(json.dumps([[[0.5, 0.5]] * 20_001]))

    def test_keeps_a_stroke_that_left_the_pad_at_its_edge(self) -> None:
        assert parse_strokes("[[[-0.5, 1.5], [2, 0.5]]]") == (((0.0, 1.0), (1.0, 0.5)),)

    @given(POINTS)
    def test_keeps_every_point_on_the_pad(self, points: list[list[list[float]]]) -> None:
        strokes = parse_strokes(json.dumps(points))
        assert [len(stroke) for stroke in strokes] == [len(stroke) for stroke in points]
        assert all(0 <= value <= 1 for stroke in strokes for point in stroke for value in point)


class TestDraw:
    def test_gives_black_ink_on_white(self) -> None:
        signature = draw(parse_strokes(STROKES))
        image = cv2.imdecode(np.frombuffer(signature.png, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert image is not None
        assert image.shape == (HEIGHT_PX, WIDTH_PX)
        assert image.min() < 40
        assert image.max() == 255
        assert signature.ink > 1

    @pytest.mark.parametrize(
        "strokes",
        ["[]", "[[]]", "[[[0.5, 0.5]]]", "[[[0.5, 0.5], [0.6, 0.5]]]", "[[[0, 0.5], [1, 0.5]]]",
         "[[[0.5, 0], [0.5, 1], [0.5, 0]]]"],
    )  # fmt: skip
    def test_refuses_nothing_a_dot_and_a_line(self, strokes: str) -> None:
        with pytest.raises(SignatureError) as caught:
            draw(parse_strokes(strokes))
        assert caught.value.code == "signature.too_little_ink"

    @given(POINTS)
    def test_draws_or_refuses_whatever_a_hand_does(self, points: list[list[list[float]]]) -> None:
        png = b""
        with contextlib.suppress(SignatureError):
            png = draw(parse_strokes(json.dumps(points))).png
        assert png == b"" or png.startswith(b"\x89PNG")
