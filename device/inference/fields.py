"""Finds the printed fields of a front: by label, by format and by neighbours.

No layout is assumed: a value stands beside or below its label, sometimes above it, or shares its
line; a model's layout in `layouts.toml` only breaks ties.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from device.inference import identifiers
from device.inference.base import TextBox, TextLine
from device.inference.formats import COMBINED, FORMATS, address_like, names_like, whole_value
from device.inference.labels import Fragment, field_table, fragments
from device.inference.reading import FieldReading
from domain.credential.fields import Source
from domain.credential.text import normalise_printed

# Short values that mean nothing without their label.
_LABELLED = (
    "anio_registro", "emision", "vigencia", "seccion", "fecha_nacimiento", "sexo", "estado",
    "municipio", "localidad",
)  # fmt: skip
# Values whose form alone tells what they are.
_TELLING = ("fecha_nacimiento", "anio_registro")
_MOST_DISTANCE = 6.0  # glyph heights between a label and its value


@dataclass(frozen=True, slots=True)
class _Pair:
    cost: float
    field: str
    label: Fragment | None
    value: Fragment
    text: str


def read_front(lines: Sequence[TextLine]) -> dict[str, FieldReading]:
    """Return the fields of a front from its read lines; uncertain ones are left out."""
    parts = fragments(lines)
    found: dict[str, FieldReading] = {}
    used: set[int] = set()
    _identifiers(parts, found, used)
    _labelled(parts, found, used)
    _names(parts, found, used)
    _domicile(parts, found, used)
    return withhold(found)


def withhold(found: Mapping[str, FieldReading]) -> dict[str, FieldReading]:
    """Leave out what is not certain enough: a wrong value is worse than none."""
    floors = field_table().withhold_below
    return {name: reading for name, reading in found.items() if reading.confidence >= floors[name]}


def _identifiers(parts: Sequence[Fragment], found: dict[str, FieldReading], used: set[int]) -> None:
    claves, curps = identifiers.find_clave(parts), identifiers.find_curp(parts)
    for candidates in (claves, curps):
        if candidates is not None:
            used.update(id(part) for part in parts if part.box is candidates.box)
    clave, curp = identifiers.decide(claves, curps)
    for name, chosen in (("clave_elector", clave), ("curp", curp)):
        if chosen is not None:
            found[name] = FieldReading(chosen.text, chosen.confidence, Source.TEXT, chosen.box)


def _labelled(parts: Sequence[Fragment], found: dict[str, FieldReading], used: set[int]) -> None:
    pairs = sorted(_pairs(parts, used), key=lambda pair: pair.cost)
    taken_labels: set[int] = set()
    for pair in pairs:
        if pair.field in found or id(pair.value) in used:
            continue
        if pair.label is not None and id(pair.label) in taken_labels:
            continue
        used.add(id(pair.value))
        if pair.label is not None:
            taken_labels.add(id(pair.label))
        _keep(found, pair)


def _keep(found: dict[str, FieldReading], pair: _Pair) -> None:
    if pair.field not in _LABELLED:
        return  # its value only had to be kept from other labels
    confidence = pair.value.line.confidence
    if pair.field == "vigencia":
        both = COMBINED.fullmatch(pair.text)
        if both is not None:
            # Models since G print both years as one: the value stays as printed.
            emision = FieldReading(both[1], confidence, Source.TEXT, pair.value.box)
            found.setdefault("emision", emision)
    found[pair.field] = FieldReading(pair.text, confidence, Source.TEXT, pair.value.box)


def _pairs(parts: Sequence[Fragment], used: set[int]) -> list[_Pair]:
    """Return every label with every value that has its form and stands near enough."""
    values = [part for part in parts if part.label is None and id(part) not in used]
    pairs = []
    for label in parts:
        if label.label is None or label.label not in FORMATS:
            continue
        for value in values:
            if label.label not in _LABELLED:
                text: str | None = value.text if FORMATS[label.label].search(value.text) else None
            else:
                text = whole_value(label.label, value.text)
            distance = None if text is None else _distance(label, value)
            if text is not None and distance is not None:
                pairs.append(_Pair(distance, label.label, label, value, text))
    for value in values:
        for name in _TELLING:
            text = whole_value(name, value.text)
            if text is not None:
                pairs.append(_Pair(_MOST_DISTANCE + 1, name, None, value, text))
        if COMBINED.fullmatch(value.text):
            pairs.append(_Pair(_MOST_DISTANCE + 1, "vigencia", None, value, value.text))
    return pairs


def _distance(label: Fragment, value: Fragment) -> float | None:
    """Return how far a value is from where its label makes one expect it, in glyph heights."""
    if label.line is value.line:
        return 0.0 if value.start >= label.end else None
    height = max(label.box.height, 0.75 * value.box.height, 1.0)
    left, right = label.box, value.box
    level = abs(left.middle_y - right.middle_y) / height
    gap = (right.x0 - left.x1) / height
    if level < 0.75 and -0.8 < gap < 2 * _MOST_DISTANCE:
        return 0.4 + 0.35 * max(gap, 0) + level
    below = (right.y0 - left.y1) / height
    aside = min(abs(right.x0 - left.x0), abs(_centre(right) - _centre(left))) / height
    if -0.5 < below < 3.0 and aside < 5.0 and _overlap(left, right) > 0:
        return 0.5 + max(below, 0) + 0.5 * aside
    above = (left.y0 - right.y1) / height
    if -0.5 < above < 1.5 and aside < 3.0 and _overlap(left, right) > 0:
        return 3.5 + max(above, 0) + 0.5 * aside
    return None


def _centre(box: TextBox) -> float:
    return 0.5 * (box.x0 + box.x1)


def _overlap(first: TextBox, second: TextBox) -> float:
    return min(first.x1, second.x1) - max(first.x0, second.x0)


def _names(parts: Sequence[Fragment], found: dict[str, FieldReading], used: set[int]) -> None:
    label = next((p for p in parts if p.label == "nombre"), None)
    if label is None:
        return
    block = _block(parts, label, used, most=4, fits=names_like)
    if len(block) < 2:
        return
    names = ["apellido_paterno", "apellido_materno", "nombres"]
    if len(block) == 2:
        names = ["apellido_paterno", "nombres"]
    if len(block) > 3:
        return
    for name, value in zip(names, block, strict=True):
        used.add(id(value))
        text = normalise_printed(value.text)
        found[name] = FieldReading(text, value.line.confidence, Source.TEXT, value.box)


def _domicile(parts: Sequence[Fragment], found: dict[str, FieldReading], used: set[int]) -> None:
    label = next((p for p in parts if p.label == "domicilio"), None)
    if label is None:
        return
    block = _block(parts, label, used, most=3, fits=address_like)
    if not block:
        return
    used.update(id(value) for value in block)
    confidence = 1.0
    for value in block:
        confidence = min(confidence, value.line.confidence)
    lines = tuple(normalise_printed(value.text) for value in block)
    found["domicilio"] = FieldReading(
        lines, confidence, Source.TEXT, _around([v.box for v in block])
    )


def _block(
    parts: Sequence[Fragment], label: Fragment, used: set[int], *, most: int, fits: object
) -> list[Fragment]:
    """Return the values under a label, one below the other and flush left, up to the next label
    or a gap."""
    block: list[Fragment] = []
    edge = label.box
    candidates = sorted(
        (p for p in parts if p is not label and id(p) not in used), key=lambda p: p.box.y0
    )
    for part in candidates:
        same_line = part.line is label.line and part.start >= label.end
        height = part.box.height
        if not same_line and part.box.middle_y < label.box.middle_y + 0.4 * height:
            beside = abs(part.box.middle_y - label.box.middle_y) < 0.4 * height
            if not (beside and 0 <= part.box.x0 - label.box.x1 < 4 * height):
                continue
        last = block[-1].box if block else edge
        if part.label is not None:
            overlaps = _overlap(part.box, label.box) > 0 or _overlap(part.box, last) > 0
            flush = abs(part.box.x0 - label.box.x0) < 2 * height
            if overlaps and flush and part.box.y0 > label.box.y0:
                break
            continue
        if not fits(part.text):  # type: ignore[operator]
            continue
        left = block[0].box.x0 if block else label.box.x0
        tolerance = 1.2 if block else 3.5
        if abs(part.box.x0 - left) > tolerance * height and not (
            same_line or (not block and part.box.x0 >= label.box.x1)
        ):
            continue
        if part.box.y0 - last.y1 > 1.6 * height:
            break
        block.append(part)
        if len(block) == most:
            break
    return block


def _around(boxes: Sequence[TextBox]) -> TextBox:
    return TextBox(
        min(b.x0 for b in boxes),
        min(b.y0 for b in boxes),
        max(b.x1 for b in boxes),
        max(b.y1 for b in boxes),
    )
