import base64

import numpy as np
import pytest
import zxingcpp

from device.inference.barcodes import read_barcodes
from device.inference.base import Image


def card_with(content: str | bytes, kind: zxingcpp.BarcodeFormat) -> Image:
    code = zxingcpp.create_barcode(content, kind)
    drawn = np.asarray(zxingcpp.write_barcode_to_image(code, scale=3, add_quiet_zones=True))
    card = np.full((810, 1284), 235, np.uint8)
    card[60 : 60 + drawn.shape[0], 60 : 60 + drawn.shape[1]] = drawn
    return card


class TestReadBarcodes:
    @pytest.mark.parametrize(
        ("kind", "name"),
        [
            (zxingcpp.BarcodeFormat.QRCode, "QR"),
            (zxingcpp.BarcodeFormat.PDF417, "PDF417"),
            (zxingcpp.BarcodeFormat.Code128, "Code128"),
        ],
    )
    def test_reads_each_kind(self, kind: zxingcpp.BarcodeFormat, name: str) -> None:
        (found,) = read_barcodes(card_with("0001234567890", kind))
        assert (found.format, found.text) == (name, "0001234567890")

    def test_keeps_bytes_that_are_no_text(self) -> None:
        content = bytes(range(128, 256)) * 3
        (found,) = read_barcodes(card_with(content, zxingcpp.BarcodeFormat.QRCode))
        assert found.text is None
        assert found.to_json() == {"format": "QR", "base64": base64.b64encode(content).decode()}

    def test_leaves_other_kinds_alone(self) -> None:
        assert read_barcodes(card_with("12345670", zxingcpp.BarcodeFormat.EAN8)) == ()

    def test_finds_nothing_in_noise(self) -> None:
        noise = np.random.default_rng(3).integers(0, 256, (400, 600), np.uint8)
        assert read_barcodes(noise) == ()
