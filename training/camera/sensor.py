"""Lens and sensor: blur, exposure, white balance, chroma, shot and read noise, JPEG."""

import functools

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.uint8]


def defocus(image: Image, sigma: float) -> Image:
    """Blur by a lens out of focus; `sigma` in pixels."""
    if sigma < 0.2:
        return image
    return cv2.GaussianBlur(image, (0, 0), sigma)  # type: ignore[return-value]


def motion(image: Image, length: float, angle: float) -> Image:
    """Blur along a straight shake of `length` pixels at `angle` radians."""
    size = int(np.ceil(length)) | 1
    if size < 3:
        return image
    kernel = np.zeros((size, size), np.float32)
    centre = (size - 1) / 2
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    start = ((centre - reach) * 16).astype(int).tolist()
    end = ((centre + reach) * 16).astype(int).tolist()
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA, 4)
    total = float(kernel.sum())
    if total <= 0:
        return image
    return cv2.filter2D(image, -1, kernel / total)  # type: ignore[return-value]


def mosaic(image: Image) -> Image:
    """Keep one colour a pixel, as behind a filter of R, G, G, B, and guess the other two."""
    raw = np.ascontiguousarray(image[..., 1])
    raw[0::2, 0::2] = image[0::2, 0::2, 0]
    raw[1::2, 1::2] = image[1::2, 1::2, 2]
    return cv2.cvtColor(raw, cv2.COLOR_BayerRGGB2RGB_EA)  # type: ignore[return-value]


def expose(image: NDArray[np.float32], gains: NDArray[np.float32], gamma: float) -> Image:
    """Apply one gain a channel and a tone curve to values from 0 on, clipped as a sensor clips.

    The given array is used up.
    """
    scaled = cv2.convertScaleAbs(np.multiply(image, gains, out=image))
    table = (255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return cv2.LUT(scaled, table)  # type: ignore[return-value]


@functools.cache
def _grain() -> NDArray[np.float32]:
    """Normal noise with deviation 1, large enough to cut any frame's grain out of it."""
    return np.random.default_rng(20_231).standard_normal((2400, 2800), dtype=np.float32)


def _cut(rng: Generator, height: int, width: int) -> NDArray[np.float32]:
    """Cut a random window out of the stored grain: drawing it anew costs too much."""
    grain = _grain()
    if height > grain.shape[0] or width > grain.shape[1]:
        return rng.standard_normal((height, width), dtype=np.float32)
    y = int(rng.integers(grain.shape[0] - height + 1))
    x = int(rng.integers(grain.shape[1] - width + 1))
    return grain[y : y + height, x : x + width]


def noise(image: Image, rng: Generator, level: float) -> Image:
    """Add shot and read noise; `level` is its deviation at mid grey, in grey levels."""
    if level < 0.3:
        return image
    height, width = image.shape[:2]
    grain = _cut(rng, height, width)
    if rng.random() < 0.6:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.6) * 1.9  # type: ignore[assignment]
    shot = (level * (np.sqrt(np.arange(256) / 128) * 0.6 + 0.4)).astype(np.float32)
    grain = grain * cv2.LUT(cv2.extractChannel(image, 1), shot)
    small = (height // 3 + 1, width // 3 + 1)
    planes = [
        cv2.resize(_cut(rng, *small), (width, height), interpolation=cv2.INTER_LINEAR)
        * (level * 0.6)
        + grain
        for _ in range(3)
    ]
    return cv2.add(image, cv2.merge(planes), dtype=cv2.CV_8U)  # type: ignore[return-value]


def jpeg(image: Image, quality: int) -> Image:
    """Compress and decompress."""
    settings = [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, packed = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), settings)
    plain = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert plain is not None
    return cv2.cvtColor(plain, cv2.COLOR_BGR2RGB)  # type: ignore[return-value]


def balance_gains(rng: Generator, spread: float, exposure: float) -> NDArray[np.float32]:
    """Draw the gains of the three channels around `exposure`: warm or cold light, green cast."""
    warm, green = rng.normal(0, spread), rng.normal(0, spread * 0.4)
    gains = np.array([1 + warm, 1 + green, 1 - warm], np.float32)
    return (np.clip(gains, 0.5, 1.6) * exposure).astype(np.float32)
