"""The failures of a run as one picture, so that a person can see and explain them.

A tile shows the card flat by its true corners (or the frame, where nothing was found), the places
of wrong and missing values framed and enlarged, and what was printed beside what was read. The
people are invented: their values may be shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from bench.measures import LEAST_IOU
from bench.scoring import Score
from device.inference.base import CARD_HEIGHT_PX, CARD_WIDTH_PX, Image, Quad, TextBox
from device.inference.images import read_image
from device.inference.reading import Reading
from device.inference.rectify import rectify

_WIDTH, _PICTURE = 620, 391
_CROP = (_WIDTH, 150)  # a zone of three lines is still readable in it
_MOST_CROPS = 3
_MOST_LINES = 14
_GAP = 12
_COLUMNS = 3
_LINE = 17
_FONT = "DejaVuSans.ttf"


@dataclass(frozen=True, slots=True)
class Place:
    """A wrong or missing value, and its box in the card that `quad` flattens, where it is known."""

    text: str
    box: TextBox | None
    quad: Quad | None


@dataclass(frozen=True, slots=True)
class Failure:
    """One frame on which something is wrong or missing; `weight` puts the worst first."""

    path: Path
    title: str
    weight: int
    places: tuple[Place, ...]
    notes: tuple[str, ...]
    corners: tuple[tuple[float, float], ...] | None
    quad: Quad | None


def failure_of(
    path: Path, truth: Mapping[str, Any], reading: Reading, score: Score
) -> Failure | None:
    """Return what there is to show of a frame, None when all is right."""
    if not truth["found"]:
        if not score.found:
            return None
        return Failure(
            path, f"{path.name}: taken for a credential", 900, (), (), None, reading.quad
        )
    places = tuple(_places(truth, reading, score))
    notes = _notes(truth, reading, score)
    if not places and not notes:
        return None
    passing = sum(m.passes_checks for m in score.mistakes)
    missing = sum(o == "abstained" for o in score.outcomes.values())
    weight = 1000 * passing + 100 * len(score.mistakes) + 50 * (score.iou < LEAST_IOU) + missing
    corners = tuple((float(x), float(y)) for x, y in truth["corners"])
    title = f"{truth['difficulty']} · {path.parent.name[:30]}/{path.name}"
    return Failure(path, title, weight, places, notes, corners, reading.quad)


def _places(truth: Mapping[str, Any], reading: Reading, score: Score) -> Iterator[Place]:
    """Give wrong values, then missing ones; a box by the truth if it has one, else as was read."""
    for m in score.mistakes:
        passes = ", PASSES" if m.passes_checks else ""
        text = f"{m.field}: {m.printed} → {m.read} ({m.confidence:.2f}{passes})"
        yield _place(truth, text, m.field, reading)
    for name, outcome in score.outcomes.items():
        if outcome == "abstained" and name in truth.get("boxes", {}):
            printed = truth["mrz"] if name == "mrz" else truth["fields"][name]
            yield _place(truth, f"{name}: {printed} → –", name, reading)


def _place(truth: Mapping[str, Any], text: str, name: str, reading: Reading) -> Place:
    boxes = truth.get("boxes", {}).get(name)
    if boxes:
        scale = CARD_WIDTH_PX / truth["card_size"][0]
        x0, y0, x1, y1 = np.array(boxes).T * scale
        box = TextBox(x0.min(), y0.min(), x1.max(), y1.max())
        return Place(text, box, Quad.of(truth["corners"]))
    read = reading.fields.get(name)
    return Place(text, read.box if read is not None else None, reading.quad)


def _notes(truth: Mapping[str, Any], reading: Reading, score: Score) -> tuple[str, ...]:
    notes = []
    if not score.found:
        notes.append(f"not found: {', '.join(reading.reasons)}")
    elif score.iou < LEAST_IOU:
        notes.append(f"IoU {score.iou:.3f}")
    if score.found and not (score.side_right and score.model_right):
        side = reading.side.value if reading.side else "no side"
        model = reading.model.value if reading.model else "no model"
        notes.append(f"{truth['model']} {truth['side']} taken for {model} {side}")
    placed = truth.get("boxes", {})
    silent = [n for n, o in score.outcomes.items() if o == "abstained" and n not in placed]
    if silent:
        notes.append(f"not read: {', '.join(silent)}")
    if score.barcodes_read < score.barcodes_printed:
        notes.append(f"codes read: {score.barcodes_read} of {score.barcodes_printed}")
    return tuple(notes)


def write_sheet(path: Path, failures: Sequence[Failure], *, most: int = 30) -> int:
    """Write the worst failures as a picture; return how many are on it.

    Raises:
        OSError: The picture could not be written.
    """
    shown = sorted(failures, key=lambda f: -f.weight)[:most]
    tiles = [_tile(failure) for failure in shown]
    rows = [tiles[i : i + _COLUMNS] for i in range(0, len(tiles), _COLUMNS)]
    heights = [max(tile.height for tile in row) + _GAP for row in rows]
    size = _COLUMNS * (_WIDTH + _GAP), max(sum(heights), 1)
    sheet = Pillow.new("RGB", size, (255, 255, 255))
    for number, row in enumerate(rows):
        for column, tile in enumerate(row):
            sheet.paste(tile, (column * (_WIDTH + _GAP), sum(heights[:number])))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)
    return len(shown)


def _tile(failure: Failure) -> Pillow.Image:
    frame = read_image(failure.path)
    crops = [_crop(frame, p) for p in failure.places if p.box and p.quad][:_MOST_CROPS]
    texts = [failure.title, *(p.text for p in failure.places), *failure.notes]
    lines = _wrapped(texts, 76)[:_MOST_LINES]
    height = _PICTURE + sum(len(crop) for crop in crops) + _LINE * len(lines) + 12
    tile = Pillow.new("RGB", (_WIDTH, height), (245, 245, 245))
    tile.paste(Pillow.fromarray(_picture(frame, failure)), (0, 0))
    top = _PICTURE
    for crop in crops:
        tile.paste(Pillow.fromarray(crop), (0, top))
        top += len(crop)
    draw = ImageDraw.Draw(tile)
    for line in lines:
        draw.text((6, top + 4), line, fill=(20, 20, 20), font=_font())
        top += _LINE
    return tile


def _picture(frame: Image, failure: Failure) -> Image:
    """Return the card by its true corners, or the frame with what was found in it."""
    if failure.corners is not None:
        card = rectify(frame, Quad.of(failure.corners))
        _frame_places(card, failure)
        return _resized(card, _WIDTH, _PICTURE)
    marked = frame.copy()
    if failure.quad is not None:
        outline = np.round(failure.quad.array()).astype(np.int32)
        cv2.polylines(marked, [outline], True, (255, 0, 0), 4)
    scale = min(_WIDTH / marked.shape[1], _PICTURE / marked.shape[0])
    small = _resized(marked, round(marked.shape[1] * scale), round(marked.shape[0] * scale))
    page = np.full((_PICTURE, _WIDTH, 3), 230, np.uint8)
    page[: small.shape[0], : small.shape[1]] = small
    return page


def _frame_places(card: Image, failure: Failure) -> None:
    """Frame what is wrong or missing."""
    flat = np.array(
        [[0, 0], [CARD_WIDTH_PX, 0], [CARD_WIDTH_PX, CARD_HEIGHT_PX], [0, CARD_HEIGHT_PX]],
        np.float32,
    )
    true = cv2.getPerspectiveTransform(np.array(failure.corners, np.float32), flat)
    for place in failure.places:
        if place.box is None or place.quad is None:
            continue
        back = cv2.getPerspectiveTransform(flat, place.quad.array().astype(np.float32))
        x0, y0, x1, y1 = place.box.as_list()
        corners = np.array([[[x0, y0]], [[x1, y0]], [[x1, y1]], [[x0, y1]]], np.float32)
        moved = cv2.perspectiveTransform(corners, true @ back)
        cv2.polylines(card, [np.round(moved).astype(np.int32)], True, (255, 0, 0), 3)


def _crop(frame: Image, place: Place) -> Image:
    assert place.box is not None
    assert place.quad is not None
    card = rectify(frame, place.quad)
    box, margin = place.box, 0.3 * place.box.height
    y0, y1 = max(0, int(box.y0 - margin)), min(card.shape[0], int(box.y1 + margin))
    x0, x1 = max(0, int(box.x0 - margin)), min(card.shape[1], int(box.x1 + margin))
    if y1 - y0 < 2 or x1 - x0 < 2:
        return np.full((8, _CROP[0], 3), 255, np.uint8)
    # One line is shown twice its size at most, a block as large as fits.
    scale = min(_CROP[0] / (x1 - x0), _CROP[1] / (y1 - y0), 2.0)
    part = _resized(
        card[y0:y1, x0:x1], max(1, int((x1 - x0) * scale)), max(1, int((y1 - y0) * scale))
    )
    page = np.full((part.shape[0] + 4, _CROP[0], 3), 255, np.uint8)
    page[: part.shape[0], : part.shape[1]] = part
    return page


def _resized(image: Image, width: int, height: int) -> Image:
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _wrapped(texts: Sequence[str], width: int) -> list[str]:
    lines = []
    for text in texts:
        lines += [text[i : i + width] for i in range(0, len(text), width)] or [""]
    return lines


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(_FONT, 13)
    except OSError:
        return ImageFont.load_default(13)
