"""What the attack judge looks at: the card with its surroundings, and pieces of the frame as it is.

Textures of print and of displays live in single pixels of the frame and are lost, or invented,
where a picture is warped; so the pieces are cut and not resampled. The training cuts the same.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from device.inference.base import Image, Quad

WIDTH, HEIGHT = 256, 352
CARD_HEIGHT = 160  # the rest of the sheet is three rows of four pieces
_MARGIN = 0.08
_PIECE = 64
# Of the card's width and height; the first two rows lie on the card, the third on its edges.
_PLACES = (
    ((0.13, 0.32), (0.38, 0.28), (0.62, 0.28), (0.87, 0.32)),
    ((0.13, 0.66), (0.38, 0.72), (0.62, 0.72), (0.87, 0.66)),
    ((0.50, 0.00), (1.00, 0.50), (0.50, 1.00), (0.00, 0.50)),
)


def views(frame: Image, quad: Quad) -> Image:
    """Return the sheet of views, HEIGHT×WIDTH×3, of the card of `quad`."""
    sheet = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    sheet[:CARD_HEIGHT] = _card(frame, quad)
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(square, quad.array().astype(np.float32))
    whole = _at_least_a_piece(frame)
    for row, places in enumerate(_PLACES):
        centres = cv2.perspectiveTransform(np.array([places]), matrix)[0]
        top = CARD_HEIGHT + row * _PIECE
        for column, (x, y) in enumerate(centres):
            left = column * _PIECE
            sheet[top : top + _PIECE, left : left + _PIECE] = _piece(whole, float(x), float(y))
    return sheet


def _at_least_a_piece(frame: Image) -> Image:
    down, right = (max(0, _PIECE - side) for side in frame.shape[:2])
    if not down and not right:
        return frame
    return np.asarray(cv2.copyMakeBorder(frame, 0, down, 0, right, cv2.BORDER_REPLICATE), np.uint8)


def _piece(frame: Image, x: float, y: float) -> Image:
    """Return the pixels around a point, or the nearest ones that the frame has."""
    left = int(np.clip(round(x) - _PIECE // 2, 0, frame.shape[1] - _PIECE))
    top = int(np.clip(round(y) - _PIECE // 2, 0, frame.shape[0] - _PIECE))
    return frame[top : top + _PIECE, left : left + _PIECE]


def _card(frame: Image, quad: Quad) -> Image:
    size = np.array([WIDTH, CARD_HEIGHT])
    near = size * _MARGIN / (1 + 2 * _MARGIN)
    far = size - near
    target: npt.NDArray[np.float64] = np.array([near, [far[0], near[1]], far, [near[0], far[1]]])
    # Fine print is averaged first, or it would turn into noise.
    scale = 1.25 / max(quad.width_px / float(far[0] - near[0]), 1.25)
    height, width = frame.shape[:2]
    reduced = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(frame, reduced, interpolation=cv2.INTER_AREA)
    moved = (quad.array() + 0.5) * (np.array(reduced) / (width, height)) - 0.5
    matrix = cv2.getPerspectiveTransform(
        moved.astype(np.float32), (target - 0.5).astype(np.float32)
    )
    return np.asarray(
        cv2.warpPerspective(small, matrix, (WIDTH, CARD_HEIGHT), borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
