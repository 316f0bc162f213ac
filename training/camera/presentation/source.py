"""What a copier, a scanner or a telephone saw of the card before it was shown again."""

import cv2
import numpy as np
from numpy.random import Generator

from training.camera import light, sensor
from training.camera.presentation.sampling import Map
from training.camera.presentation.shown import Image


def captured(card: Image, mask: Image, rng: Generator, *, scanned: float) -> Map:
    """Return the card as it was first taken, 0…255: with chance `scanned` flat and evenly lit."""
    height, width = card.shape[:2]
    cover = (mask.astype(np.float32) / 255)[..., None]
    bed = float(rng.choice([250, 250, 20])) if rng.random() < 0.8 else float(rng.uniform(60, 200))
    picture = np.float32(bed) + cover * (card.astype(np.float32) - np.float32(bed))
    if rng.random() < scanned:
        return np.asarray(_softened(picture, float(rng.uniform(0.4, 1.8))), np.float32)
    picture = picture * light.illumination(rng, height, width, 0.35)[..., None]
    if rng.random() < 0.3:
        near = rng.uniform((0, 0), (width, height))
        added = light.glare(rng, height, width, near)[..., None]
        picture += np.maximum(255 - picture, 0) * added * np.float32(rng.uniform(0.1, 0.5))
    gains = sensor.balance_gains(rng, 0.08, float(rng.uniform(0.8, 1.15)))
    taken = sensor.expose(np.ascontiguousarray(picture), gains, float(rng.uniform(0.85, 1.2)))
    taken = sensor.defocus(taken, float(rng.uniform(0.8, 2.6)))
    taken = sensor.noise(taken, rng, float(rng.uniform(1, 6)))
    return sensor.jpeg(taken, int(rng.uniform(60, 95))).astype(np.float32)


def _softened(picture: Map, sigma: float) -> Map:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma))
