"""Files that are no proper image, or none a camera takes, each with what must come of it."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import PngImagePlugin

# The code of a refusal; None is an image, whatever is found on it.
Expected = str | None
TOO_LARGE, UNREADABLE = "image.too_large", "image.unreadable"


def picture(width: int = 96, height: int = 64, mode: str = "RGB") -> Pillow.Image:
    rng = np.random.default_rng(7)
    values = rng.integers(0, 255, (height, width, 3), np.uint8)
    return Pillow.fromarray(values).convert(mode)


def encoded(image: Pillow.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def png(width: int, height: int, *extra: bytes, data: bytes = b"", depth: int = 8) -> bytes:
    """Return a PNG of grey pixels that claims this size, with further chunks before its data."""
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    parts = [_chunk(b"IHDR", header), *extra, _chunk(b"IDAT", data), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _bomb(million: int) -> bytes:
    return zlib.compress(b"\0" * (million << 20), 9)


def _many_scans() -> bytes:
    """Return a progressive JPEG whose last scan comes over and over again."""
    whole = encoded(picture(), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * 400 + whole[-2:]


def _tiff(*entries: tuple[int, int, int], data: bytes = b"\0" * 64) -> bytes:
    """Return a little-endian TIFF of these entries: tag, kind (3 short, 4 long) and value."""
    offset = 8 + len(data)
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return struct.pack("<2sHI", b"II", 42, offset) + data + struct.pack("<H", len(entries)) + body


def _tiled(side: int, tile: int, offset: int = 8) -> bytes:
    return _tiff(
        (256, 4, side), (257, 4, side), (258, 3, 8), (259, 3, 1), (262, 3, 1), (277, 3, 1),
        (322, 4, tile), (323, 4, tile), (324, 4, offset), (325, 4, 64),
    )  # fmt: skip


def _frames(kind: str) -> bytes:
    return encoded(picture(), kind, save_all=True, append_images=[picture(), picture(32, 20)])


def _text_bomb() -> bytes:
    bombs = [_chunk(b"zTXt", b"Comment\0\0" + _bomb(60)) for _ in range(4)]
    return png(96, 64, *bombs, data=zlib.compress(b"\0" * (97 * 64)))


def _profile_bomb() -> bytes:
    profile = _chunk(b"iCCP", b"x\0\0" + _bomb(200))
    return png(96, 64, profile, data=zlib.compress(b"\0" * (97 * 64)))


def _long_exif() -> bytes:
    exif = Pillow.Exif()
    exif[0x010E] = "x" * 60_000
    return encoded(picture(), "JPEG", exif=exif, comment=b"y" * 60_000)


def _turned(orientation: int) -> bytes:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    return encoded(picture(), "JPEG", exif=exif)


def _texts() -> bytes:
    texts = PngImagePlugin.PngInfo()
    for number in range(2000):
        texts.add_text(f"key{number}", "z" * 400)
    return encoded(picture(), "PNG", pnginfo=texts)


_DEEP = Pillow.fromarray(np.full((64, 96), 40_000, np.uint16))
_JPEG, _PNG = encoded(picture(), "JPEG"), encoded(picture(), "PNG")

FILES: dict[str, tuple[Callable[[], bytes], Expected]] = {
    "truncated.jpg": (lambda: _JPEG[: len(_JPEG) // 2], UNREADABLE),
    "truncated.png": (lambda: _PNG[: len(_PNG) // 2], UNREADABLE),
    "header_alone.jpg": (lambda: _JPEG[:24], UNREADABLE),
    "one_pixel.png": (lambda: encoded(picture(1, 1), "PNG"), None),
    "one_row.png": (lambda: encoded(picture(900, 1), "PNG"), None),
    "claims_20000.png": (lambda: png(20_000, 20_000), TOO_LARGE),
    "claims_20000.bmp": (
        lambda: struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54, 0, 0, 54, 40, 20_000, 20_000,
                            1, 24, 0, 0, 0, 0, 0, 0),
        TOO_LARGE,
    ),
    "claims_all.png": (lambda: png(2**31 - 1, 2**31 - 1), TOO_LARGE),
    "claims_nothing.png": (lambda: png(0, 0), UNREADABLE),
    "long_and_thin.png": (lambda: png(40_000, 48), TOO_LARGE),
    "grey.jpg": (lambda: encoded(picture(mode="L"), "JPEG"), None),
    "cmyk.jpg": (lambda: encoded(picture(mode="CMYK"), "JPEG"), None),
    "cmyk.tif": (lambda: encoded(picture(mode="CMYK"), "TIFF"), None),
    "lab.tif": (lambda: encoded(picture(mode="LAB"), "TIFF"), None),
    "deep.png": (lambda: encoded(_DEEP, "PNG"), None),
    "deep.tif": (lambda: encoded(_DEEP, "TIFF"), None),
    "float.tif": (lambda: encoded(picture(mode="F"), "TIFF"), None),
    "palette.png": (lambda: encoded(picture(mode="P"), "PNG", transparency=3), None),
    "two_tones.png": (lambda: encoded(picture(mode="1"), "PNG"), None),
    "alpha.png": (lambda: encoded(picture(mode="RGBA"), "PNG"), None),
    "alpha.webp": (lambda: encoded(picture(mode="RGBA"), "WEBP"), None),
    **{f"turned_{n}.jpg": (partial(_turned, n), None) for n in range(10)},
    "animated.gif": (lambda: _frames("GIF"), None),
    "animated.webp": (lambda: encoded(
        picture(), "WEBP", save_all=True, append_images=[picture()]), None),
    "several.jpg": (lambda: _frames("MPO"), None),
    "several.tif": (lambda: _frames("TIFF"), None),
    "long_exif.jpg": (_long_exif, None),
    "many_texts.png": (_texts, None),
    "text_bomb.png": (_text_bomb, UNREADABLE),
    "profile_bomb.png": (_profile_bomb, UNREADABLE),
    "many_scans.jpg": (_many_scans, TOO_LARGE),
    "wide_tiles.tif": (lambda: _tiled(100, 60_000), TOO_LARGE),
    "no_tiles.tif": (lambda: _tiled(100, 16, offset=2**31), UNREADABLE),
    "tiles_of_nothing.tif": (lambda: _tiled(100, 0), UNREADABLE),
    "garbage.jpg": (lambda: np.random.default_rng(3).bytes(5000), UNREADABLE),
    "empty.png": (lambda: b"", UNREADABLE),
    "program.png": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", UNREADABLE),
    "page.jpg": (lambda: b"<html><script>alert(1)</script></html>", UNREADABLE),
}  # fmt: skip


def write_odd_files(folder: Path) -> Iterator[tuple[Path, Expected]]:
    """Write them all, and what is no file; yield each path with what must come of it."""
    for name, (make, expected) in FILES.items():
        (folder / name).write_bytes(make())
        yield folder / name, expected
    (folder / "folder.png").mkdir()
    yield folder / "folder.png" / "inside.png", "image.absent"
    (folder / "link.png").symlink_to(folder / "grey.jpg")
    yield folder / "link.png", None
    (folder / "dangling.png").symlink_to(folder / "nowhere.png")
    yield folder / "dangling.png", "image.absent"
    (folder / "loop.png").symlink_to(folder / "loop.png")
    yield folder / "loop.png", "image.absent"
    os.mkfifo(folder / "pipe.png")
    yield folder / "pipe.png", "image.not_a_file"
    yield folder / "absent.png", "image.absent"
    unnamable = Path(os.fsdecode(os.fsencode(folder) + b"/na\xffme.png"))
    unnamable.write_bytes(_PNG)
    yield unnamable, None
