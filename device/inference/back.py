"""Finds the fields of a back: by the MRZ where it is proven, else the OCR number as printed."""

from __future__ import annotations

from collections.abc import Sequence

from device.inference import ctc
from device.inference.base import Image, TextBox, TextRecogniser
from device.inference.fields import withhold
from device.inference.labels import squeeze
from device.inference.mrz import MrzReading
from device.inference.reading import FieldReading
from device.inference.rows import join
from domain.credential.fields import Source
from domain.credential.mrz import parse_mrz

_NUMERO_OCR = ("0123456789",) * 13
_MOST_LOSS = 3.0
_LEAST_HEIGHT = 20  # card pixels: the number is printed larger than the notices around it


def read_back(
    grey: Image,
    boxes: Sequence[TextBox],
    zone: MrzReading | None,
    recogniser: TextRecogniser,
) -> dict[str, FieldReading]:
    """Return the fields of a back. With a proven zone nothing else need be read."""
    if zone is not None:
        said = parse_mrz(zone.lines)
        first = zone.boxes[0]
        return withhold(
            {
                "cic": FieldReading(said.cic, zone.confidence, Source.MRZ, first),
                "numero_ocr": FieldReading(said.numero_ocr, zone.confidence, Source.MRZ, first),
            }
        )
    found: dict[str, FieldReading] = {}
    for line in recogniser.read(grey, _long_rows(boxes)):
        digits, _ = squeeze(line.text)
        if not 12 <= len(digits) <= 14 or sum(c.isdigit() for c in digits) < 10:
            continue
        fitted = ctc.fit(line.emissions, _NUMERO_OCR)
        if fitted is None or fitted.loss > _MOST_LOSS:
            continue
        reading = FieldReading(fitted.text, ctc.posterior(fitted), Source.TEXT, line.box)
        if "numero_ocr" not in found or reading.confidence > found["numero_ocr"].confidence:
            found["numero_ocr"] = reading
    return withhold(found)


def _long_rows(boxes: Sequence[TextBox]) -> list[TextBox]:
    """Return the lines long enough for thirteen digits; wide spacing breaks them in pieces."""
    rows = join(boxes, most_gap=1.6)
    return [row for row in rows if 5 < row.width / row.height < 22 and row.height > _LEAST_HEIGHT]
