"""Rows of labelled values set into a region, as a form is: the text block of a card's front."""

import unicodedata
from dataclasses import dataclass, field

import cv2
from numpy.random import Generator

from training.render.canvas import Canvas, Ink, fit, text_width
from training.render.style import Style


@dataclass
class Cell:
    """A label with its values, one line each: (printed text, field name or None)."""

    label: str
    values: list[tuple[str, str | None]]
    beside: bool = False
    emphasis: float = 1.0
    boxed: bool = False
    name: bool = False


@dataclass
class Row:
    """Cells on one line; `aside` cells are stacked at the right of the row, from its top."""

    cells: list[Cell]
    aside: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Region:
    """A rectangle of the card in pixels."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Give the width in pixels."""
        return self.x1 - self.x0


def wording(style: Style, key: str) -> str:
    """Give the label this design prints for a field."""
    text = style.labels[key]
    if not style.plain_labels:
        return text
    kept = unicodedata.normalize("NFD", text.replace("Ñ", "\0"))
    return "".join(c for c in kept if not unicodedata.combining(c)).replace("\0", "Ñ")


def value_ink(style: Style, cap: float, *, name: bool = False) -> Ink:
    """Give the ink of printed values."""
    face = style.name_face if name else style.value_face
    return Ink(face, cap, style.value_colour, style.value_opacity, style.value_tracking)


def label_ink(style: Style, cap: float) -> Ink:
    """Give the ink of printed labels, for values of the height `cap`."""
    return Ink(
        style.label_face,
        max(12.5, cap * style.label_ratio),
        style.label_colour,
        0.96,
        style.label_tracking,
    )


def _cell_height(cell: Cell, style: Style, cap: float) -> float:
    size = cap * cell.emphasis
    lines = len(cell.values)
    height = size * lines + size * style.line_gap * (lines - 1)
    if not cell.beside:
        height += label_ink(style, cap).cap * (1 + style.label_gap)
    return height


def _cell_width(cell: Cell, style: Style, cap: float) -> float:
    label = text_width(cell.label, label_ink(style, cap))
    ink = value_ink(style, cap * cell.emphasis, name=cell.name)
    value = max(text_width(text, ink) for text, _ in cell.values)
    if cell.beside:
        return label + cap * 0.5 + value
    return max(label, value)


def _draw_cell(
    canvas: Canvas, cell: Cell, style: Style, cap: float, x: float, y: float, width: float
) -> None:
    label = label_ink(style, cap)
    ink = value_ink(style, cap * cell.emphasis, name=cell.name)
    size = ink.cap
    if cell.beside:
        natural = _cell_width(cell, style, cap)
        factor = min(1.0, width / natural)
        label_fit = fit(cell.label, label, text_width(cell.label, label) * factor)
        value_x = x + text_width(cell.label, label_fit) + cap * 0.5 * factor
        baseline = y + size
        canvas.text(x, baseline, cell.label, label_fit, "label")
    else:
        value_x = x
        canvas.text(x, y + label.cap, cell.label, fit(cell.label, label, width), "label")
        baseline = y + label.cap * (1 + style.label_gap) + size
    for text, name in cell.values:
        fitted = fit(text, ink, x + width - value_x)
        box = canvas.text(value_x, baseline, text, fitted, "value", name)
        if cell.boxed and box is not None:
            pad = round(size * 0.35)
            cv2.rectangle(
                canvas.image,
                (box[0] - pad, box[1] - pad),
                (box[2] + pad, box[3] + pad),
                style.label_colour,
                2,
                cv2.LINE_AA,
            )
        baseline += size * (1 + style.line_gap)


def set_rows(canvas: Canvas, rows: list[Row], region: Region, style: Style, rng: Generator) -> None:
    """Print rows from the region's top, as large as the design wants and the region allows."""
    height = region.y1 - region.y0
    cap = style.value_cap
    gap = style.line_gap * float(rng.uniform(1.0, 1.8))

    def row_height(row: Row, size: float) -> float:
        main = max(_cell_height(cell, style, size) for cell in row.cells)
        if not row.aside:
            return main
        aside = sum(_cell_height(cell, style, size) + size * 0.5 for cell in row.aside)
        return max(main, aside)

    def total(size: float) -> float:
        return sum(row_height(row, size) for row in rows) + gap * size * (len(rows) - 1)

    for _ in range(6):
        if total(cap) <= height:
            break
        cap *= max(0.8, height / total(cap))
    spare = max(0.0, height - total(cap)) / max(1, len(rows) - 1)
    spread = spare * float(rng.uniform(0.2, 1.0)) * (rng.random() < 0.8)
    y = region.y0
    for row in rows:
        right = region.x1
        if row.aside:
            width = max(_cell_width(cell, style, cap) for cell in row.aside)
            x = max(region.x0 + region.width * 0.55, region.x1 - width)
            if rng.random() < 0.6:
                x = min(x, max(region.x0 + region.width * float(rng.uniform(0.6, 0.76)), 0))
            aside_y = y
            for cell in row.aside:
                _draw_cell(canvas, cell, style, cap, x, aside_y, region.x1 - x)
                aside_y += _cell_height(cell, style, cap) + cap * 0.5
            right = x - cap * 0.8
        _set_row(canvas, row, style, cap, y, region.x0, right, rng)
        y += row_height(row, cap) + gap * cap + spread


def _set_row(
    canvas: Canvas,
    row: Row,
    style: Style,
    cap: float,
    y: float,
    left: float,
    right: float,
    rng: Generator,
) -> None:
    widths = [_cell_width(cell, style, cap) for cell in row.cells]
    between = cap * float(rng.uniform(0.9, 1.8))
    room = right - left - between * (len(widths) - 1)
    factor = min(1.0, room / sum(widths))
    spare = room - sum(widths) * factor
    slack = spare / len(widths) * float(rng.uniform(0, 1)) if rng.random() < 0.6 else 0.0
    tallest = max(_cell_height(cell, style, cap) for cell in row.cells)
    x = left
    for cell, width in zip(row.cells, widths, strict=True):
        drop = 0.0
        if cell.beside and tallest > _cell_height(cell, style, cap) * 1.3:
            drop = tallest - _cell_height(cell, style, cap)
        _draw_cell(canvas, cell, style, cap, x, y + drop, width * factor + 1)
        x += width * factor + between + slack
