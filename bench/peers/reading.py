"""What a good engineer makes of a peer's lines: the same values that our own reader gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.peers import codes, fields, zone
from bench.peers.text import Part, PeerLine, split, squeeze, upright
from device.inference.reading import FieldReading, Reading, Value
from domain.credential.fields import Side, Source

_NUMBER = 13  # digits of an OCR number


@dataclass(frozen=True, slots=True)
class PeerReading:
    """Values by field, and the zone where its checks hold."""

    values: Mapping[str, Value]
    mrz: tuple[str, str, str] | None = None
    is_back: bool = False
    labels: int = 0
    from_zone: frozenset[str] = field(default_factory=frozenset)

    @property
    def found(self) -> int:
        """How much was made of the lines."""
        return len(self.values) + self.labels + 3 * (self.mrz is not None)

    def as_reading(self, *, cpu_ms: float) -> Reading:
        """Return it in the form that scores are given for; a peer's chances are not ours."""
        return Reading(
            found=self.found > 0,
            reasons=(),
            side=Side.BACK if self.is_back else Side.FRONT,
            fields={
                name: FieldReading(
                    value, 1.0, Source.MRZ if name in self.from_zone else Source.TEXT
                )
                for name, value in self.values.items()
            },
            mrz=self.mrz,
            ms={"total": cpu_ms},
        )


def read_lines(lines: Sequence[PeerLine], *, is_card: bool) -> PeerReading:
    """Return what the lines say; a raw frame is tried upside down as well."""
    best = _read(upright(lines))
    if is_card:
        return best
    other = _read(upright(lines, half_turn=True))
    return other if other.found > best.found else best


def _read(wholes: Sequence[Part]) -> PeerReading:
    rows = _rows(wholes)
    texts = ["".join(part.text for part in row) for row in rows]
    zones = [zone.find_zone([part.text for part in wholes]), zone.find_zone(texts)]
    # Whole lines first: what else stands on the row of a line would be joined to it.
    best = max(zones, key=lambda z: (zone.proven(z) is not None, sum(x is not None for x in z)))
    if best[0] is not None or best[1] is not None:
        return _back(*best)
    parts = [part for whole in wholes for part in split(whole)]
    labels = len({part.label for part in parts} - {None, "heading"})
    number = _lone_number(wholes)
    if labels < 3 and number is not None:
        return PeerReading({"numero_ocr": number}, is_back=True)
    if labels < 2:
        return PeerReading({}, is_back=True)
    values: dict[str, Value] = dict(fields.labelled(parts))
    values |= fields.names(parts)
    clave, curp = codes.find_codes([*(part.text for part in parts), *texts])
    values |= {n: v for n, v in (("clave_elector", clave), ("curp", curp)) if v is not None}
    lines = fields.domicile(parts)
    if lines:
        values["domicilio"] = tuple(lines)
    return PeerReading(values, labels=labels)


def _back(first: str | None, second: str | None, third: str | None) -> PeerReading:
    values: dict[str, Value] = {}
    if first is not None:
        values = {"cic": first[5:14], "numero_ocr": first[17:30]}
    mrz = zone.proven((first, second, third))
    return PeerReading(values, mrz, is_back=True, from_zone=frozenset(values))


def _rows(wholes: Sequence[Part]) -> list[list[Part]]:
    """Return lines that stand on one row together, from the left: a peer parts a line at gaps."""
    rows: list[list[Part]] = []
    for part in wholes:
        row = rows[-1] if rows else None
        if row is not None and abs(part.middle_y - row[-1].middle_y) < 0.4 * part.height:
            row.append(part)
        else:
            rows.append([part])
    return [sorted(row, key=lambda part: part.x0) for row in rows]


def _lone_number(wholes: Sequence[Part]) -> str | None:
    """Return thirteen digits alone on their line: the largest such print is the OCR number."""
    numbers = [
        (part.height, digits)
        for part in wholes
        for squeezed in [squeeze(part.text)[0]]
        for digits in [zone.to_digits(squeezed) or ""]
        if len(digits) == _NUMBER and sum(c.isdigit() for c in squeezed) >= _NUMBER - 2
    ]
    return max(numbers)[1] if numbers else None
