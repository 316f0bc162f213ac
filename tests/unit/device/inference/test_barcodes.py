import base64

import cv2
import numpy as np
import pytest
import zxingcpp

from device.inference.barcodes import BarcodeReader, read_barcodes
from device.inference.base import CARD_HEIGHT_PX, CARD_WIDTH_PX, Image, Quad
from device.inference.code_regions import find_regions
from device.inference.rectify import rectify
from device.inference.sharpen import CodeSharpener
from device.inference.tflite import DEFAULT_MODELS, list_models

KINDS = zxingcpp.BarcodeFormat
SHARPENER = CodeSharpener(list_models(DEFAULT_MODELS, int8=True)["code_sharpener"])


def symbol(content: str | bytes, kind: zxingcpp.BarcodeFormat, *, scale: int = 3) -> Image:
    code = zxingcpp.create_barcode(content, kind)
    return np.asarray(zxingcpp.write_barcode_to_image(code, scale=scale, add_quiet_zones=True))


def card_with(*symbols: Image) -> Image:
    """A card with symbols side by side."""
    card = np.full((CARD_HEIGHT_PX, CARD_WIDTH_PX), 235, np.uint8)
    left = 60
    for drawn in symbols:
        card[60 : 60 + drawn.shape[0], left : left + drawn.shape[1]] = drawn
        left += drawn.shape[1] + 40
    return card


def photographed(card: Image, *, width: int, blur: float) -> tuple[Image, Quad]:
    """Give a frame in which the card is so many pixels wide, out of focus, and its quad."""
    height = round(width * CARD_HEIGHT_PX / CARD_WIDTH_PX)
    small = cv2.resize(card, (width, height), interpolation=cv2.INTER_AREA)
    frame = np.full((height + 120, width + 120, 3), 90, np.uint8)
    frame[60 : 60 + height, 60 : 60 + width] = small[:, :, None]
    noise = np.random.default_rng(8).normal(0, 2, frame.shape)
    blurred = cv2.GaussianBlur(frame, (0, 0), blur) + noise
    near, right, below = 59.5, 59.5 + width, 59.5 + height
    quad = Quad.of([(near, near), (right, near), (right, below), (near, below)])
    return np.clip(blurred, 0, 255).astype(np.uint8), quad


def flat_card(frame: Image, quad: Quad) -> Image:
    return rectify(np.ascontiguousarray(frame[:, :, 1]), quad)


