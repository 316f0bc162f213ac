import cv2
import numpy as np

from device.inference.base import Image
from device.inference.contrast import evened


def card(*, faint: bool) -> Image:
    """Lines of dark strokes; those of the right half washed out where `faint`."""
    grey = np.full((810, 1284), 215, np.uint8)
    for y in range(4, 780, 45):
        for x in range(4, 1270, 20):
            cv2.rectangle(grey, (x, y), (x + 6, y + 28), 60, -1)
    if faint:
        grey[:, 642:] = 235 - (235 - grey[:, 642:].astype(int)) // 10
    return grey


def contrast(part: Image) -> float:
    low, high = np.percentile(part, (5, 95))
    return float(high - low)


class TestEvened:
    def test_strengthens_what_is_washed_out(self) -> None:
        seen = card(faint=True)
        assert contrast(evened(seen)[:, 900:]) > 2.5 * contrast(seen[:, 900:])

    def test_leaves_clear_print_as_it_is(self) -> None:
        seen = card(faint=True)
        assert np.abs(evened(seen)[:, :400].astype(int) - seen[:, :400]).max() <= 2
        clear = card(faint=False)
        assert np.array_equal(evened(clear), clear)

    def test_takes_a_card_of_one_tone(self) -> None:
        assert evened(np.full((810, 1284), 128, np.uint8)).shape == (810, 1284)
