"""Is the picture good enough: sharp, lit, whole, large enough, no glare over a field.

Measured on the rectified card, so that the limits mean the same at every distance and camera.
Reasons are stable codes; each names what the person at the station can change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from device.inference.base import Image, Quad, TextBox
from device.inference.reading import Quality

REASONS: tuple[str, ...] = (
    "card.cut",
    "card.not_a_credential",
    "card.not_found",
    "card.too_small",
    "quality.blurred",
    "quality.bright",
    "quality.dark",
    "quality.glare",
    "read.no_clave_elector",
    "read.no_mrz",
    "read.no_numero_ocr",
)

_BURNT = 250  # of 255 in every channel: no print is left there
_SMALL = (321, 203)  # the card at a quarter: enough for light, not for focus


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Where the gate closes; shares 0…1, brightness 0…1, `least_px_per_mm` in the frame."""

    least_focus: float = 0.12
    least_brightness: float = 0.16
    most_brightness: float = 0.96
    most_glare: float = 0.06
    least_px_per_mm: float = 6.0
    most_glare_in_box: float = 0.25
    least_focus_in_box: float = 0.08


def measure(
    card: Image,
    grey: Image,
    quad: Quad,
    frame_size: tuple[int, int],
    boxes: Mapping[str, TextBox],
    limits: QualityLimits | None = None,
) -> Quality:
    """Return the measures of a rectified card; `frame_size` is (height, width) of its frame."""
    limits = limits or QualityLimits()
    steep = steepness(grey)
    small = np.asarray(cv2.resize(card, _SMALL, interpolation=cv2.INTER_AREA), np.uint8)
    burnt = _burnt(small)
    light = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32) / 255
    blurred = tuple(
        sorted(name for name, box in boxes.items() if _is_spoilt(grey, burnt, box, limits))
    )
    height, width = frame_size
    return Quality(
        focus=steep,
        brightness=float(np.median(light)),
        dark=float((light < 0.12).mean()),
        glare=float(burnt.mean()),
        coverage=abs(quad.area_px) / (height * width),
        px_per_mm=quad.width_px / 85.60,
        inside=is_inside(quad, frame_size),
        blurred_fields=blurred,
    )


def reasons(quality: Quality, limits: QualityLimits | None = None) -> tuple[str, ...]:
    """Return the codes of what the gate would not take, sorted."""
    limits = limits or QualityLimits()
    failed = {
        "card.cut": not quality.inside,
        "card.too_small": quality.px_per_mm < limits.least_px_per_mm,
        "quality.blurred": quality.focus < limits.least_focus,
        "quality.dark": quality.brightness < limits.least_brightness,
        "quality.bright": quality.brightness > limits.most_brightness,
        "quality.glare": quality.glare > limits.most_glare,
    }
    return tuple(sorted(code for code, is_failed in failed.items() if is_failed))


def steepness(grey: Image) -> float:
    """Return how steep the steepest edges are: their slope per pixel over the contrast there is.

    A one-pixel step between the card's lightest and darkest tone is 1; blur of n pixels divides it
    by about n.
    """
    if min(grey.shape[:2]) < 8:
        return 0.0
    # Every other row of a large card: the share of edges is the same.
    rows = grey[:: 2 if grey.shape[0] > 200 else 1]
    across = np.asarray(cv2.absdiff(rows[:, 2:], rows[:, :-2]), np.uint8)
    low, high = _percentile(rows, 0.01), _percentile(rows, 0.99)
    return min(1.0, _percentile(across, 0.993) / max(high - low, 24.0))


def _percentile(values: Image, share: float) -> float:
    """Return the tone below which that share of the pixels lies, by their histogram."""
    histogram = cv2.calcHist([np.ascontiguousarray(values)], [0], None, [256], [0, 256])
    counts = np.cumsum(histogram)
    return float(np.searchsorted(counts, share * counts[-1]))


def is_inside(quad: Quad, frame_size: tuple[int, int]) -> bool:
    """Say whether the whole card is in the frame, give or take a hundredth of its width."""
    height, width = frame_size
    slack = 0.01 * quad.width_px
    points = quad.array()
    low = points.min(axis=0) >= -slack
    high = points.max(axis=0) <= (width - 1 + slack, height - 1 + slack)
    return bool(low.all() and high.all())


def _burnt(small: Image) -> np.ndarray:
    """Return where light has burnt the print away: patches, not paper between lines."""
    white = (small.min(axis=2) >= _BURNT).astype(np.uint8)
    return cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0


def _is_spoilt(grey: Image, burnt: np.ndarray, box: TextBox, limits: QualityLimits) -> bool:
    scale = burnt.shape[1] / grey.shape[1]
    x0, y0, x1, y1 = box.as_list()
    patch = burnt[int(y0 * scale) : int(y1 * scale) + 1, int(x0 * scale) : int(x1 * scale) + 1]
    if patch.size and patch.mean() > limits.most_glare_in_box:
        return True
    part = grey[max(y0, 0) : y1 + 1, max(x0, 0) : x1 + 1]
    return min(part.shape, default=0) >= 8 and steepness(part) < limits.least_focus_in_box
