"""What keeps a face from being seen: dark glasses, closed eyes, hair, a mask, a head turned away.

Each is drawn over a portrait by the pen that drew it.
"""

import cv2
import numpy as np

from training.render.canvas import Colour
from training.render.portrait import Face, Pen

_DARK_GLASS: Colour = (24, 22, 26)
_FRAME: Colour = (14, 13, 13)
_CLOTH: Colour = (150, 178, 196)
_SEAM: Colour = (120, 148, 168)


def sunglasses(pen: Pen, face: Face) -> None:
    """Draw dark glasses with a faint reflection."""
    y, wide = face.eye_height - 0.05, face.eye_size * 2.3
    for side in (-1, 1):
        x = side * face.eye_gap
        pen.oval(x, y, wide * 1.06, wide * 0.9, _FRAME)
        pen.oval(x, y, wide, wide * 0.84, _DARK_GLASS)
        pen.oval(x - wide * 0.3, y - wide * 0.35, wide * 0.4, wide * 0.14, (78, 80, 88), 0.03, 0.6)
        pen.line([(side * (face.eye_gap + wide), y), (side * face.width, y - 0.05)], _FRAME, 0.045)
    pen.line([(-face.eye_gap + wide, y - 0.04), (face.eye_gap - wide, y - 0.04)], _FRAME, 0.045)


def closed_eyes(pen: Pen, face: Face) -> None:
    """Draw the lids over the eyes."""
    y, size = face.eye_height - 0.08, face.eye_size
    lid = _toned(face.skin, 0.9)
    for side in (-1, 1):
        x = side * face.eye_gap
        pen.oval(x, y - 0.005, size * 1.5, size * 0.95, lid)
        pen.line(
            [
                (x - size * 1.25, y + size * 0.25),
                (x - size * 0.5, y + size * 0.55),
                (x + size * 0.5, y + size * 0.55),
                (x + size * 1.25, y + size * 0.25),
            ],
            _toned(face.hair, 0.7),
            0.03,
        )


def fringe(pen: Pen, face: Face) -> None:
    """Draw hair that hangs over both eyes."""
    low = face.eye_height + face.eye_size * 1.1
    pen.blob(
        [
            (-face.width * 1.05, -0.2),
            (-face.width, -0.95),
            (0, -1.2),
            (face.width, -0.95),
            (face.width * 1.05, -0.2),
            (face.width * 0.8, low),
            (0.1, low + 0.06),
            (-face.width * 0.8, low),
        ],
        face.hair,
    )
    for step in np.linspace(-0.85, 0.85, 16):
        x = float(step) * face.width
        pen.line([(x * 0.7, -1.05), (x, low - 0.03)], _toned(face.hair, 1.3), 0.014, 0.5)


def face_mask(pen: Pen, face: Face) -> None:
    """Draw a cloth over nose and mouth."""
    top = face.eye_height + 0.16
    edge = face.width * 0.92
    pen.blob(
        [
            (-edge, top + 0.1),
            (-0.2, top),
            (0.2, top),
            (edge, top + 0.1),
            (edge * 0.92, 0.62),
            (face.jaw * 0.6, 1.0),
            (0.0, 1.14),
            (-face.jaw * 0.6, 1.0),
            (-edge * 0.92, 0.62),
        ],
        _CLOTH,
    )
    for number in range(3):
        y = top + 0.25 + 0.2 * number
        pen.line([(-edge * 0.8, y), (0, y + 0.04), (edge * 0.8, y)], _SEAM, 0.014, 0.6)


def turn_head(pen: Pen, face: Face, degrees: float) -> None:
    """Turn the head that was drawn to a side, as the print on a cylinder turns."""
    radius = face.width * 1.08 * pen.unit
    height, width = pen.image.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    across = np.clip((columns - pen.cx) / radius, -1, 1)
    before = np.clip(np.arcsin(across) - np.radians(degrees), -np.pi / 2, np.pi / 2)
    source = (pen.cx + radius * np.sin(before)).astype(np.float32)
    down = (rows - pen.cy) / (1.32 * pen.unit)
    inside = np.abs(across) ** 2 + down**2 < 1
    columns[inside] = source[inside]
    pen.image[:] = cv2.remap(pen.image, columns, rows, cv2.INTER_LINEAR)


def _toned(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(252, int(value * factor)) for value in colour)
    return red, green, blue
