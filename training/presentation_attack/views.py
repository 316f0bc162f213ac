"""What the network looks at: the card, pieces of the frame, their spectra, the card's corners.

Textures of print and of displays live in single pixels of the frame and are lost, or invented,
where a picture is warped; so the pieces are cut and not resampled. `device.inference.attack_views`
makes the same on a station, and a test holds one against the other.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from training.presentation_attack.spectra import PIECE, spectra

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

WIDTH = 384
CARD_HEIGHT = 240
# Below the card two rows of four pieces, below these the spectra of both rows.
PIECES_HEIGHT = 2 * PIECE
CUT_HEIGHT = CARD_HEIGHT + PIECES_HEIGHT
CORNERS_AT = CUT_HEIGHT + PIECE
# Last the four corners of the view of the card, all turned as the upper left one lies.
CORNER_WIDTH, CORNER_HEIGHT = 96, 64
HEIGHT = CORNERS_AT + CORNER_HEIGHT
MARGIN = 0.1
# Of the card's width and height.
Places = tuple[tuple[tuple[float, float], ...], ...]
PLACES: Places = (
    ((0.13, 0.30), (0.38, 0.26), (0.62, 0.26), (0.87, 0.30)),
    ((0.13, 0.70), (0.38, 0.74), (0.62, 0.74), (0.87, 0.70)),
)


def views(frame: Image, corners: Points) -> Image:
    """Return the sheet of views, HEIGHT×WIDTH×3, of the card with these corners."""
    return completed(cut(frame, corners))


def completed(cuts: Image) -> Image:
    """Return the whole sheet of what `cut` gave."""
    return np.concatenate([cuts, spectra(cuts[CARD_HEIGHT:]), _corners(cuts[:CARD_HEIGHT])])


def _corners(card: Image) -> Image:
    """Return the corners side by side: a card is round there, and whoever cuts paper is not."""
    ways = (card, card[:, ::-1], card[::-1, ::-1], card[::-1])
    return np.concatenate([way[:CORNER_HEIGHT, :CORNER_WIDTH] for way in ways], axis=1)


def cut(frame: Image, corners: Points, places: Places = PLACES) -> Image:
    """Return the part of the sheet above the spectra, CUT_HEIGHT×WIDTH×3."""
    sheet = np.empty((CUT_HEIGHT, WIDTH, 3), np.uint8)
    sheet[:CARD_HEIGHT] = _card(frame, corners)
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(square, corners.astype(np.float32))
    low = PIECE - np.array(frame.shape[:2])
    if low.max() > 0:
        down, right = (int(v) for v in np.maximum(low, 0))
        frame = np.asarray(cv2.copyMakeBorder(frame, 0, down, 0, right, cv2.BORDER_REPLICATE))
    for row, line in enumerate(places):
        centres = cv2.perspectiveTransform(np.array([line]), matrix)[0]
        for column, (x, y) in enumerate(centres):
            left = int(np.clip(round(float(x)) - PIECE // 2, 0, frame.shape[1] - PIECE))
            top = int(np.clip(round(float(y)) - PIECE // 2, 0, frame.shape[0] - PIECE))
            at = CARD_HEIGHT + row * PIECE
            sheet[at : at + PIECE, column * PIECE : (column + 1) * PIECE] = frame[
                top : top + PIECE, left : left + PIECE
            ]
    return sheet


def target() -> Points:
    """Return where the card's corners lie in the view of the card."""
    size = np.array([WIDTH, CARD_HEIGHT])
    near = size * MARGIN / (1 + 2 * MARGIN)
    far = size - near
    return np.array([near, [far[0], near[1]], far, [near[0], far[1]]])


def _card(frame: Image, corners: Points) -> Image:
    wanted = target()
    long = np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])
    near = max(1, round(float(long) / 2 / float(wanted[1, 0] - wanted[0, 0]) / 1.25))
    # Fine print is averaged first, or it would turn into noise.
    reach = 2 * MARGIN * float(long) / 2
    height, width = frame.shape[:2]
    x0, y0 = (max(0, int(low)) for low in corners.min(axis=0) - reach)
    x1, y1 = (int(high) for high in corners.max(axis=0) + reach)
    across = max((min(x1, width) - x0) // near, 1)
    down = max((min(y1, height) - y0) // near, 1)
    part = frame[y0 : y0 + down * near, x0 : x0 + across * near]
    small = part if near == 1 else cv2.resize(part, (across, down), interpolation=cv2.INTER_AREA)
    moved = (corners - (x0, y0) + 0.5) / near - 0.5
    matrix = cv2.getPerspectiveTransform(
        moved.astype(np.float32), (wanted - 0.5).astype(np.float32)
    )
    return np.asarray(
        cv2.warpPerspective(small, matrix, (WIDTH, CARD_HEIGHT), borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
