import cv2
import numpy as np
import pytest

from device.inference.base import Floats, TextBox
from device.inference.text_boxes import decode, unframed


def drawn(*segments: tuple[float, float, float, float], slope: float = 0.0) -> Floats:
    """The map of segments (x0, y0, x1, y1 in input pixels) as training draws it."""
    maps = np.zeros((100, 160, 3), np.float32)
    maps[..., 0] = -8
    for x0, y0, x1, y1 in segments:
        for column in range(round(x0 / 4), round(x1 / 4)):
            lift = slope * ((column + 0.5) * 4 - (x0 + x1) / 2)
            top, bottom = y0 + lift, y1 + lift
            for row in range(100):
                y = (row + 0.5) * 4
                if top + (bottom - top) / 4 <= y <= bottom - (bottom - top) / 4:
                    maps[row, column] = (8, (y - top) / 16, (bottom - y) / 16)
    return maps


class TestDecode:
    def test_gives_one_box_per_segment_in_reading_order(self) -> None:
        found = decode(drawn((300, 200, 400, 216), (40, 40, 120, 56)), stride=4, threshold=0.5)
        assert [(b.x0, b.x1) for b in found] == [(40, 120), (300, 400)]
        assert [b.y0 for b in found] == pytest.approx([40, 200], abs=0.01)
        assert [b.y1 for b in found] == pytest.approx([56, 216], abs=0.01)

    def test_keeps_lines_that_stand_close_apart(self) -> None:
        found = decode(drawn((40, 40, 200, 56), (40, 58, 200, 74)), stride=4, threshold=0.5)
        assert len(found) == 2

    def test_tells_the_slope_of_a_long_line(self) -> None:
        (found,) = decode(drawn((40, 300, 600, 320), slope=0.02), stride=4, threshold=0.5)
        assert found.slope == pytest.approx(0.02, abs=0.004)
        assert [found.y0, found.y1] == pytest.approx([300, 320], abs=1)

    def test_leaves_specks_out(self) -> None:
        maps = drawn()
        maps[10, 10] = (8, 0.5, 0.5)
        assert decode(maps, stride=4, threshold=0.5) == []


class TestUnframed:
    NUMBER = TextBox(60, 40, 140, 68)

    def printed(self, *, frame: bool, blur: float) -> np.ndarray:
        """A number of upright strokes, with or without a frame around it."""
        grey = np.full((108, 200), 220, np.uint8)
        for x in (62, 82, 102, 134):
            cv2.rectangle(grey, (x, 40), (x + 4, 67), 60, -1)
        if frame:
            cv2.rectangle(grey, (48, 30), (152, 78), 60, 2)
        return np.asarray(cv2.GaussianBlur(grey, (0, 0), blur), np.uint8)

    @pytest.mark.parametrize("blur", [0.5, 2.0, 4.0])
    def test_leaves_the_outer_digits_of_a_number_alone(self, blur: float) -> None:
        assert unframed(self.printed(frame=False, blur=blur), self.NUMBER) == self.NUMBER

    def test_keeps_the_sides_of_a_frame_out_of_the_crop(self) -> None:
        wide = TextBox(44, 40, 156, 68)
        found = unframed(self.printed(frame=True, blur=0.8), wide)
        assert found.x0 > 50
        assert found.x1 < 150
