"""Synthetic crops of printed lines, as a text detector would cut them from a photographed card.

A line is set in a typeface on a security background, with the lines above and below it, seen
slightly turned, cut with a margin that is sometimes generous and sometimes too tight, and then
worn by an optic, a sensor and a compressor. Sizes are in pixels, gray levels in 0…255.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from training.text_recogniser.crop import Pixels, normalise
from training.text_recogniser.phrases import label_length, phrase
from training.text_recogniser.typefaces import (
    Typeface,
    Typefaces,
    capital_height,
    font,
    typefaces,
)

Generator = np.random.Generator
Gray = NDArray[Any]
# Ink in 0…1 or gray levels, in floats: OpenCV's own types are wider than what it returns.


@dataclass(frozen=True, slots=True)
class Line:
    """One normalised crop and the text that it shows."""

    text: str
    kind: str
    pixels: Pixels


def draw_line(rng: Generator, *, kind: str | None = None, held_out: bool = False) -> Line:
    """Invent a line and print it.

    Args:
        rng: Everything random comes from here; the same state gives the same line.
        kind: One of `phrases.KINDS`, or None to draw one by its share.
        held_out: Use the typefaces kept out of training.
    """
    kind, text = phrase(rng, kind)
    faces = typefaces(held_out=held_out)
    face = _choose(rng, faces, kind, text)
    shown = _cased(rng, kind, text)
    if not face.prints(shown):
        shown = text
    return Line(text, kind, photograph_line(rng, shown, face, kind))


def _cased(rng: Generator, kind: str, text: str) -> str:
    """Set a label as a sentence or with capital initials, as often as in capitals.

    A field is reported in capitals all the same. Values are hardly ever set in small letters.
    """
    if rng.random() > {"label": 0.5, "address": 0.05, "name": 0.05}.get(kind, 0.0):
        return text
    end = label_length(text) if kind == "label" else len(text)
    draw = rng.random()
    change = str.capitalize if draw < 0.5 else str.title if draw < 0.85 else str.lower
    return change(text[:end]) + text[end:]


def _choose(rng: Generator, faces: Typefaces, kind: str, text: str) -> Typeface:
    draw = rng.random()
    if kind == "mrz":
        # Real zones are OCR-B; another type of one pitch keeps the net from its one design.
        group = faces.mrz if draw < 0.7 else faces.mono if draw < 0.95 else faces.text
    elif kind == "number":
        group = faces.text if draw < 0.7 else faces.mrz if draw < 0.85 else faces.mono
    else:
        group = faces.text if draw < 0.93 else faces.mono if draw < 0.97 else faces.mrz
    able = [face for face in group if face.prints(text)] or [
        face for face in faces.text if face.prints(text)
    ]
    weights = np.array([face.weight for face in able])
    return able[int(rng.choice(len(able), p=weights / weights.sum()))]


def photograph_line(rng: Generator, text: str, face: Typeface, kind: str) -> Pixels:
    """Print a text in a typeface and return the crop that a station would see."""
    capital = float(rng.uniform(18, 30))
    size = max(8, round(capital / capital_height(face.path)))
    capital = size * capital_height(face.path)
    spacing = float(rng.normal(0, 0.04)) * capital if rng.random() < 0.3 else 0.0
    if rng.random() < 0.05:
        spacing = float(rng.uniform(0.1, 0.35)) * capital
    ink, baseline = _set_text(text, face, size, spacing, rng)
    left, right = _ink_columns(ink)
    ink = ink[:, left:right]

    side = int(2.2 * capital)
    middle = int(baseline - capital / 2)
    above, below = int(2.1 * capital), int(2.1 * capital)
    canvas = np.zeros((above + below, ink.shape[1] + 2 * side), np.float32)
    top = above - middle
    first, last = max(0, top), min(canvas.shape[0], top + ink.shape[0])
    canvas[first:last, side : side + ink.shape[1]] = ink[first - top : last - top]
    canvas = _wear_ink(rng, canvas)
    if rng.random() < 0.55:
        _add_neighbours(rng, canvas, face, size, capital, side, kind)
    if rng.random() < 0.1:
        _add_rules(rng, canvas, capital, side, ink.shape[1])

    scene = _colour(rng, canvas)
    crop, capital_px = _cut(rng, scene, text, capital, side, ink.shape[1], above)
    crop = _degrade(rng, crop, capital_px)
    interpolation = (None, None, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA)
    return normalise(crop, interpolation[int(rng.integers(len(interpolation)))])


def _set_text(
    text: str, face: Typeface, size: int, spacing: float, rng: Generator
) -> tuple[Gray, float]:
    """Print a text; its ink in 0…1 and the row of its baseline."""
    letters = font(face.path, size)
    heavy = 1 if rng.random() < 0.06 else 0
    baseline = int(1.4 * size)
    length = letters.getlength(text) + max(0.0, spacing) * len(text)
    sheet = Image.new("L", (int(length) + 2 * size, 2 * size), 0)
    pen = ImageDraw.Draw(sheet)
    if spacing == 0.0:
        pen.text((size // 2, baseline), text, 255, letters, anchor="ls", stroke_width=heavy)
    else:
        x = float(size // 2)
        for character in text:
            pen.text((x, baseline), character, 255, letters, anchor="ls", stroke_width=heavy)
            x += letters.getlength(character) + spacing
    return np.asarray(sheet, np.float32) / 255, float(baseline)


def _ink_columns(ink: Gray) -> tuple[int, int]:
    columns = np.flatnonzero(ink.max(axis=0) > 0.2)
    return (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, ink.shape[1])


def _wear_ink(rng: Generator, ink: Gray) -> Gray:
    """Thin, swollen or patchy print."""
    draw = rng.random()
    if draw < 0.08:
        ink = cv2.erode(ink, np.ones((2, 2), np.uint8))
    elif draw < 0.16:
        ink = cv2.dilate(ink, np.ones((2, 2), np.uint8))
    elif draw < 0.24:
        soft = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.8, 1.6)))
        ink = np.clip((soft - rng.uniform(0.25, 0.45)) * 4 + 0.5, 0, 1).astype(np.float32)
    if rng.random() < 0.2:
        ink = ink * (1 - rng.uniform(0.2, 0.55) * _smooth_noise(rng, ink.shape, 4))
    if rng.random() < 0.08:
        # Dot-matrix and inkjet rasters.
        period = int(rng.integers(3, 6))
        ink = ink.copy()
        ink[::period] *= float(rng.uniform(0.4, 0.8))
    return ink.astype(np.float32)


def _add_neighbours(
    rng: Generator, canvas: Gray, face: Typeface, size: int, capital: float, side: int, kind: str
) -> None:
    """Print the lines above and below, near enough to reach into the crop."""
    middle = canvas.shape[0] / 2
    for direction in (-1, 1):
        if rng.random() < 0.35:
            continue
        other = phrase(rng, "mrz" if kind == "mrz" else None)[1]
        if not face.prints(other):
            continue
        scale = 1.0 if kind == "mrz" else float(rng.uniform(0.7, 1.25))
        ink, baseline = _set_text(other, face, max(8, int(size * scale)), 0.0, rng)
        gap = float(rng.uniform(1.28, 1.9)) * capital
        centre = middle + direction * (gap + (scale - 1) * capital / 2)
        top = int(centre + capital * scale / 2 - baseline)
        left = side + int(rng.normal(0, 0.5) * side)
        if kind != "mrz" and rng.random() < 0.5:
            left = side
        first, last = max(0, top), min(canvas.shape[0], top + ink.shape[0])
        start, stop = max(0, left), min(canvas.shape[1], left + ink.shape[1])
        if first < last and start < stop:
            part = canvas[first:last, start:stop]
            np.maximum(part, ink[first - top : last - top, start - left : stop - left], out=part)


def _add_rules(rng: Generator, canvas: Gray, capital: float, side: int, width: int) -> None:
    """Print the rules of a frame around the line, on some of its sides."""
    middle, thick = canvas.shape[0] / 2, int(rng.integers(1, 4))
    strength = float(rng.uniform(0.3, 1))
    near = rng.uniform(0.25, 0.7, 4) * capital
    left, right = max(0, round(side - near[0])), round(side + width + near[1])
    for row, chance in ((middle - capital / 2 - near[2], 0.6), (middle + capital / 2 + near[3], 1)):
        if rng.random() < chance:
            part = canvas[round(row) : round(row) + thick, left:right]
            np.maximum(part, strength, out=part)
    for column in (left, right):
        if rng.random() < 0.4:
            part = canvas[
                round(middle - capital) : round(middle + capital), column : column + thick
            ]
            np.maximum(part, strength, out=part)


def _colour(rng: Generator, ink: Gray) -> Gray:
    """Ink over a security background, in gray levels."""
    height, width = ink.shape
    paper = float(rng.uniform(110, 245))
    depth = float(rng.uniform(55, 210)) if rng.random() < 0.85 else float(rng.uniform(32, 60))
    dark = rng.random() > 0.07
    if not dark:
        paper = float(rng.uniform(30, 130))
    background = np.full((height, width), paper, np.float32)
    if rng.random() < 0.8:
        background += _guilloche(rng, height, width, float(rng.uniform(2, min(38, depth * 0.45))))
    if rng.random() < 0.5:
        swing = float(rng.uniform(4, min(50, depth * 0.5)))
        background += swing * (_smooth_noise(rng, ink.shape, int(rng.integers(2, 9))) - 0.5)
    if rng.random() < 0.06:
        # The edge of a coloured band, of a photo or of a table behind the line.
        row = int(rng.integers(0, height))
        background[row:] += float(rng.uniform(-0.4, 0.4) * depth)
    tone = background - depth if dark else background + depth
    if rng.random() < 0.5:
        # A constant ink rather than one that darkens the paper by a fixed amount.
        tone = np.full_like(background, paper - depth if dark else paper + depth)
    scene = background + (tone - background) * ink
    if rng.random() < 0.12:
        # Security lines printed over the text.
        scene += _guilloche(rng, height, width, float(rng.uniform(2, depth * 0.25)))
    return np.clip(scene, 0, 255).astype(np.float32)


def _guilloche(rng: Generator, height: int, width: int, amplitude: float) -> Gray:
    """A piece of one of the security patterns, mean about zero."""
    patterns = _patterns()
    pattern = patterns[int(rng.integers(len(patterns)))]
    width_kept = min(width, pattern.shape[1])
    row = int(rng.integers(0, pattern.shape[0] - height + 1))
    column = int(rng.integers(0, pattern.shape[1] - width_kept + 1))
    piece = pattern[row : row + height, column : column + width_kept]
    if width_kept < width:
        piece = np.pad(piece, ((0, 0), (0, width - width_kept)), mode="reflect")
    if rng.random() < 0.5:
        piece = piece[::-1]
    return piece * np.float32(amplitude if rng.random() < 0.5 else -amplitude)


@cache
def _patterns() -> tuple[Gray, ...]:
    """Sheets of fine interwoven waves, as printed against copying; values about -1…1."""
    rng = np.random.default_rng(20_260_101)
    height, width = 260, 1400
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(width, dtype=np.float32)[None, :]
    sheets = []
    for _ in range(60):
        total = np.zeros((height, width), np.float32)
        for _ in range(int(rng.integers(1, 4))):
            period, angle = float(rng.uniform(4, 40)), float(rng.uniform(0, np.pi))
            wave, length = float(rng.uniform(0, 14)), float(rng.uniform(30, 160))
            shift = wave * np.sin(columns * (2 * np.pi / length) + float(rng.uniform(0, 6)))
            phase = (rows * np.cos(angle) + columns * np.sin(angle) + shift) * (2 * np.pi / period)
            lines = np.sin(phase)
            if rng.random() < 0.5:
                lines = (np.abs(lines) < rng.uniform(0.15, 0.4)).astype(np.float32) * -2 + 0.4
            total += lines.astype(np.float32)
        sheets.append(total / 2)
    return tuple(sheets)


def _smooth_noise(rng: Generator, shape: tuple[int, ...], cells: int) -> Gray:
    """Noise in 0…1 that changes over about a `cells`-th of the height."""
    height, width = shape
    columns = max(2, round(cells * width / max(height, 1)))
    coarse = rng.random((cells, columns), np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)


def _cut(
    rng: Generator,
    scene: Gray,
    text: str,
    capital: float,
    side: int,
    width: int,
    above: int,
) -> tuple[Gray, float]:
    """The crop, seen from a slightly wrong direction, at the resolution of the still.

    The second value is the height of the capitals in its pixels.
    """
    # How much of the capital letters is missing (negative) or is left free above and below,
    # as a share of their height.
    generous = rng.random()
    if generous < 0.06:
        margins = rng.uniform(-0.1, 0.1, 2)
    elif generous < 0.75:
        margins = rng.uniform(0.08, 0.55, 2)
    else:
        margins = rng.uniform(0.3, 0.85, 2)
    if any(c in "ÑÁÉÍÓÚÜ" for c in text):
        # An accent that is cut away cannot be read.
        margins[0] = max(margins[0], 0.26 + 0.1 * rng.random())
    ends = rng.uniform(-0.08, 1.1, 2) if rng.random() < 0.8 else rng.uniform(0.5, 1.9, 2)
    top = above - capital * (0.5 + margins[0])
    bottom = above + capital * (0.5 + margins[1])
    left, right = side - capital * ends[0], side + width + capital * ends[1]

    squeeze = float(rng.uniform(0.66, 1.25)) if rng.random() < 0.5 else 1.0
    resolution = float(rng.uniform(11, 30) if rng.random() < 0.75 else rng.uniform(8, 12)) / capital
    height_px = max(10, round((bottom - top) * resolution))
    width_px = max(8, round((right - left) * resolution * squeeze))
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    centre = corners.mean(axis=0)
    length = right - left
    # A detector's box is upright on a rectified card: a long line cannot lean much in it.
    lean = float(rng.normal(0, 1.2)) * min(1.0, 5 * capital / length)
    turn = np.deg2rad(np.clip(lean, -3, 3))
    slant = float(rng.normal(0, 0.05))
    rotation = np.array([[np.cos(turn), slant - np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = ((corners - centre) @ rotation.T + centre).astype(np.float32)
    corners += rng.normal(0, 0.025 * capital, (4, 2)).astype(np.float32)
    target = np.array([[0, 0], [width_px, 0], [width_px, height_px], [0, height_px]], np.float32)
    if resolution < 0.75:
        scene = cv2.GaussianBlur(scene, (0, 0), 0.42 / resolution)
    view = cv2.getPerspectiveTransform(corners, target)
    cut = cv2.warpPerspective(
        scene, view, (width_px, height_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, np.float32), capital * resolution


def _through_lens(rng: Generator, crop: Gray, capital_px: float) -> Gray:
    """Blur by lens and by shake, from none to what only the context still tells."""
    fine = crop.shape[0] / 32  # blur that a line still survives grows with its resolution
    blur = rng.random()
    if blur < 0.3:
        crop = _out_of_focus(rng, crop, float(rng.uniform(0.04, 0.16)) * capital_px)
    elif blur < 0.75:
        crop = cv2.GaussianBlur(crop, (0, 0), float(rng.uniform(0.25, 0.95)) * max(fine, 0.6))
    shake = rng.random()
    if shake < 0.1:
        crop = _motion_blur(rng, crop, float(rng.uniform(0.15, 0.5)) * capital_px)
    elif shake < 0.25:
        crop = _motion_blur(rng, crop, float(rng.uniform(2, 5)) * max(fine, 0.6))
    return crop


def _degrade(rng: Generator, crop: Gray, capital_px: float) -> Pixels:
    """Optics, light, sensor and compression."""
    height, width = crop.shape
    crop = _through_lens(rng, crop, capital_px)
    if rng.random() < 0.35:
        slope = np.linspace(rng.uniform(0.6, 1.25), rng.uniform(0.6, 1.25), width, dtype=np.float32)
        crop = crop * slope[None, :]
    if rng.random() < 0.15:
        crop = _shadow(rng, crop)
    if rng.random() < 0.15:
        crop = _glare(rng, crop)
    low, high = np.percentile(crop, (2, 98))
    spread = float(high - low) + 1.0
    if rng.random() < 0.4:
        # Never less contrast than the noise and the eight bits of a pixel leave readable.
        crop = 128 + (crop - 128) * float(rng.uniform(min(1.0, max(0.5, 30 / spread)), 1.3))
        crop = crop + float(rng.uniform(-35, 35))
    if rng.random() < 0.7:
        strongest = min(11.0, 1.0 + 0.1 * spread)
        noise = rng.standard_normal((height, width), np.float32) * float(rng.uniform(1, strongest))
        if rng.random() < 0.3:
            noise = cv2.GaussianBlur(noise, (0, 0), 0.8) * 1.6
        crop = crop + noise
    pixels = np.clip(crop, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.integers(35, 96))
        coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        pixels = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    if rng.random() < 0.1:
        # Sharpening in the camera.
        soft = cv2.GaussianBlur(pixels, (0, 0), 1.2)
        pixels = np.asarray(cv2.addWeighted(pixels, 1.8, soft, -0.8, 0), np.uint8)
    return pixels


def _out_of_focus(rng: Generator, crop: Gray, sigma: float) -> Gray:
    """Blur by a lens out of focus: the disc of its opening as often as a bell."""
    if rng.random() < 0.5 or sigma < 0.7:
        return np.asarray(cv2.GaussianBlur(crop, (0, 0), max(0.25, sigma)), np.float32)
    radius = 2 * sigma  # a disc of this radius spreads as much as the bell
    reach = int(np.ceil(radius))
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(rows, columns), 0, 1).astype(np.float32)
    return np.asarray(cv2.filter2D(crop, -1, disc / disc.sum()), np.float32)


def _motion_blur(rng: Generator, crop: Gray, length: float) -> Gray:
    reach = max(2, round(length))
    kernel = np.zeros((reach, reach), np.float32)
    angle = float(rng.uniform(0, np.pi))
    middle = (reach - 1) / 2
    dx, dy = np.cos(angle) * middle, np.sin(angle) * middle
    start = (round(middle - dx), round(middle - dy))
    cv2.line(kernel, start, (round(middle + dx), round(middle + dy)), 1.0)
    return np.asarray(cv2.filter2D(crop, -1, kernel / max(float(kernel.sum()), 1.0)), np.float32)


def _shadow(rng: Generator, crop: Gray) -> Gray:
    width = crop.shape[1]
    edge = float(rng.uniform(0, width))
    soft = float(rng.uniform(2, 30))
    distance = (np.arange(width, dtype=np.float32) - edge) / soft
    ramp = 1 / (1 + np.exp(-np.clip(distance, -30, 30)))
    if rng.random() < 0.5:
        ramp = 1 - ramp
    return crop * (1 - float(rng.uniform(0.2, 0.55)) * ramp)[None, :].astype(np.float32)


def _glare(rng: Generator, crop: Gray) -> Gray:
    height, width = crop.shape
    x = (np.arange(width, dtype=np.float32) - rng.uniform(0, width)) / rng.uniform(15, 90)
    y = (np.arange(height, dtype=np.float32) - rng.uniform(0, height)) / rng.uniform(8, 40)
    spot = np.exp(-(x**2)[None, :] - (y**2)[:, None])
    return (crop + float(rng.uniform(20, 110)) * spot).astype(np.float32)
