"""Geometry that the pictures of the portal share: numbers in, coordinates of an SVG out.

The templates draw what stands here; no script and no style attribute is needed, so the strict
content security policy holds. Lengths are in units of the SVG's view box, y grows downwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.apoyo import Partition, State

PARTS_WIDTH = 1000.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `label` names what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: its place and the value or day it stands for."""

    at: float
    value: int | date


def count_ticks(highest: int) -> tuple[int, ...]:
    """Give 0 and up to five round steps (1, 2 or 5 × 10ⁿ) that reach `highest`."""
    step = 1
    while -(-highest // step) > 5:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return tuple(range(0, max(-(-highest // step), 1) * step + 1, step))


def partition_bar(partition: Partition) -> tuple[Box, ...]:
    """Lay the states that count something side by side on `PARTS_WIDTH`, in their fixed order.

    A state with few apoyos keeps 3 units so that it can be seen; the others give way.
    """
    counts = [(state, partition[state]) for state in State if partition[state]]
    if not counts:
        return ()
    smallest, gap = 3.0, 2.0
    room = PARTS_WIDTH - gap * (len(counts) - 1) - smallest * len(counts)
    boxes, x = [], 0.0
    for state, count in counts:
        width = smallest + room * count / partition.enviados
        boxes.append(Box(round(x, 2), 0, round(width, 2), 40, state.value))
        x += width + gap
    return tuple(boxes)


def row_bar(counts: Mapping[State, int], most: int) -> tuple[Box, ...]:
    """Lay the states of one row side by side; a row of `most` apoyos fills `PARTS_WIDTH`."""
    boxes, x = [], 0.0
    for state in State:
        width = PARTS_WIDTH * counts.get(state, 0) / max(most, 1)
        if width:
            boxes.append(Box(round(x, 1), 0, round(max(width, 2.0), 1), 20, state.value))
            x += width
    return tuple(boxes)
