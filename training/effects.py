"""Cheap effects of light, lens and sensor on small images, for training batches made on the fly.

`training.camera` photographs whole scenes, slower and more exactly; the detectors learn from both.
"""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.uint8]


def light(image: NDArray[np.float32], rng: Generator) -> NDArray[np.float32]:
    """Uneven light: a gradient, sometimes a hard shadow edge, gain, gamma and colour cast."""
    height, width = image.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = (xs / width - 0.5) * np.cos(angle) + (ys / height - 0.5) * np.sin(angle)
    field = 1 + rng.uniform(0, 0.7) * ramp
    if rng.random() < 0.25:
        edge = 1 / (1 + np.exp(-(ramp - rng.uniform(-0.35, 0.35)) * rng.uniform(8, 120)))
        field *= 1 - rng.uniform(0.2, 0.6) * edge
    image = image * field[..., None]
    if image.shape[2] == 3:
        image = image * rng.uniform(0.82, 1.18, size=(1, 1, 3)).astype(np.float32)
    curved = np.clip(image / 255, 0, None) ** rng.uniform(0.65, 1.6)
    return (curved * 255 * rng.uniform(0.5, 1.08)).astype(np.float32)


def glare(image: NDArray[np.float32], rng: Generator) -> NDArray[np.float32]:
    """One or two bright reflections: soft ellipses or strips."""
    height, width = image.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(rng.integers(1, 3)):
        angle = rng.uniform(0, np.pi)
        cx, cy = rng.uniform(0, width), rng.uniform(0, height)
        along = (xs - cx) * np.cos(angle) + (ys - cy) * np.sin(angle)
        across = -(xs - cx) * np.sin(angle) + (ys - cy) * np.cos(angle)
        long_axis = rng.uniform(0.08, 0.7) * width
        short_axis = rng.uniform(0.03, 0.15) * width
        distance = (along / long_axis) ** 2 + (across / short_axis) ** 2
        shine = rng.uniform(30, 190) * np.exp(-(distance ** rng.uniform(0.8, 3)))
        image = (image + shine[..., None]).astype(np.float32)
    return image


def blur(image: NDArray[np.float32], rng: Generator, *, most: float) -> NDArray[np.float32]:
    """Defocus or motion of up to `most` pixels."""
    kind = rng.random()
    if kind < 0.25:
        return image
    if kind < 0.7:
        sigma = rng.uniform(0.2, most)
        blurred = cv2.GaussianBlur(image, (0, 0), sigma)
    else:
        length = max(2, round(rng.uniform(1, 2.2 * most)))
        kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
        angle = rng.uniform(0, np.pi)
        dx, dy = np.cos(angle) * length / 2, np.sin(angle) * length / 2
        centre = float(length)
        cv2.line(
            kernel,
            (round(centre - dx), round(centre - dy)),
            (round(centre + dx), round(centre + dy)),
            1.0,
        )
        blurred = cv2.filter2D(image, -1, kernel / kernel.sum())
    return blurred.reshape(image.shape).astype(np.float32)


def sensor(image: NDArray[np.float32], rng: Generator, *, noise: float) -> Image:
    """Shot and read noise, clipping, and often JPEG."""
    sigma = rng.uniform(0, noise)
    grain = rng.standard_normal(image.shape, np.float32)
    if rng.random() < 0.3:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.8).reshape(image.shape) * 1.8
    noisy = np.clip(image + sigma * grain * (0.5 + np.clip(image, 0, 255) / 255), 0, 255)
    result = noisy.astype(np.uint8)
    if rng.random() < 0.6:
        quality = int(rng.integers(25, 96))
        _, encoded = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, quality])
        flag = cv2.IMREAD_COLOR if image.shape[2] == 3 else cv2.IMREAD_GRAYSCALE
        result = np.asarray(cv2.imdecode(encoded, flag), np.uint8).reshape(image.shape)
    return result


def photographed(image: Image, rng: Generator, *, most_blur: float, noise: float = 14) -> Image:
    """All effects in the order of nature: light, reflections, lens, sensor. H×W×C in and out."""
    exposed = light(image.astype(np.float32), rng)
    if rng.random() < 0.3:
        exposed = glare(exposed, rng)
    return sensor(blur(np.clip(exposed, 0, 255), rng, most=most_blur), rng, noise=noise)
