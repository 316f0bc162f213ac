"""From light to a file: lens, colour filter, noise, a cheap image processor, JPEG."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.independent.light import smooth
from bench.independent.tiers import Tier

Linear = NDArray[np.float32]
Image = NDArray[np.uint8]


def to_linear(image: Image) -> Linear:
    """Return linear light of an sRGB image."""
    return np.asarray(_DECODED[image], np.float32)


_LEVELS = np.arange(256) / 255
_DECODED = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)


def shaken(image: Linear, rng: Generator, length: float) -> Linear:
    """Smear the image along the path of a hand, `length` pixels long."""
    if length < 0.3:
        return image
    steps = 40
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.12, steps))
    path = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0)
    path = (path - path.mean(axis=0)) * (length / steps)
    reach = int(np.ceil(np.abs(path).max())) + 2
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for x, y in path + reach:
        left, top = int(x), int(y)
        fx, fy = x - left, y - top
        kernel[top, left] += (1 - fx) * (1 - fy)
        kernel[top, left + 1] += fx * (1 - fy)
        kernel[top + 1, left] += (1 - fx) * fy
        kernel[top + 1, left + 1] += fx * fy
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.float32)


def through_lens(image: Linear, rng: Generator) -> Linear:
    """Add the lens's own faults: colours that part towards the edge, and darker corners."""
    height, width = image.shape[:2]
    out = image.copy()
    for channel in (0, 2):
        scale = 1 + float(rng.normal(0, 0.0006))
        matrix = np.array(
            [[scale, 0, (1 - scale) * width / 2], [0, scale, (1 - scale) * height / 2]], np.float32
        )
        out[..., channel] = cv2.warpAffine(
            image[..., channel], matrix, (width, height), borderMode=cv2.BORDER_REPLICATE
        )
    y, x = np.mgrid[:height, :width].astype(np.float32)
    squared = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) / 0.5
    falling = 1 - float(rng.uniform(0.05, 0.35)) * squared
    # Light that strays in the lens lifts the blacks.
    haze = float(rng.uniform(0.0, 0.025)) * out.mean(axis=(0, 1))
    return np.asarray(out * falling[..., None] + haze, np.float32)


def develop(image: Linear, rng: Generator, tier: Tier) -> Image:
    """Expose, sample through the colour filter, and make a picture of it as a cheap camera does."""
    gains = np.array([float(rng.uniform(1.5, 2.2)), 1.0, float(rng.uniform(1.4, 2.0))], np.float32)
    raw = np.clip(image / gains * 1.0, 0, 1)
    # Highlights clip per channel, at the green one's level.
    well = float(np.exp(rng.uniform(*np.log(tier.electrons))))
    mosaic = _filtered(raw)
    shot = rng.normal(0, 1, mosaic.shape).astype(np.float32) * np.sqrt(mosaic / well)
    read = rng.normal(0, float(rng.uniform(2, 5)) / well, mosaic.shape).astype(np.float32)
    stripes = rng.normal(0, 0.6 / well, (mosaic.shape[0], 1)).astype(np.float32)
    counts = np.clip((mosaic + shot + read + stripes) * 959 + 64, 0, 1023).round()
    demosaiced = cv2.cvtColor((counts * 64).astype(np.uint16), cv2.COLOR_BayerRG2RGB_EA)
    colour = (demosaiced.astype(np.float32) / 64 - 64) / 959
    error = rng.normal(0, tier.balance_error, 2)
    colour = colour * gains * np.array([1 + error[0], 1.0, 1 + error[1]], np.float32)
    colour = np.clip(colour @ _matrix(rng).T, 0, 1)
    picture = _tone(colour, rng)
    picture = _denoised(picture, float(rng.uniform(*tier.denoise)))
    return _sharpened(picture, float(rng.uniform(*tier.sharpen)), float(rng.uniform(0.7, 1.6)))


def _filtered(raw: Linear) -> Linear:
    """Return one colour a pixel: red, green, green, blue."""
    mosaic = raw[..., 1].copy()
    # OpenCV names the pattern by its second row: "RG" begins with blue.
    mosaic[0::2, 0::2] = raw[0::2, 0::2, 2]
    mosaic[1::2, 1::2] = raw[1::2, 1::2, 0]
    return mosaic


def _matrix(rng: Generator) -> NDArray[np.float32]:
    """Return a colour matrix that is a little off; its rows keep white."""
    off = rng.normal(0, 0.05, (3, 3))
    off -= off.mean(axis=1, keepdims=True)
    return np.asarray(np.eye(3) + off, np.float32)


def _tone(colour: Linear, rng: Generator) -> Linear:
    """Encode, with the S of a camera that flatters."""
    encoded = np.where(
        colour <= 0.0031308,
        12.92 * colour,
        1.055 * np.power(np.maximum(colour, 1e-6), 1 / 2.4) - 0.055,
    )
    bend = float(rng.uniform(0, 0.5))
    curved = encoded * encoded * (3 - 2 * encoded)
    return np.asarray((1 - bend) * encoded + bend * curved, np.float32)


def _denoised(picture: Linear, amount: float) -> Linear:
    if amount < 0.05:
        return picture
    ycc = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
    ycc[..., 1:] = cv2.GaussianBlur(ycc[..., 1:], (0, 0), 0.6 + 2.5 * amount)
    flat = cv2.bilateralFilter(np.ascontiguousarray(ycc[..., 0]), 5, 0.05 + 0.08 * amount, 1.6)
    ycc[..., 0] = (1 - amount) * ycc[..., 0] + amount * flat
    return np.asarray(cv2.cvtColor(ycc, cv2.COLOR_YCrCb2RGB), np.float32)


def _sharpened(picture: Linear, amount: float, radius: float) -> Image:
    edges = picture - smooth(picture, radius)
    return np.clip((picture + amount * edges) * 255 + 0.5, 0, 255).astype(np.uint8)


def packed(image: Image, rng: Generator, quality: tuple[int, int]) -> bytes:
    """Return the frame as JPEG, colour mostly at half resolution as cameras store it."""
    level = int(rng.integers(quality[0], quality[1] + 1))
    options = [cv2.IMWRITE_JPEG_QUALITY, level]
    if rng.random() < 0.8:
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
    else:
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    return bytes(cv2.imencode(".jpg", image[..., ::-1], options)[1].tobytes())
