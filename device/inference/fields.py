"""Finds the printed fields of a front: by label, by format and by neighbours.

No layout is assumed: a value stands beside or below its label, sometimes above it, or shares its
line (docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from device.inference import ctc, identifiers
from device.inference.base import TextBox, TextLine
from device.inference.blocks import read_names
from device.inference.blurred_labels import with_blurred_labels
from device.inference.domicile import read_domicile
from device.inference.formats import (
    COMBINED,
    FORMATS,
    LENGTHS,
    TWO_YEARS,
    as_digits,
    is_identifier,
    whole_value,
)
from device.inference.identifiers import Identifier
from device.inference.labels import (
    Fragment,
    certainty,
    field_table,
    fragments,
    joined,
    without_spaces,
)
from device.inference.look import (
    LookAgain,
    around,
    expected_boxes,
    overlap_share,
    second_opinion,
    views,
)
from device.inference.nearness import MOST_DISTANCE, distance
from device.inference.reading import FieldReading
from domain.credential.fields import Source

# Short values that mean nothing without their label.
_LABELLED = (
    "anio_registro", "emision", "vigencia", "seccion", "fecha_nacimiento", "sexo", "estado",
    "municipio", "localidad",
)  # fmt: skip
# Values whose form alone tells what they are.
_TELLING = ("fecha_nacimiento", "anio_registro")
_CERTAIN = 0.9995  # a value read with this confidence stands against its witnesses
_CLEAR = 0.98  # a value read with this confidence is not looked at again
_PROBED = 0.9  # a value found where none was detected must be this certain
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class _Pair:
    cost: float
    field: str
    label: Fragment | None
    value: Fragment
    text: str


def read_front(
    lines: Sequence[TextLine], look: LookAgain, *, today: date | None = None
) -> dict[str, FieldReading]:
    """Return the fields of a front from its read lines; uncertain ones are left out.

    `look` reads further boxes of the same card: where a label has no value, where a value is in
    doubt, where a line seems to be missing. `today` tells who can be alive and grown up.
    """
    parts = _with_years_joined(fragments(lines), look)
    found: dict[str, FieldReading] = {}
    used: set[int] = set()
    parts = with_blurred_labels(parts, _unlabelled(parts))
    _identifiers(parts, found, used, partial(identifiers.read_identifiers, look=look, today=today))
    _labelled(parts, found, used, look)
    clave = found.get("clave_elector")
    found |= read_names(parts, used, clave, look)
    if "curp" in found and found.get("clave_elector") is not clave:
        # The CURP took its letters from the same names, and agreed with a clave that is doubted.
        doubted = min(found["curp"].confidence, found["clave_elector"].confidence)
        found["curp"] = replace(found["curp"], confidence=doubted)
    found |= read_domicile(parts, used, look)
    return withhold(found | _denied(found))


def _denied(found: Mapping[str, FieldReading]) -> dict[str, FieldReading]:
    """Return sex and date of birth, doubted, where clave or CURP deny what is not certain."""
    doubted = {}
    for name, places in (("clave_elector", (14, 6)), ("curp", (10, 4))):
        if name not in found:
            continue
        text, (sex, birth) = str(found[name].value), places
        said = {"sexo": text[sex], "fecha_nacimiento": text[birth : birth + 6]}
        for field, witness in said.items():
            reading = found.get(field)
            if reading is None or reading.confidence > _CERTAIN:
                continue
            day, month, year = (
                (str(reading.value)[i:j] for i, j in ((0, 2), (3, 5), (8, 10)))
                if field == "fecha_nacimiento"
                else ("", "", str(reading.value))
            )
            if year + month + day != witness:
                doubted[field] = replace(reading, confidence=0.3 * reading.confidence)
    return doubted


def _unlabelled(parts: Sequence[Fragment]) -> set[str]:
    """Return the fields whose label was not read."""
    return {"nombre", "domicilio", *_LABELLED} - {str(part.label) for part in parts}


def withhold(found: Mapping[str, FieldReading]) -> dict[str, FieldReading]:
    """Leave out what is not certain enough: a wrong value is worse than none."""
    floors = field_table().withhold_below
    return {name: reading for name, reading in found.items() if reading.confidence >= floors[name]}


def _identifiers(
    parts: Sequence[Fragment],
    found: dict[str, FieldReading],
    used: set[int],
    read: Callable[[Sequence[Fragment]], tuple[Identifier | None, Identifier | None]],
) -> None:
    clave, curp = read(parts)
    used.update(id(part) for part in parts if part.label is None and is_identifier(part.text))
    for name, chosen in (("clave_elector", clave), ("curp", curp)):
        if chosen is not None:
            found[name] = FieldReading(chosen.text, chosen.confidence, Source.TEXT, chosen.box)


def _labelled(
    parts: Sequence[Fragment], found: dict[str, FieldReading], used: set[int], look: LookAgain
) -> None:
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
        _keep(found, pair, look)
    for label in parts:
        if label.label in _LABELLED and label.label not in found:
            _probe(found, label, parts, look)
    # A year beside *sección* while a year is missing elsewhere is likelier that year.
    years = {part.label for part in parts} & {"emision", "vigencia"}
    if _is_year(found.get("seccion")) and not years <= found.keys():
        del found["seccion"]
    # A year alone under *vigencia* where no label of *emisión* stands: half of a combined value.
    alone = "vigencia" in found and COMBINED.fullmatch(str(found["vigencia"].value)) is None
    if alone and not any(part.label == "emision" for part in parts):
        del found["vigencia"]


def _is_year(reading: FieldReading | None) -> bool:
    return reading is not None and "2000" <= str(reading.value) <= "2049"


def _probe(
    found: dict[str, FieldReading], label: Fragment, parts: Sequence[Fragment], look: LookAgain
) -> None:
    """Look for the value of a label where it would stand: beside it, then below it."""
    field = str(label.label)
    heights = sorted(p.box.height for p in parts if p.label is None and p.line.confidence > 0.8)
    height = heights[len(heights) // 2] if heights else 1.3 * label.box.height
    for box in expected_boxes(label.box, height, characters=LENGTHS[field]):
        if any(overlap_share(box, p.box) > 0.3 for p in parts if p.label is not None):
            continue
        (line,) = look([box])
        for part in fragments([line]):
            text = whole_value(field, part.text) if part.label is None else None
            if text is not None and certainty(part) > _PROBED:
                _keep(found, _Pair(0.0, field, label, part, text), look)
                return


def _keep(found: dict[str, FieldReading], pair: _Pair, look: LookAgain) -> None:
    if pair.field not in _LABELLED:
        return  # its value only had to be kept from other labels
    text, confidence = _confirmed(pair, look)
    if pair.field == "vigencia":
        both = COMBINED.fullmatch(text)
        if both is not None:
            # Models since G print both years as one: the value stays as printed.
            emision = FieldReading(both[1], confidence, Source.TEXT, pair.value.box)
            found.setdefault("emision", emision)
    found[pair.field] = FieldReading(text, confidence, Source.TEXT, pair.value.box)


def _confirmed(pair: _Pair, look: LookAgain) -> tuple[str, float]:
    """Return the value with its chance, read again as digits alone where it is in doubt."""
    chance = certainty(pair.value)
    if chance >= _CLEAR:
        return pair.text, chance
    if not pair.text[-1].isdigit():
        again = second_opinion(pair.value, look)
        return pair.text, again.get(pair.value.text, 0.0)
    chances: dict[str, float] = {}
    pattern = [_DIGITS if c.isdigit() else c for c in pair.text if c != " "]
    crops = views(pair.value, look)
    for emissions in crops:
        fitted = ctc.fit(without_spaces(emissions), pattern)
        if fitted is not None:
            chances[fitted.text] = chances.get(fitted.text, 0.0) + ctc.posterior(fitted) / len(
                crops
            )
    best = max(chances, key=lambda text: chances[text], default="")
    digits = iter(best)
    text = "".join(c if c == " " else next(digits, "") for c in pair.text)
    checked = whole_value(pair.field, text)
    return (pair.text, 0.0) if checked is None else (checked, chances[best])


def _with_years_joined(parts: list[Fragment], look: LookAgain) -> list[Fragment]:
    """Join values that are one only together: `2026 -` and `2036`, `2019` and `04`."""
    values = [part for part in parts if part.label is None]
    for first in values:
        for second in values:
            if not _continues(first.box, second.box):
                continue
            text = f"{first.text} {second.text}"
            whole: Fragment | None = None
            if COMBINED.fullmatch(text) or whole_value("anio_registro", text):
                whole = joined(first, second)
            elif TWO_YEARS.fullmatch(text):
                # The dash between them was not seen; it is, in one piece.
                (line,) = look([around([first.box, second.box])])
                whole = next((p for p in fragments([line]) if COMBINED.fullmatch(p.text)), None)
            if whole is not None:
                rest = [part for part in parts if part is not first and part is not second]
                return _with_years_joined([*rest, whole], look)
    return parts


def _continues(first: TextBox, second: TextBox) -> bool:
    """Say whether the second box follows the first on its line, a dash apart at most."""
    height = max(first.height, second.height)
    level = abs(first.middle_y - second.middle_y)
    return -0.5 * height < second.x0 - first.x1 < 1.9 * height and level < 0.4 * height


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
                text = whole_value(label.label, value.text) or whole_value(
                    label.label, as_digits(value.text)
                )
            away = None if text is None else distance(label, value)
            if text is not None and away is not None:
                pairs.append(_Pair(away, label.label, label, value, text))
    for value in values:
        for name in _TELLING:
            text = whole_value(name, value.text)
            if text is not None:
                pairs.append(_Pair(MOST_DISTANCE + 1, name, None, value, text))
        if COMBINED.fullmatch(value.text):
            pairs.append(_Pair(MOST_DISTANCE + 1, "vigencia", None, value, value.text))
    return pairs
