"""Lens and sensor: blur, exposure, white balance, chroma, shot and read noise, JPEG."""

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


def expose(image: NDArray[np.float32], gains: NDArray[np.float32], gamma: float) -> Image:
    """Apply one gain a channel and a tone curve to values 0…255, clipped as a sensor clips."""
    scaled = np.clip(image * gains, 0, 255).astype(np.uint8)
    table = (255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return cv2.LUT(scaled, table)  # type: ignore[return-value]


def noise(image: Image, rng: Generator, level: float) -> Image:
    """Add shot and read noise; `level` is its deviation at mid grey, in grey levels."""
    if level < 0.3:
        return image
    height, width = image.shape[:2]
    grain = rng.standard_normal((height, width), dtype=np.float32)
    if rng.random() < 0.6:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.6) * 1.9  # type: ignore[assignment]
    chroma = rng.standard_normal((height // 3 + 1, width // 3 + 1, 3), dtype=np.float32)
    chroma = cv2.resize(chroma, (width, height), interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
    grain *= level
    chroma *= level * 0.6
    chroma += grain[..., None]
    shot = (np.sqrt(np.arange(256, dtype=np.float32) / 128) * 0.6 + 0.4).astype(np.float32)
    chroma *= cv2.LUT(cv2.extractChannel(image, 1), shot)[..., None]
    chroma += image
    return np.clip(chroma, 0, 255).astype(np.uint8)


def jpeg(image: Image, quality: int) -> Image:
    """Compress and decompress."""
    settings = [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, packed = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), settings)
    plain = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return cv2.cvtColor(plain, cv2.COLOR_BGR2RGB)  # type: ignore[return-value]


def balance_gains(rng: Generator, spread: float, exposure: float) -> NDArray[np.float32]:
    """Draw the gains of the three channels around `exposure`: warm or cold light, green cast."""
    warm, green = rng.normal(0, spread), rng.normal(0, spread * 0.4)
    gains = np.array([1 + warm, 1 + green, 1 - warm], np.float32)
    return (np.clip(gains, 0.5, 1.6) * exposure).astype(np.float32)
