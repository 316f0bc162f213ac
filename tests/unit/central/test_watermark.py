"""No picture without its mark, and no crash by what is no picture."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from central.review.watermark import NoPictureError, watermark
from tests.portal.vault import picture

LINES = ("Íñigo Ñandú - GOB001", "GOB001-AUX01-E7-00000001 - 2026-11-23 12:00:00")


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#808080", "#c04020"])
@pytest.mark.parametrize("size", [(640, 400), (1600, 1000), (400, 2400)])
def test_shows_on_every_part_of_any_picture(colour: str, size: tuple[int, int]) -> None:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "PNG")
    marked = Image.open(io.BytesIO(watermark(target.getvalue(), LINES))).convert("RGB")
    plain = Image.new("RGB", marked.size, colour)
    difference = ImageChops.difference(marked, plain).convert("L")
    width, height = marked.size
    for left in range(0, width - 300, 150):
        for top in range(0, height - 300, 150):
            part = difference.crop((left, top, left + 300, top + 300))
            assert sum(part.histogram()[40:]) > 200, (left, top)


def test_a_small_signature_gets_paper_and_room_for_the_words() -> None:
    ink = Image.new("RGBA", (200, 80), (0, 0, 0, 0))
    target = io.BytesIO()
    ink.save(target, "PNG")
    marked = Image.open(io.BytesIO(watermark(target.getvalue(), LINES)))
    assert (marked.format, marked.width >= 640) == ("JPEG", True)


def test_carries_nothing_else_of_the_picture_along() -> None:
    source = Image.open(io.BytesIO(picture(700, 400, "#ffffff")))
    exif = Image.Exif()
    exif[0x010E] = "a note that was in the file"
    target = io.BytesIO()
    source.save(target, "JPEG", exif=exif)
    assert b"a note" in target.getvalue()
    assert b"a note" not in watermark(target.getvalue(), LINES)


@given(st.binary(max_size=500))
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    for head in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"):
        with pytest.raises(NoPictureError):
            watermark(head + content, LINES)
