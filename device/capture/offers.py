"""Everything that the two sides said of each field, so that a person can choose among it.

A value was offered when some frame, or the code lines, told it; what was typed was not. Choosing
another reading is no typing: the camera saw it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from device.inference.reading import FieldReading, Reading
from domain.credential.fields import FIELD_NAMES, Side
from domain.credential.fields import Source as Witness
from domain.credential.mrz import Mrz, parse_mrz, transliterate
from domain.errors import MrzError
from wire.record import Field, Source

# The zone has no accents, no Ñ, and may have cut them: the printed names are better.
_BETTER_PRINTED = frozenset({"nombres", "apellido_paterno", "apellido_materno"})
# How sure a value is that stands in a zone whose check digits hold.
_PROVEN = 0.99
_MOST = 4


def offered_fields(front: Reading, back: Reading, *, today: date) -> dict[str, tuple[Field, ...]]:
    """Return what was read of each field, the likeliest first, each value once."""
    zone = _zone_fields(front, back, today)
    offers: dict[str, tuple[Field, ...]] = {}
    for name in FIELD_NAMES:
        said = list(_said(name, front, back))
        said += [(zone[name], Side.BACK)] if name in zone else []
        said.sort(key=lambda pair: _rank(name, pair[0]), reverse=True)
        fields: dict[str, Field] = {}
        for reading, side in said:
            fields.setdefault(_key(name, reading.value), to_field(reading, side))
        if fields:
            offers[name] = tuple(fields.values())[:_MOST]
    return offers


def merged_fields(front: Reading, back: Reading) -> dict[str, Field]:
    """Return one value per field: checked digits before print, print before the zone for names."""
    fields: dict[str, Field] = {}
    for name in FIELD_NAMES:
        candidates = [
            (_rank(name, reading), side, reading)
            for side, said in ((Side.FRONT, front), (Side.BACK, back))
            if (reading := said.fields.get(name)) is not None
        ]
        if candidates:
            _, side, chosen = max(candidates, key=lambda candidate: candidate[0])
            fields[name] = to_field(chosen, side)
    return fields


def to_field(reading: FieldReading, side: Side) -> Field:
    """Return a reading as the record keeps it."""
    box = reading.box
    return Field(
        value=reading.value,
        source=Source(reading.source.value),
        confidence=min(max(float(reading.confidence), 0.0), 1.0),
        side=side.value,
        box=(
            None
            if box is None
            else (
                round(float(box.x0), 1),
                round(float(box.y0), 1),
                round(float(box.width), 1),
                round(float(box.height), 1),
            )
        ),
    )


def birth_of(yymmdd: str, today: date) -> str:
    """Return a date of six digits as the front prints it; who is captured is grown up."""
    year = 2000 + int(yymmdd[:2])
    if year > today.year - 17:
        year -= 100
    return f"{yymmdd[4:]}/{yymmdd[2:4]}/{year}"


def proven_zone(front: Reading, back: Reading) -> Mrz | None:
    """Return what the code lines say, None where there are none or their digits do not hold."""
    lines = back.mrz or front.mrz
    try:
        return parse_mrz(lines) if lines else None
    except MrzError:
        return None


def _said(name: str, front: Reading, back: Reading) -> Iterator[tuple[FieldReading, Side]]:
    for side, reading in ((Side.FRONT, front), (Side.BACK, back)):
        if name in reading.fields:
            yield reading.fields[name], side
        for rival in reading.rivals.get(name, ()):
            yield rival, side


def _zone_fields(front: Reading, back: Reading, today: date) -> dict[str, FieldReading]:
    zone = proven_zone(front, back)
    if zone is None:
        return {}
    values = {
        "fecha_nacimiento": birth_of(zone.born, today),
        "sexo": zone.sex if zone.sex in "HM" else "",
        "seccion": zone.seccion,
        "nombres": zone.given_names,
    }
    words = zone.surnames.split()
    if len(words) == 2:  # of more, nobody knows where the first surname ends
        values |= {"apellido_paterno": words[0], "apellido_materno": words[1]}
    lines = back.mrz or front.mrz
    if lines is not None and not lines[2].endswith("<"):
        # The third line was full: the names may have lost their end.
        values.pop("nombres")
    return {n: FieldReading(v, _PROVEN, Witness.MRZ) for n, v in values.items() if v}


def _key(name: str, value: str | tuple[str, ...]) -> str:
    text = value if isinstance(value, str) else "\n".join(value)
    return transliterate(text) if name in _BETTER_PRINTED else text


def _rank(name: str, reading: FieldReading) -> tuple[bool, float]:
    from_zone = reading.source.value == Source.MRZ
    preferred = from_zone != (name in _BETTER_PRINTED)
    return preferred, reading.confidence
