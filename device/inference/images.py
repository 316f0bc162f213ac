"""Any image a camera or a file gives, as R, G, B of eight bits.

A file may be anything: each fault ends in an `ImageError` with its code, and neither memory nor
time grow with what a file claims of itself.
"""

from __future__ import annotations

import mmap
import os
import stat
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageOps
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from device.inference.base import Image, ImageError

MOST_PIXELS = 64_000_000  # beyond any camera of a station: a larger file is a mistake or an attack
MOST_SIDE_PX = 16_384  # OpenCV projects nothing wider than 32,766; no camera comes near half of it
MOST_BYTES = 256 << 20  # a bitmap of the most pixels, with room

CODES: tuple[str, ...] = (
    "image.absent",
    "image.not_a_file",
    "image.too_large",
    "image.unreadable",
)

# Others are never taken by a camera, and some of Pillow's readers start other programs.
_FORMATS = tuple(
    str(kind.format)
    for kind in (
        BmpImageFile, GifImageFile, JpegImageFile, PngImageFile, TiffImageFile, WebPImageFile,
    )
)  # fmt: skip
_MOST_SCANS = 100  # a progressive JPEG has about ten; each costs a pass over the whole picture
_START_OF_SCAN = b"\xff\xda"
_MOST_TILE_BYTES = 64 << 20  # of a TIFF, whose tiles may be larger than its picture
_TILE_SIZE = (322, 323)  # TIFF tags: width and height of a tile
# Damage inside a file comes out of Pillow as any of these.
_DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
_STRIP_PX = 1 << 20  # pixels that are brought to eight bits at a time


def read_image(path: Path) -> Image:
    """Return the image of a file, upright by its EXIF orientation; of several, the first.

    Raises:
        ImageError: Its code says why: the file is absent (or may not be read), is no regular file,
            is too large, or is no image, which includes a damaged one.
    """
    with _opened(path) as file:
        try:
            return _decoded(file, path)
        except Pillow.DecompressionBombError as error:
            raise ImageError(f"{path} claims too many pixels", code="image.too_large") from error
        except _DAMAGE as error:
            raise ImageError(f"{path} cannot be read as an image") from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        # A pipe that nobody writes to would keep an ordinary open waiting for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise ImageError(f"{path} cannot be opened", code="image.absent") from error
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise ImageError(f"{path} is no regular file", code="image.not_a_file")
        if about.st_size > MOST_BYTES:
            message = f"{path} has more than {MOST_BYTES} bytes"
            raise ImageError(message, code="image.too_large")
        yield file


def _decoded(file: BinaryIO, path: Path) -> Image:
    with warnings.catch_warnings():
        # What Pillow warns of is either damage, which is raised, or does not matter.
        warnings.simplefilter("ignore")
        with Pillow.open(file, formats=_FORMATS) as opened:
            _refuse_bombs(opened, file, path)
            ImageOps.exif_transpose(opened, in_place=True)
            if opened.mode.startswith(("I", "F")):
                return as_rgb(np.asarray(opened))
            has_alpha = opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info
            return _converted(opened, "RGBA" if has_alpha else "RGB")


def _converted(opened: Pillow.Image, mode: str) -> Image:
    """Return the image by way of a mode of Pillow's, strip by strip: its copies are large."""
    width, height = opened.size
    image = np.empty((height, width, 3), np.uint8)
    rows = max(1, _STRIP_PX // width)
    for y in range(0, height, rows):
        below = min(y + rows, height)
        part = opened.crop((0, y, width, below)).convert(mode)
        image[y:below] = as_rgb(np.asarray(part))
    return image


def _refuse_bombs(opened: Pillow.Image, file: BinaryIO, path: Path) -> None:
    """Refuse what would take memory or time out of all proportion, before it is decoded."""
    if opened.width * opened.height > MOST_PIXELS or max(opened.size) > MOST_SIDE_PX:
        message = f"{path} has more than {MOST_PIXELS} pixels, or {MOST_SIDE_PX} in a row"
        raise ImageError(message, code="image.too_large")
    if opened.format in ("JPEG", "MPO") and _count(file, _START_OF_SCAN) > _MOST_SCANS:
        raise ImageError(f"{path} has more than {_MOST_SCANS} scans", code="image.too_large")
    if opened.format == "TIFF":
        tags = getattr(opened, "tag_v2", {})
        across, down = (int(tags.get(tag, 0)) for tag in _TILE_SIZE)
        if across * down * 4 > _MOST_TILE_BYTES:
            raise ImageError(f"{path} has tiles of {across}×{down}", code="image.too_large")


def _count(file: BinaryIO, marker: bytes) -> int:
    """Return how often the marker is in the file, up to one more than is allowed."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found, at = 0, content.find(marker)
        while at >= 0 and found <= _MOST_SCANS:
            found += 1
            at = content.find(marker, at + 1)
        return found


def as_rgb(values: npt.NDArray[np.generic]) -> Image:
    """Return grey, grey with alpha, R G B or R G B A of any depth as R, G, B of eight bits.

    Transparent parts become mid grey: neither the card's white nor its print.

    Raises:
        ImageError: The array has no shape or depth of an image.
    """
    whole = values[:, :, None] if values.ndim == 2 else values
    if whole.ndim != 3 or whole.shape[2] not in (1, 2, 3, 4) or whole.size == 0:
        raise ImageError(f"an array of shape {values.shape} is no image")
    if whole.dtype == np.uint8 and whole.shape[2] == 3:
        return np.ascontiguousarray(whole, np.uint8)
    height, width = whole.shape[:2]
    top = _top(whole)
    image = np.empty((height, width, 3), np.uint8)
    # Strip by strip: the numbers in between take many times the memory of the image.
    rows = max(1, _STRIP_PX // width)
    for y in range(0, height, rows):
        image[y : y + rows] = _in_colour(_eight_bits(whole[y : y + rows], top))
    return image


def grey_of(image: Image) -> Image:
    """Return the luminance of an R, G, B image."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def _in_colour(pixels: Image) -> Image:
    channels = pixels.shape[2]
    colours = pixels[:, :, : 3 if channels >= 3 else 1]
    if channels in (2, 4):
        alpha = pixels[:, :, -1:].astype(np.float32) / 255
        colours = (colours * alpha + 128 * (1 - alpha) + 0.5).astype(np.uint8)
    return colours


def _top(values: npt.NDArray[np.generic]) -> float:
    """Return the number that stands for full light."""
    kind = values.dtype.kind
    if kind == "b" or values.dtype == np.uint8:
        return 1.0 if kind == "b" else 255.0
    if kind not in "iuf":
        raise ImageError(f"an array of {values.dtype} is no image")
    numbers = np.asarray(values)
    most = float(np.nanmax(numbers, initial=0, where=np.isfinite(numbers)))
    if most > 255:
        return 65535.0  # Pillow widens 16-bit files to 32 bits
    return 1.0 if kind == "f" and most <= 1 else 255.0


def _eight_bits(values: npt.NDArray[np.generic], top: float) -> Image:
    if values.dtype == np.uint8:
        return np.asarray(values, np.uint8)
    numbers = np.nan_to_num(np.asarray(values, np.float64), posinf=top, neginf=0)
    return (np.clip(numbers, 0, top) * (255.0 / top)).astype(np.uint8)