class TestReadBarcodes:
    @pytest.mark.parametrize(
        ("kind", "name"),
        [(KINDS.QRCode, "QR"), (KINDS.PDF417, "PDF417"), (KINDS.Code128, "Code128")],
    )
    def test_reads_each_kind(self, kind: zxingcpp.BarcodeFormat, name: str) -> None:
        (found,) = read_barcodes(card_with(symbol("0001234567890", kind)))
        assert (found.format, found.text) == (name, "0001234567890")

    def test_keeps_bytes_that_are_no_text(self) -> None:
        content = bytes(range(128, 256)) * 3
        (found,) = read_barcodes(card_with(symbol(content, KINDS.QRCode)))
        assert found.text is None
        assert found.to_json() == {"format": "QR", "base64": base64.b64encode(content).decode()}

    def test_reads_two_dense_codes_side_by_side(self) -> None:
        contents = [np.random.default_rng(seed).bytes(600) for seed in (1, 2)]
        card = card_with(*(symbol(content, KINDS.QRCode) for content in contents))
        assert {found.payload for found in read_barcodes(card)} == set(contents)

    @pytest.mark.parametrize("kind", [KINDS.EAN8, KINDS.DataMatrix, KINDS.Aztec])
    def test_leaves_other_kinds_alone(self, kind: zxingcpp.BarcodeFormat) -> None:
        foreign = symbol("12345670", kind)
        assert read_barcodes(card_with(foreign)) == ()
        (own,) = read_barcodes(card_with(foreign, symbol("0001234567890", KINDS.Code128)))
        assert own.text == "0001234567890"

    def test_gives_no_code_128_whose_check_character_is_wrong(self) -> None:
        bars = symbol("1234567890", KINDS.Code128, scale=3)
        first = int(np.flatnonzero(bars.min(axis=0) < 128)[0])
        character = 11 * 3
        swapped = bars.copy()
        one, two = (slice(first + n * character, first + (n + 1) * character) for n in (1, 2))
        swapped[:, one], swapped[:, two] = bars[:, two], bars[:, one]
        assert read_barcodes(card_with(bars))
        assert read_barcodes(card_with(swapped)) == ()

    def test_a_damaged_code_does_not_hide_its_neighbour(self) -> None:
        torn = symbol(np.random.default_rng(4).bytes(500), KINDS.QRCode).copy()
        torn[: torn.shape[0] // 2, : torn.shape[1] // 2] = 255
        (found,) = read_barcodes(card_with(torn, symbol("whole", KINDS.QRCode)))
        assert found.text == "whole"

    def test_finds_nothing_in_noise(self) -> None:
        noise = np.random.default_rng(3).integers(0, 256, (400, 600), np.uint8)
        assert read_barcodes(noise) == ()


class TestBarcodeReader:
    @pytest.mark.parametrize(
        ("content", "kind", "width", "blur"),
        [
            (np.random.default_rng(5).bytes(400), KINDS.QRCode, 1000, 1.4),
            ("0001234567890", KINDS.Code128, 800, 1.7),
        ],
    )
    def test_reads_in_the_frame_what_is_too_blurred_on_the_card(
        self, content: str | bytes, kind: zxingcpp.BarcodeFormat, width: int, blur: float
    ) -> None:
        frame, quad = photographed(card_with(symbol(content, kind)), width=width, blur=blur)
        card = flat_card(frame, quad)
        assert read_barcodes(card) == ()
        (found,) = BarcodeReader(SHARPENER).read(card, frame, quad)
        assert found.payload == (content.encode() if isinstance(content, str) else content)

    def test_reads_a_code_that_wrong_corners_cut_off(self) -> None:
        frame, quad = photographed(
            card_with(symbol("whole", KINDS.QRCode, scale=6)), width=1000, blur=0.5
        )
        inset = Quad.of(quad.array() + np.array([[70, 60], [0, 0], [0, 0], [70, 0]]))
        card = flat_card(frame, inset)
        assert read_barcodes(card) == ()
        assert [c.text for c in BarcodeReader(None).read(card, frame, inset)] == ["whole"]

    @pytest.mark.parametrize("side", [2, 40])
    def test_survives_a_card_of_few_pixels(self, side: int) -> None:
        frame = np.random.default_rng(6).integers(0, 256, (side, side, 3), np.uint8)
        quad = Quad.of([(-9, -5), (side + 7, 0), (side + 5, side + 4), (0, side)])
        assert BarcodeReader(SHARPENER).read(flat_card(frame, quad), frame, quad) == ()

    def test_draws_no_code_where_there_is_none(self) -> None:
        rng = np.random.default_rng(7)
        texture = cv2.resize(rng.integers(0, 2, (200, 320), np.uint8) * 200, (1284, 810))
        frame, quad = photographed(np.asarray(texture, np.uint8), width=900, blur=1.0)
        assert BarcodeReader(SHARPENER).read(flat_card(frame, quad), frame, quad) == ()


class TestFindRegions:
    def test_finds_each_code_whole_and_not_the_bare_card(self) -> None:
        code = symbol("0001234567890", KINDS.QRCode, scale=5)
        card = card_with(code)
        (found,) = find_regions(card)
        assert max(found.x0, found.y0) < 75
        assert found.x1 > 45 + code.shape[1]
        assert found.y1 > 45 + code.shape[0]
        assert find_regions(np.full_like(card, 200)) == []

    def test_leaves_out_what_is_known(self) -> None:
        card = card_with(symbol("0001234567890", KINDS.QRCode))
        assert find_regions(card, find_regions(card)) == []
