"""What years in a wallet do to a card: scratches, stains, faded ink and rubbed edges."""

import cv2
import numpy as np
from numpy.random import Generator

from training.render.canvas import HEIGHT, WIDTH, Image


def wear_down(image: Image, rng: Generator, amount: float) -> None:
    """Age a printed card in place; `amount` is 0 for a new one and 1 for a very worn one."""
    for _ in range(rng.poisson(10 * amount)):
        start = rng.uniform(0, 1, 2) * (WIDTH, HEIGHT)
        end = start + rng.normal(0, 130, 2)
        bright = int(rng.choice([235, 245, 120]))
        x0, y0 = np.clip(np.minimum(start, end) - 4, 0, (WIDTH - 1, HEIGHT - 1)).astype(int)
        x1, y1 = np.clip(np.maximum(start, end) + 5, 1, (WIDTH, HEIGHT)).astype(int)
        if x1 - x0 < 2 or y1 - y0 < 2:
            continue
        window = image[y0:y1, x0:x1]
        layer = np.ascontiguousarray(window)
        shift = np.array([x0, y0])
        cv2.line(
            layer,
            tuple((start - shift).astype(int).tolist()),
            tuple((end - shift).astype(int).tolist()),
            (bright,) * 3,
            1,
            cv2.LINE_AA,
        )
        mix = float(rng.uniform(0.15, 0.6))
        window[:] = cv2.addWeighted(layer, mix, window, 1 - mix, 0)
    if amount > 0.15:
        cells = cv2.GaussianBlur(rng.standard_normal((54, 86)).astype(np.float32), (0, 0), 4) * 12
        rough = cells * (1 + 0.12 * rng.standard_normal((54, 86)).astype(np.float32))
        patches = cv2.resize(rough, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_CUBIC)
        fade = np.clip(patches - 0.6, 0, 1) * amount * 0.22
        fade = cv2.resize(fade, (WIDTH, HEIGHT))
        image[:] = cv2.add(image, cv2.merge([(fade * 120).astype(np.uint8)] * 3))
    if amount > 0.3 and rng.random() < 0.5:
        tone = np.array([1.0, rng.uniform(0.95, 1), rng.uniform(0.84, 0.97)])
        table = np.clip(np.arange(256)[:, None] * tone, 0, 255).astype(np.uint8)
        image[:] = cv2.LUT(image, table[:, None, :].reshape(1, 256, 3))
