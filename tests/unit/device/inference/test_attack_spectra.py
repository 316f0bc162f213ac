"""Rhythms of dots and display pixels show in the spectra, and print of a card does not."""

import numpy as np

from device.inference.attack_spectra import PIECE, spectra
from device.inference.base import Image

_TILE = PIECE // 2
_MEAN, _STRONGEST, _WEAKEST = 1, 2, 3


def pieces(rhythm: float, *, everywhere: bool = True, colour: bool = False) -> Image:
    """Two rows of four pieces of noise, with a faint raster of some cycles a piece."""
    rng = np.random.default_rng(6)
    values = rng.normal(128, 2, (2 * PIECE, 4 * PIECE, 3))
    columns = np.arange(4 * PIECE)
    wave = 3 * np.sin(2 * np.pi * rhythm * columns / PIECE)
    if not everywhere:
        wave[PIECE:] = 0
    for channel, sign in enumerate((1, -1, 1) if colour else (1, 1, 1)):
        values[..., channel] += sign * wave
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def standing_out(image: Image, picture: int, rhythm: int, plane: int = 0) -> int:
    """How bright a rhythm along the rows is in one picture of the upper row's spectra."""
    return int(image[_TILE, picture * _TILE + rhythm, plane])


class TestSpectra:
    def test_a_raster_too_faint_to_see_stands_out_at_its_own_place(self) -> None:
        drawn = spectra(pieces(20))
        own = standing_out(drawn, _MEAN, 20)
        others = np.delete(drawn[:, _TILE : 2 * _TILE, 0], [18, 19, 20, 21, 22], axis=1)
        assert own > int(others.max()) + 20

    def test_a_raster_in_one_piece_alone_is_no_raster_of_the_whole(self) -> None:
        drawn = spectra(pieces(20, everywhere=False))
        assert standing_out(drawn, _STRONGEST, 20) > standing_out(drawn, _WEAKEST, 20) + 40
        whole = spectra(pieces(20))
        assert standing_out(whole, _WEAKEST, 20) > standing_out(drawn, _WEAKEST, 20) + 40

    def test_dots_of_colour_show_where_brightness_has_none(self) -> None:
        # Red and blue against green: nothing is left of it in the brightness.
        drawn = spectra(pieces(20, colour=True))
        assert standing_out(drawn, _MEAN, 20, plane=1) > standing_out(drawn, _MEAN, 20) + 60

    def test_either_row_of_pieces_has_its_own_pictures(self) -> None:
        upper, lower = pieces(20)[:PIECE], pieces(31)[:PIECE]
        drawn = spectra(np.concatenate([upper, lower]))
        alone = spectra(np.concatenate([upper, upper]))
        assert np.array_equal(drawn[:, : 4 * _TILE], alone[:, : 4 * _TILE])
        assert drawn[_TILE, 5 * _TILE + 31, 0] > drawn[_TILE, 5 * _TILE + 20, 0] + 60
