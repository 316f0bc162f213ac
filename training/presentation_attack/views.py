"""What the network looks at: the card with its surroundings, and pieces of the frame as it is.

Textures of print and of displays live in single pixels of the frame and are lost, or invented,
where a picture is warped; so the pieces are cut and not resampled. `device.inference.attack_views`
cuts the same on a station, and a test holds one against the other.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

WIDTH, HEIGHT = 256, 352
CARD_HEIGHT = 160  # the rest of the sheet is three rows of four pieces
MARGIN = 0.08
PIECE = 64
# Of the card's width and height; the first two rows lie on the card, the third on its edges.
Places = tuple[tuple[tuple[float, float], ...], ...]
PLACES: Places = (
    ((0.13, 0.32), (0.38, 0.28), (0.62, 0.28), (0.87, 0.32)),
    ((0.13, 0.66), (0.38, 0.72), (0.62, 0.72), (0.87, 0.66)),
    ((0.50, 0.00), (1.00, 0.50), (0.50, 1.00), (0.00, 0.50)),
)


def views(frame: Image, corners: Points, places: Places = PLACES) -> Image:
    """Return the sheet of views, HEIGHT×WIDTH×3, of the card with these corners."""
    sheet = np.empty((HEIGHT, WIDTH, 3), np.uint8)
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


def _card(frame: Image, corners: Points) -> Image:
    inset = np.array([WIDTH, CARD_HEIGHT]) * MARGIN / (1 + 2 * MARGIN)
    far = np.array([WIDTH, CARD_HEIGHT]) - inset
    target = np.array([inset, [far[0], inset[1]], far, [inset[0], far[1]]])
    long = np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])
    scale = 1.25 / max(float(long) / 2 / float(far[0] - inset[0]), 1.25)
    # Fine print is averaged first, or it would turn into noise.
    size = (max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale)))
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    moved = (corners + 0.5) * (np.array(size) / (frame.shape[1], frame.shape[0])) - 0.5
    matrix = cv2.getPerspectiveTransform(
        moved.astype(np.float32), (target - 0.5).astype(np.float32)
    )
    return np.asarray(
        cv2.warpPerspective(small, matrix, (WIDTH, CARD_HEIGHT), borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
