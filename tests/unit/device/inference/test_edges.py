"""Corners are found where straight edges meet, whatever rounds, hides or crosses them."""

import cv2
import numpy as np
import pytest

from device.inference.base import Image, Quad
from device.inference.edges import refined

CORNERS = np.array([[203.4, 151.7], [1004.2, 178.1], [985.9, 684.3], [190.6, 662.5]])


def scene(corners: np.ndarray, *, card: int = 190, table: int = 90, rounded: bool = True) -> Image:
    """A plain card on a plain table with a little noise, drawn to a sixteenth of a pixel."""
    height, width, radius = 540, 856, 32
    flat = np.full((height, width), 255, np.uint8)
    if rounded:
        flat[:] = 0
        cv2.rectangle(flat, (radius, 0), (width - radius - 1, height - 1), 255, -1)
        cv2.rectangle(flat, (0, radius), (width - 1, height - radius - 1), 255, -1)
        for x in (radius, width - radius - 1):
            for y in (radius, height - radius - 1):
                cv2.circle(flat, (x, y), radius, 255, -1, cv2.LINE_AA)
    outline = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    homography = cv2.getPerspectiveTransform(outline, corners.astype(np.float32))
    cover = cv2.warpPerspective(flat, homography, (1280, 960)).astype(np.float32)[..., None] / 255
    noise = np.random.default_rng(3).normal(0, 2, (960, 1280, 3))
    image = table + cover * (card - table) + noise
    return np.asarray(np.clip(image, 0, 255), np.uint8)


def worst(quad: Quad, corners: np.ndarray) -> float:
    return float(np.linalg.norm(quad.array() - corners, axis=1).max())


ASTRAY = np.array([[11.0, -9.0], [-14.0, 8.0], [9.0, 13.0], [-12.0, -10.0]])


@pytest.mark.parametrize("rounded", [True, False])
def test_corners_off_by_a_hundredth_come_to_within_a_pixel(rounded: bool) -> None:
    quad, seen = refined(scene(CORNERS, rounded=rounded), Quad.of(CORNERS + ASTRAY))
    assert worst(quad, CORNERS) < 1
    assert seen > 0.9


@pytest.mark.parametrize("turn", range(4))
def test_the_order_of_the_corners_stays(turn: int) -> None:
    corners = np.roll(CORNERS, turn, axis=0)
    quad, _ = refined(scene(CORNERS), Quad.of(corners + ASTRAY))
    assert worst(quad, corners) < 1.5


def test_a_finger_over_an_edge_is_outvoted() -> None:
    image = scene(CORNERS)
    cv2.line(image, (560, 60), (600, 260), (190, 140, 110), 120, cv2.LINE_AA)
    quad, _ = refined(image, Quad.of(CORNERS + ASTRAY))
    assert worst(quad, CORNERS) < 2


def test_a_strong_line_printed_beside_the_edge_is_not_taken_for_it() -> None:
    image = scene(CORNERS)
    inside = CORNERS[0] + (CORNERS[3] - CORNERS[0]) * 0.05
    along = CORNERS[1] - CORNERS[0]
    first, last = inside + along * 0.3, inside + along * 0.9
    for part in np.linspace(0, 1, 20):  # bars, as of a code
        left = first + (last - first) * part
        right, down = left + along * 0.012, np.array([0.0, 90.0])
        bar = np.array([left, right, right + down, left + down])
        cv2.fillPoly(image, [bar.astype(np.int32)], (10, 10, 10))
    quad, _ = refined(image, Quad.of(CORNERS + ASTRAY))
    assert worst(quad, CORNERS) < 1.5


def test_a_corner_outside_the_frame_is_found_where_its_edges_would_meet() -> None:
    moved = CORNERS - np.array([194.0, 0.0])
    quad, _ = refined(scene(moved), Quad.of(moved + ASTRAY))
    assert worst(quad, moved) < 2


def test_nothing_to_be_seen_leaves_the_quad_where_it_is() -> None:
    plain = np.full((960, 1280, 3), 120, np.uint8)
    quad, seen = refined(plain, Quad.of(CORNERS))
    assert worst(quad, CORNERS) < 1e-6
    assert seen < 0.3


def test_a_blurred_edge_is_still_met() -> None:
    image = np.asarray(cv2.GaussianBlur(scene(CORNERS), (0, 0), 4), np.uint8)
    quad, _ = refined(image, Quad.of(CORNERS + ASTRAY))
    assert worst(quad, CORNERS) < 2
