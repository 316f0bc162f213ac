"""A picture with who looks at it, when, and at which record, burnt in: a copy names its source."""

import io

from PIL import Image, ImageDraw, ImageFont, ImageOps

from domain.credential.text import fold

JPEG_QUALITY = 85
# Larger pictures are made smaller: a screen shows no more, and neither does a print.
_MOST_PX = 2000
_LEAST_PX = 640
_LINE_EVERY = 6  # heights of the text, between two lines
_TILT_DEGREES = 24


class NoPictureError(Exception):
    """The bytes are no picture that can be shown."""


def watermark(content: bytes, lines: tuple[str, ...]) -> bytes:
    """Give a picture as JPEG with the lines written across all of it and once below.

    Raises:
        NoPictureError: It cannot be read; it is never shown without its mark.
    """
    picture = _read(content)
    words = " / ".join(fold(line) for line in lines)  # the font has no accents
    picture = Image.alpha_composite(picture.convert("RGBA"), _tiles(picture.size, words))
    whole = _with_foot(picture.convert("RGB"), [fold(line) for line in lines])
    target = io.BytesIO()
    whole.save(target, "JPEG", quality=JPEG_QUALITY)
    return target.getvalue()


def _read(content: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((_MOST_PX, _MOST_PX))
            picture = upright.convert("RGBA")
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NoPictureError("the bytes are no picture") from error
    # A signature is ink on nothing, and small: it gets paper, and room for the words.
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    if paper.width < _LEAST_PX:
        paper = paper.resize((_LEAST_PX, max(1, round(paper.height * _LEAST_PX / paper.width))))
    return paper.convert("RGB")


def _tiles(size: tuple[int, int], words: str) -> Image.Image:
    """Write the words again and again, tilted, light with a dark edge: they show on any picture."""
    text_px = max(14, min(size) // 24)
    font = ImageFont.load_default(text_px)
    side = int((size[0] ** 2 + size[1] ** 2) ** 0.5) + text_px
    layer = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    width = max(1, int(draw.textlength(words + "   ", font=font)))
    for number, y in enumerate(range(0, side, text_px * _LINE_EVERY)):
        for x in range(-(number * width // 3) % width - width, side, width):
            draw.text(
                (x, y),
                words,
                font=font,
                fill=(255, 255, 255, 150),
                stroke_width=1,
                stroke_fill=(20, 20, 20, 130),
            )
    turned = layer.rotate(_TILT_DEGREES, resample=Image.Resampling.BILINEAR)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def _with_foot(picture: Image.Image, lines: list[str]) -> Image.Image:
    """Put the lines below the picture, where they can be read whatever it shows."""
    font = ImageFont.load_default(18)
    foot_px = 24 * len(lines) + 16
    whole = Image.new("RGB", (picture.width, picture.height + foot_px), "white")
    whole.paste(picture)
    draw = ImageDraw.Draw(whole)
    for number, line in enumerate(lines):
        draw.text((12, picture.height + 8 + 24 * number), line, font=font, fill="black")
    return whole
