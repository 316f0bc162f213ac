"""What the fast network doubts is read again by the exact one, and nothing else is."""

from collections.abc import Sequence

import numpy as np

from device.inference.base import Emissions, Image, TextBox, TextLine
from device.inference.second_reading import SecondReading

GREY = np.zeros((40, 400), np.uint8)
BOXES = [TextBox(0, 0, 100, 20), TextBox(120, 0, 220, 20), TextBox(240, 0, 340, 20)]


class _Reader:
    """Reads every box as `text`, with the confidence listed for its left edge."""

    def __init__(self, text: str, confidence: dict[float, float]) -> None:
        self.text = text
        self.confidence = confidence
        self.asked: list[TextBox] = []

    def read(self, grey: Image, boxes: Sequence[TextBox]) -> list[TextLine]:
        self.asked += boxes
        nothing = Emissions(np.zeros((1, 2), np.float32), "A", 0.0, 1.0)
        return [
            TextLine(self.text, self.confidence.get(box.x0, 1.0), box, (), nothing) for box in boxes
        ]


def test_only_doubtful_lines_are_read_again_and_keep_their_place() -> None:
    fast = _Reader("FAST", {120: 0.6})
    exact = _Reader("EXACT", {120: 0.9})
    lines = SecondReading(fast, exact).read(GREY, BOXES)
    assert [line.text for line in lines] == ["FAST", "EXACT", "FAST"]
    assert [line.box for line in lines] == BOXES
    assert exact.asked == [BOXES[1]]


def test_nothing_to_read_is_no_line() -> None:
    assert SecondReading(_Reader("FAST", {}), _Reader("EXACT", {})).read(GREY, []) == []
