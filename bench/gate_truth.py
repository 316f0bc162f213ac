"""Whether a frame can be read at all: what the gate is held against.

*Unreadable*: a key field does not come out even with help (the true corners and the true place of
its print, given to the station's own line recogniser), or a printed field is covered by a finger,
by light or by the frame's edge and was not read. *Cut*: a corner of the card is outside the
picture, which the record needs whole, though its key fields are legible. *Readable*: the station
itself read every key field letter for letter. *Doubtful* is the rest: legible with help, not read;
nothing could be taken from it, and nothing is proven about the picture.

Key fields are clave de elector and CURP on a front; on a back the two code lines that have check
digits, or the OCR number where there are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from bench.gate_frames import FaultyFrame, key_segments, outside_widths
from device.inference.base import CARD_WIDTH_PX, Image, Quad, TextBox, TextRecogniser
from device.inference.images import grey_of
from device.inference.reading import Reading
from device.inference.rectify import rectify

Truth = Literal["readable", "doubtful", "cut", "unreadable"]

_MOST_OUTSIDE = 0.01  # of the card's width; the corners of a whole card are found as exactly
# Characters that every font prints nearly alike; the reader tells them apart by the format.
_ALIKE = str.maketrans("OQI", "001")


@dataclass(frozen=True)
class Printed:
    """What is printed on the side in a frame; `keys` are text and place of each key line."""

    corners: np.ndarray
    side: str
    fields: Mapping[str, Any]
    mrz: Sequence[str]
    keys: Sequence[tuple[str, TextBox]]
    hidden: frozenset[str]
    outside: float = 0.0


def of_faulty(frame: FaultyFrame) -> Printed:
    """Return what a frame of `gate_frames` shows."""
    card = frame.card
    keys = [(s.text, TextBox(*(float(v) for v in s.box))) for s in key_segments(card)]
    hidden = set()
    for segment in card.segments:
        name = "mrz" if segment.role == "mrz" else segment.field
        if name is not None and segment.role in ("value", "mrz") and frame.covers(segment.box):
            hidden.add(name)
    return Printed(
        frame.corners, card.side, card.fields, card.mrz, keys[:2], frozenset(hidden), frame.outside
    )


def of_line(truth: Mapping[str, Any]) -> Printed:
    """Return what a frame of `bench.independent` shows, by its line of truth."""
    scale = CARD_WIDTH_PX / truth["card_size"][0]
    boxes, fields, mrz = truth["boxes"], truth["fields"], truth["mrz"]
    front = truth["side"] == "front"
    names = ("clave_elector", "curp") if front else ("numero_ocr",)
    texts = [(name, 0, fields[name]) for name in names if name in fields]
    if mrz:
        texts = [("mrz", row, mrz[row]) for row in (0, 1)]
    keys = [
        (text, TextBox(*(scale * value for value in boxes[name][row])))
        for name, row, text in texts
        if name in boxes
    ]
    corners = np.array(truth["corners"], np.float64)
    hidden = frozenset(truth["hidden"]) & {"mrz", *fields}
    outside = outside_widths(corners, truth["size"])
    return Printed(corners, truth["side"], fields, mrz, keys, hidden, outside)


def truth_of(printed: Printed, image: Image, reading: Reading, recogniser: TextRecogniser) -> Truth:
    """Say what the gate should have said of a frame, knowing what is printed."""
    exact = set(_exact(printed, reading))
    keys = _keys(printed)
    is_read = keys <= exact
    # The OCR number of a back with code lines comes from them.
    if not is_read | ("numero_ocr" in exact) and not _is_legible(printed, image, recogniser):
        return "unreadable"
    if printed.hidden - exact:
        return "unreadable"
    if printed.outside > _MOST_OUTSIDE:
        return "cut"
    return "readable" if is_read else "doubtful"


def _exact(printed: Printed, reading: Reading) -> Iterator[str]:
    if not reading.found or reading.side is None or reading.side.value != printed.side:
        return
    values = reading.values()
    for name, value in printed.fields.items():
        if values.get(name) == value:
            yield name
    if printed.mrz and reading.mrz is not None and list(reading.mrz[:2]) == list(printed.mrz[:2]):
        yield "mrz"


def _keys(printed: Printed) -> set[str]:
    if printed.side == "front":
        return {"clave_elector", "curp"} & set(printed.fields)
    return {"mrz"} if printed.mrz else {"numero_ocr"}


def _is_legible(printed: Printed, image: Image, recogniser: TextRecogniser) -> bool:
    grey = grey_of(rectify(image, Quad.of(printed.corners)))
    # Some truth tells the cell of a line and not its ink.
    for tight in (1.0, 0.6):
        lines = recogniser.read(grey, [_tightened(box, tight) for _, box in printed.keys])
        if all(
            _folded(line.text) == _folded(text)
            for line, (text, _) in zip(lines, printed.keys, strict=True)
        ):
            return True
    return False


def _tightened(box: TextBox, share: float) -> TextBox:
    half = 0.5 * box.height * share
    return replace(box, y0=box.middle_y - half, y1=box.middle_y + half)


def _folded(text: str) -> str:
    return text.replace(" ", "").upper().translate(_ALIKE)
