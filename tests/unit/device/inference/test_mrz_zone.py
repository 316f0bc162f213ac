from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from device.inference.base import TextBox
from device.inference.mrz import MrzReading, find_rows, read
from device.inference.scripted import ScriptedText, ScriptedTextRecogniser
from tests.unit.device.inference.specimen import MRZ, Doubts, back, zone_line

BLANK = np.zeros((810, 1284), np.uint8)


def read_zone(
    texts: Sequence[ScriptedText], boxes: Sequence[TextBox] | None = None
) -> MrzReading | None:
    return read(BLANK, boxes or [t.box for t in texts], ScriptedTextRecogniser(texts))


class TestRead:
    def test_reads_the_specimen(self) -> None:
        found = read_zone(back())
        assert found is not None
        assert found.lines == MRZ
        assert found.printed == MRZ
        assert found.confidence > 0.99

    @pytest.mark.parametrize(
        "doubts",
        [
            {0: {6: ("7", 0.6)}},
            {0: {20: ("8", 0.6)}},
            {1: {3: ("8", 0.6)}},
            {1: {3: ("8", 0.55), 10: ("7", 0.55)}},
        ],
    )
    def test_lets_the_check_digits_choose(self, doubts: Mapping[int, Doubts]) -> None:
        found = read_zone(back(doubts=doubts))
        assert found is not None
        assert found.lines == MRZ

    def test_never_fills_in_what_was_not_seen(self) -> None:
        texts = [zone_line(0, MRZ[0].replace("1234567897", "1234967897")), *back()[1:]]
        assert read_zone(texts) is None

    def test_withholds_names_without_proof(self) -> None:
        found = read_zone(back(doubts={2: {3: ("N", 0.49)}}))
        assert found is not None
        assert found.printed is None

    def test_finds_a_line_that_the_detector_missed(self) -> None:
        texts = back()
        for missed in range(3):
            found = read_zone(texts, [t.box for i, t in enumerate(texts) if i != missed])
            assert found is not None
            assert found.lines == MRZ

    def test_is_absent_where_there_are_other_long_lines(self) -> None:
        words = "ESTE DOCUMENTO ES INTRANSFERIBLE NO ES VALIDO"
        texts = [zone_line(row, words) for row in range(3)]
        assert read_zone(texts) is None

    def test_is_absent_where_nothing_is_printed(self) -> None:
        assert read_zone([]) is None


class TestFindRows:
    def test_joins_the_pieces_of_a_line(self) -> None:
        whole = [text.box for text in back()]
        pieces = [
            TextBox(x0, box.y0, x1, box.y1)
            for box in whole
            for x0, x1 in ((box.x0, 300), (330, 500), (540, box.x1))
        ]
        assert find_rows(pieces)[0] == tuple(whole)

    def test_follows_lines_that_sink_to_the_right(self) -> None:
        pieces = [
            TextBox(x, 600 + 60 * row + 0.03 * x, x + 500, 634 + 60 * row + 0.03 * x, 0.03)
            for row in range(3)
            for x in (60, 600)
        ]
        (rows, *_) = find_rows(pieces)
        assert [row.slope for row in rows] == pytest.approx([0.03] * 3, abs=0.005)
        assert [(row.x0, row.x1) for row in rows] == [(60, 1100)] * 3
