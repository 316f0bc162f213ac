"""How far a value stands from where its label makes one expect it."""

from __future__ import annotations

from device.inference.base import TextBox
from device.inference.labels import Fragment
from device.inference.look import overlap

MOST_DISTANCE = 6.0  # glyph heights between a label and its value


def distance(label: Fragment, value: Fragment) -> float | None:
    """Return how far a value is from where its label makes one expect it, in glyph heights."""
    if label.line is value.line:
        return 0.0 if value.start >= label.end else None
    height = max(label.box.height, 0.75 * value.box.height, 1.0)
    left, right = label.box, value.box
    level = abs(left.middle_y - right.middle_y) / height
    gap = (right.x0 - left.x1) / height
    if level < 0.75 and -0.8 < gap < 2 * MOST_DISTANCE:
        return 0.4 + 0.35 * max(gap, 0) + level
    below = (right.y0 - left.y1) / height
    aside = min(abs(right.x0 - left.x0), abs(_centre(right) - _centre(left))) / height
    if -0.5 < below < 3.0 and aside < 5.0 and overlap(left, right) > 0:
        return 0.5 + max(below, 0) + 0.5 * aside
    above = (left.y0 - right.y1) / height
    if -0.5 < above < 1.5 and aside < 3.0 and overlap(left, right) > 0:
        return 3.5 + max(above, 0) + 0.5 * aside
    return None


def _centre(box: TextBox) -> float:
    return 0.5 * (box.x0 + box.x1)
