from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from device.inference.base import ImageError
from device.inference.images import as_rgb, read_image


def picture() -> np.ndarray:
    values = np.zeros((40, 60, 3), np.uint8)
    values[:20, :30] = (200, 100, 50)
    return values


class TestReadImage:
    def test_turns_a_photo_upright_by_its_exif(self, tmp_path: Path) -> None:
        exif = Pillow.Exif()
        exif[0x0112] = 6  # to be turned by a quarter, clockwise
        Pillow.fromarray(picture()).save(tmp_path / "turned.png", exif=exif)
        found = read_image(tmp_path / "turned.png")
        assert found.shape == (60, 40, 3)
        assert tuple(found[5, 30]) == (200, 100, 50)

    def test_brings_sixteen_bits_to_eight(self, tmp_path: Path) -> None:
        values = np.full((30, 30), 40_000, np.uint16)
        Pillow.fromarray(values).save(tmp_path / "deep.png")
        found = read_image(tmp_path / "deep.png")
        assert found.dtype == np.uint8
        assert abs(int(found[3, 3, 0]) - 40_000 // 257) <= 1

    @pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK"])
    def test_reads_every_mode_as_three_channels(self, tmp_path: Path, mode: str) -> None:
        suffix = "tif" if mode == "CMYK" else "png"
        Pillow.fromarray(picture()).convert(mode).save(tmp_path / f"image.{suffix}")
        found = read_image(tmp_path / f"image.{suffix}")
        assert found.shape == (40, 60, 3)
        assert found.dtype == np.uint8

    @pytest.mark.parametrize("content", [b"", b"no image at all", b"\x89PNG\r\n\x1a\n1234"])
    def test_refuses_what_is_no_image(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "x.png").write_bytes(content)
        with pytest.raises(ImageError) as caught:
            read_image(tmp_path / "x.png")
        assert caught.value.code == "image.unreadable"

    def test_refuses_half_an_image(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(1)
        Pillow.fromarray(rng.integers(0, 255, (90, 90, 3), np.uint8)).save(tmp_path / "x.jpg")
        (tmp_path / "x.jpg").write_bytes((tmp_path / "x.jpg").read_bytes()[:900])
        with pytest.raises(ImageError):
            read_image(tmp_path / "x.jpg")

    def test_refuses_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ImageError):
            read_image(tmp_path / "absent.jpg")


class TestAsRgb:
    def test_lays_transparent_pixels_over_grey(self) -> None:
        values = np.zeros((4, 4, 4), np.uint8)
        assert as_rgb(values)[0, 0].tolist() == [128, 128, 128]

    def test_scales_floats_of_one(self) -> None:
        assert as_rgb(np.ones((4, 4)))[0, 0].tolist() == [255, 255, 255]

    @pytest.mark.parametrize("shape", [(3,), (4, 4, 5), (0, 4, 3), (2, 2, 2, 3)])
    def test_refuses_other_shapes(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ImageError):
            as_rgb(np.zeros(shape, np.uint8))
