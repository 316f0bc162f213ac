"""Joins boxes that stand on one printed line: wide spacing makes a detector see several."""

from __future__ import annotations

from collections.abc import Sequence

from device.inference.base import TextBox


def join(boxes: Sequence[TextBox], *, most_gap: float) -> list[TextBox]:
    """Return boxes from top to bottom, those of one line with a gap below `most_gap` glyph heights
    made one."""
    rows: list[TextBox] = []
    for box in sorted(boxes, key=lambda b: b.x0):
        for index, row in enumerate(rows):
            if _continues(row, box, most_gap):
                rows[index] = _union(row, box)
                break
        else:
            rows.append(box)
    return sorted(rows, key=lambda row: (row.middle_y, row.x0))


def _continues(row: TextBox, box: TextBox, most_gap: float) -> bool:
    level = row.middle_y + row.slope * (box.x0 - 0.5 * (row.x0 + row.x1))
    return (
        abs(box.middle_y - level) < 0.35 * min(row.height, box.height)
        and 0.6 < box.height / row.height < 1.67
        and box.x0 - row.x1 < most_gap * row.height
    )


def _union(row: TextBox, box: TextBox) -> TextBox:
    """Return one box for two pieces; the longer one says where the line runs."""
    x0, x1 = min(row.x0, box.x0), max(row.x1, box.x1)
    first, second = 0.5 * (row.x0 + row.x1), 0.5 * (box.x0 + box.x1)
    slope = row.slope if row.width > box.width else box.slope
    if second - first > 3 * row.height:
        slope = (box.middle_y - row.middle_y) / (second - first)
    share = box.width / (row.width + box.width)
    anchor_x, anchor_y = (first, row.middle_y) if row.width > box.width else (second, box.middle_y)
    middle = anchor_y + slope * (0.5 * (x0 + x1) - anchor_x)
    half = 0.5 * (row.height * (1 - share) + box.height * share)
    return TextBox(x0, middle - half, x1, middle + half, slope)
