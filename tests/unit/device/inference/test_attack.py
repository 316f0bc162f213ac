import cv2
import numpy as np
import pytest

from device.inference.attack import score
from device.inference.base import CARD_HEIGHT_PX, CARD_WIDTH_PX, Image, Quad

WHOLE = Quad(
    (
        (-0.5, -0.5),
        (CARD_WIDTH_PX - 0.5, -0.5),
        (CARD_WIDTH_PX - 0.5, CARD_HEIGHT_PX - 0.5),
        (-0.5, CARD_HEIGHT_PX - 0.5),
    )
)


def print_card() -> Image:
    """A card in pink and green, with text and fine waves as security print has them."""
    y, x = np.mgrid[:CARD_HEIGHT_PX, :CARD_WIDTH_PX].astype(np.float32)
    waves = 14 * np.sin(x / 3.1 + 9 * np.sin(y / 60) + 4 * np.sin(x / 90))
    tint = 30 * np.sin(x / 400)
    planes = [225 + tint + waves, 205 - tint + waves, 215 + 0.3 * tint + waves]
    image = np.clip(np.stack(planes, axis=2), 0, 255).astype(np.uint8)
    for row in range(8):
        place = (400, 120 + 80 * row)
        cv2.putText(image, "EJEMPLO PRUEBA", place, cv2.FONT_HERSHEY_SIMPLEX, 1.6, (30, 30, 40), 3)
    noise = np.random.default_rng(4).normal(0, 3, image.shape)
    return np.asarray(np.clip(image + noise, 0, 255), np.uint8)


def copied(card: Image) -> Image:
    grey = cv2.cvtColor(card, cv2.COLOR_RGB2GRAY)
    return np.repeat(np.asarray(grey, np.uint8)[..., None], 3, axis=2)


def shown_on_a_screen(card: Image) -> Image:
    columns = np.arange(CARD_WIDTH_PX, dtype=np.float32)
    raster = 1 + 0.2 * np.sin(2 * np.pi * columns / 4.3)
    return np.asarray(np.clip(card * raster[None, :, None], 0, 255), np.uint8)


class TestScore:
    def test_suspects_no_print_in_colour(self) -> None:
        found = score(print_card(), print_card(), WHOLE)
        assert (found.detected, found.kind) == (False, None)

    def test_suspects_a_copy_without_colour_on_a_coloured_table(self) -> None:
        card = copied(print_card())
        frame = np.full((CARD_HEIGHT_PX + 400, CARD_WIDTH_PX + 400, 3), (150, 110, 70), np.uint8)
        frame[200:-200:2] = (60, 120, 90)
        frame[200 : 200 + CARD_HEIGHT_PX, 200 : 200 + CARD_WIDTH_PX] = card
        found = score(frame, card, Quad.of(WHOLE.array() + 200))
        assert (found.detected, found.kind) == (True, "photocopy")

    def test_blames_no_card_for_a_camera_without_colour(self) -> None:
        card = copied(print_card())
        frame = np.full((CARD_HEIGHT_PX + 400, CARD_WIDTH_PX + 400, 3), 120, np.uint8)
        frame[200 : 200 + CARD_HEIGHT_PX, 200 : 200 + CARD_WIDTH_PX] = card
        assert not score(frame, card, Quad.of(WHOLE.array() + 200)).detected

    @pytest.mark.parametrize("turn", [0, 1])
    def test_suspects_the_raster_of_a_screen(self, turn: int) -> None:
        card = shown_on_a_screen(print_card())
        if turn:
            tall = np.asarray(cv2.resize(np.rot90(card), (CARD_WIDTH_PX, CARD_HEIGHT_PX)), np.uint8)
            card = tall
        found = score(card, card, WHOLE)
        assert (found.detected, found.kind) == (True, "screen")
