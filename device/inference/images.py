"""Any image a camera or a file gives, as R, G, B of eight bits."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from device.inference.base import Image, ImageError

MOST_PIXELS = 64_000_000  # beyond any camera of a station: a larger file is a mistake or an attack


def read_image(path: Path) -> Image:
    """Return the image of a file, upright by its EXIF orientation.

    Raises:
        ImageError: The file is missing, is no image, is damaged or is larger than `MOST_PIXELS`.
    """
    try:
        with Pillow.open(path) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ImageError(f"{path} has more than {MOST_PIXELS} pixels")
            upright = ImageOps.exif_transpose(opened)
            if upright.mode.startswith(("I", "F")):
                return as_rgb(np.asarray(upright))
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                return as_rgb(np.asarray(upright.convert("RGBA")))
            return np.asarray(upright.convert("RGB"), np.uint8)
    except (UnidentifiedImageError, Pillow.DecompressionBombError) as error:
        raise ImageError(f"{path} is no image") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        # Pillow reports damage in a file's inside by any of these.
        raise ImageError(f"{path} cannot be read as an image") from error


def as_rgb(values: npt.NDArray[np.generic]) -> Image:
    """Return grey, grey with alpha, R G B or R G B A of any depth as R, G, B of eight bits.

    Transparent parts become mid grey: neither the card's white nor its print.

    Raises:
        ImageError: The array has no shape or depth of an image.
    """
    pixels = _eight_bits(values)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 2, 3, 4) or pixels.size == 0:
        raise ImageError(f"an array of shape {values.shape} is no image")
    channels = pixels.shape[2]
    colours = pixels[:, :, : 3 if channels >= 3 else 1]
    if channels in (2, 4):
        alpha = pixels[:, :, -1:].astype(np.float32) / 255
        colours = (colours * alpha + 128 * (1 - alpha) + 0.5).astype(np.uint8)
    if colours.shape[2] == 1:
        colours = np.repeat(colours, 3, axis=2)
    return np.ascontiguousarray(colours, np.uint8)


def grey_of(image: Image) -> Image:
    """Return the luminance of an R, G, B image."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def _eight_bits(values: npt.NDArray[np.generic]) -> Image:
    if values.dtype == np.uint8:
        return np.asarray(values, np.uint8)
    if values.dtype == np.bool_:
        return np.asarray(values, np.uint8) * np.uint8(255)
    if values.dtype.kind not in "iuf":
        raise ImageError(f"an array of {values.dtype} is no image")
    numbers = np.nan_to_num(np.asarray(values, np.float64))
    top = 1.0 if values.dtype.kind == "f" and numbers.max(initial=0) <= 1 else 255.0
    if numbers.max(initial=0) > 255:
        top = 65535.0  # Pillow widens 16-bit files to 32 bits
    return np.clip(numbers * (255.0 / top), 0, 255).astype(np.uint8)
