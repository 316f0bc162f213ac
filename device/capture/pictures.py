"""Images of a visit as bytes: what is sealed, and what the screen shows."""

from __future__ import annotations

import cv2
import numpy as np

from device.camera.base import Image

# A sealed packet stays below 8 MiB; three photographs share it.
RECORD_SIDE_PX = 2304
RECORD_QUALITY = 88
# Fields are cut out of the card and enlarged: what a JPEG smears is read wrong by people too.
PRINT_QUALITY = 92


def to_jpeg(image: Image, *, longest_px: int = RECORD_SIDE_PX, quality: int) -> bytes:
    """Return an R, G, B image as JPEG, reduced so that its longer side fits."""
    height, width = image.shape[:2]
    scale = longest_px / max(height, width)
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()


def crop(card: bytes, box: tuple[float, float, float, float], *, margin_px: int = 10) -> bytes:
    """Return one box (x, y, width, height) of a JPEG as JPEG, with a margin, never empty."""
    image = cv2.imdecode(np.frombuffer(card, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None  # we wrote it
    height, width = image.shape[:2]
    x, y, box_width, box_height = box
    left = int(min(max(x - margin_px, 0), width - 1))
    top = int(min(max(y - margin_px, 0), height - 1))
    right = int(min(max(x + box_width + margin_px, left + 1), width))
    bottom = int(min(max(y + box_height + margin_px, top + 1), height))
    part = image[top:bottom, left:right]
    _, encoded = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, PRINT_QUALITY])
    return encoded.tobytes()
