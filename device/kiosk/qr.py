"""QR codes as pictures for the screen."""

from __future__ import annotations

import cv2
import numpy as np
from flask import Response

from device.peripherals.escpos import qr_modules

_MODULE_PX = 6


def qr_png(content: str) -> Response:
    """Answer with a QR code, sharp at any size: a module is a whole number of pixels."""
    black = np.asarray(qr_modules(content), dtype=bool)
    pixels = np.where(black, 0, 255).astype(np.uint8).repeat(_MODULE_PX, 0).repeat(_MODULE_PX, 1)
    return Response(cv2.imencode(".png", pixels)[1].tobytes(), mimetype="image/png")
