"""What the attack judge looks at: the card, pieces of the frame, their spectra, the corners.

Textures of print and of displays live in single pixels of the frame and are lost, or invented,
where a picture is warped; so the pieces are cut and not resampled. The training cuts the same.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from device.inference.attack_spectra import PIECE, spectra
from device.inference.base import Image, Quad

WIDTH = 384
CARD_HEIGHT = 240
_CUT_HEIGHT = CARD_HEIGHT + 2 * PIECE
_CORNERS_AT = _CUT_HEIGHT + PIECE  # two rows of four pieces below the card, the spectra of both
_CORNER_WIDTH, _CORNER_HEIGHT = 96, 64  # last the corners, all turned as the upper left one lies
HEIGHT = _CORNERS_AT + _CORNER_HEIGHT
_MARGIN = 0.1
# Of the card's width and height.
_PLACES = (
    ((0.13, 0.30), (0.38, 0.26), (0.62, 0.26), (0.87, 0.30)),
    ((0.13, 0.70), (0.38, 0.74), (0.62, 0.74), (0.87, 0.70)),
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
        top = CARD_HEIGHT + row * PIECE
        for column, (x, y) in enumerate(centres):
            left = column * PIECE
            sheet[top : top + PIECE, left : left + PIECE] = _piece(whole, float(x), float(y))
    sheet[_CUT_HEIGHT:_CORNERS_AT] = spectra(sheet[CARD_HEIGHT:_CUT_HEIGHT])
    card = sheet[:CARD_HEIGHT]
    for place, way in enumerate((card, card[:, ::-1], card[::-1, ::-1], card[::-1])):
        left = place * _CORNER_WIDTH
        corner = way[:_CORNER_HEIGHT, :_CORNER_WIDTH]
        sheet[_CORNERS_AT:, left : left + _CORNER_WIDTH] = corner
    return sheet


def _at_least_a_piece(frame: Image) -> Image:
    down, right = (max(0, PIECE - side) for side in frame.shape[:2])
    if not down and not right:
        return frame
    return np.asarray(cv2.copyMakeBorder(frame, 0, down, 0, right, cv2.BORDER_REPLICATE), np.uint8)


def _piece(frame: Image, x: float, y: float) -> Image:
    """Return the pixels around a point, or the nearest ones that the frame has."""
    left = int(np.clip(round(x) - PIECE // 2, 0, frame.shape[1] - PIECE))
    top = int(np.clip(round(y) - PIECE // 2, 0, frame.shape[0] - PIECE))
    return frame[top : top + PIECE, left : left + PIECE]


def _card(frame: Image, quad: Quad) -> Image:
    size = np.array([WIDTH, CARD_HEIGHT])
    inset = size * _MARGIN / (1 + 2 * _MARGIN)
    far = size - inset
    target: npt.NDArray[np.float64] = np.array([inset, [far[0], inset[1]], far, [inset[0], far[1]]])
    # Fine print is averaged first, or it would turn into noise: whole pixels are, which is quick.
    near = max(1, round(quad.width_px / float(far[0] - inset[0]) / 1.25))
    corners, reach = quad.array(), 2 * _MARGIN * quad.width_px
    height, width = frame.shape[:2]
    x0, y0 = (
        min(max(0, int(low)), side - 1)
        for low, side in zip(corners.min(axis=0) - reach, (width, height), strict=True)
    )
    x1, y1 = (int(high) for high in corners.max(axis=0) + reach)
    across = max((min(x1, width) - x0) // near, 1)
    down = max((min(y1, height) - y0) // near, 1)
    part = frame[y0 : y0 + down * near, x0 : x0 + across * near]
    small = part if near == 1 else cv2.resize(part, (across, down), interpolation=cv2.INTER_AREA)
    moved = (corners - (x0, y0) + 0.5) / near - 0.5
    matrix = cv2.getPerspectiveTransform(
        moved.astype(np.float32), (target - 0.5).astype(np.float32)
    )
    return np.asarray(
        cv2.warpPerspective(small, matrix, (WIDTH, CARD_HEIGHT), borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
