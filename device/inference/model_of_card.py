"""Which model a credential is of, from what was read on it and how it looks.

The pictures of two models may hardly differ (the backs of D, E and F; E and F but for one line of
small print), while the years, the header and the fields that a model lacks tell them apart. So the
classifier proposes, and every contradiction with what was read counts against a model.

What nothing printed tells, no reading can: which of two models a card of a year in which both were
issued is, where the line with the authority's name is not printed or not read; and the front of a
G and of the model of 2026 of that same year.

Sources: years of issue and fields by model, `docs/training-data.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from device.inference.base import TextBox, TextLine
from device.inference.formats import COMBINED
from device.inference.labels import squeeze
from device.inference.reading import Barcode, FieldReading, Reading
from domain.credential.fields import Model, Side

_C, _D, _E, _F, _G, _H, _NEW = Model
_ALL = frozenset(Model)
_IFE = frozenset({_C, _D})
_ABROAD = frozenset({_F, _H})
_SINCE_G = frozenset({_G, _H, _NEW})
_BEFORE_G = frozenset({_C, _D, _E, _F})
_ISSUED: Mapping[Model, tuple[int, int]] = {
    _C: (2008, 2013),
    _D: (2013, 2014),
    _E: (2014, 2019),
    _F: (2016, 2019),
    _G: (2019, 2026),
    _H: (2019, 2026),
    _NEW: (2026, 2099),
}
_VALID_YEARS = 10
_LEAST_CHANCE = 0.01  # the classifier's doubt never excludes a model by itself
# What remains of a model's chance when something speaks against it: proven by check digits or a
# code that decodes, read as text, or only missing where it is usually printed.
_PROVEN, _READ, _MISSED = 0.0005, 0.02, 0.2
_LEFT_OUT = 0.05  # missing beside what was read of the same heading

_FEDERAL = "INSTITUTOFEDERALELECTORAL"
_NACIONAL = "INSTITUTONACIONALELECTORAL"
_OUTSIDE = "ELEXTRANJERO"  # credencial para votar desde, residente en
_COUNTRIES = ("ESTADOSUNIDOS", "EUA", "USA", "CANADA", "ESPANA")
_ALIKE = 84  # of 100; FEDERAL and NACIONAL leave the whole names at 78
_DENSE_BYTES = 300  # a service QR holds an address, the dense ones several hundred bytes

_HEADING_BOTTOM = 260  # card pixels
_HEADING_WIDTH = 330
_MOST_HEADINGS = 3

_PROOFS = ("clave_elector", "numero_ocr")
_OF_A_CREDENTIAL = ("ELECTOR", "PARAVOTAR", "SECCION")
_CLEARLY, _LONG_ENOUGH, _MANY = 0.85, 5, 5

Evidence = tuple[frozenset[Model], float]


def settle(
    chances: Mapping[Model, float],
    *,
    side: Side,
    texts: Iterable[str],
    fields: Mapping[str, FieldReading],
    mrz: Sequence[str] | None,
    barcodes: Sequence[Barcode],
) -> Model:
    """Return the likeliest model: the classifier's chances, less what the reading contradicts."""
    weights = {model: max(chances.get(model, 0.0), _LEAST_CHANCE) for model in Model}
    for possible, remains in _evidence(side, texts, fields, mrz, barcodes):
        for model in Model:
            if model not in possible:
                weights[model] *= remains
    return max(weights, key=lambda model: weights[model])


def of_both(front: Model | None, back: Model | None) -> Model | None:
    """Return the model of a card from those of its sides.

    The front names the authority and who lives abroad, and many a back does not; but only the back
    of the model of 2026 has a photo.
    """
    if {front, back} == {_G, _NEW}:
        return back
    return front or back


def is_credential(
    side: Side, lines: Sequence[TextLine], reading: Reading, *, doubted: bool = False
) -> bool:
    """Say whether what was read may be a credential's.

    Print weighs more than looks, both ways. What does not look like one (`doubted`) is one all the
    same where its zone is proven, or its clave or OCR number was read. And what looks like a front
    is none where much of it was read clearly and no line names what no other card has: a licence
    and a passport have a CURP too.
    """
    if reading.mrz is not None or any(name in reading.fields for name in _PROOFS):
        return True
    if doubted:
        return False  # a form about credentials names everything that is on one
    texts = [(squeeze(line.text)[0], line.confidence) for line in lines]
    if any(word in text for text, _ in texts for word in _OF_A_CREDENTIAL):
        return True
    clear = [text for text, chance in texts if chance > _CLEARLY and len(text) >= _LONG_ENOUGH]
    return side is not Side.FRONT or len(clear) < _MANY


def headings(boxes: Sequence[TextBox]) -> list[TextBox]:
    """Return the boxes of a back in which the authority may be named: long ones at the top."""
    long = [b for b in boxes if b.y1 < _HEADING_BOTTOM and b.width > _HEADING_WIDTH]
    return sorted(long, key=lambda box: box.y0)[:_MOST_HEADINGS]


def _evidence(
    side: Side,
    texts: Iterable[str],
    fields: Mapping[str, FieldReading],
    mrz: Sequence[str] | None,
    barcodes: Sequence[Barcode],
) -> Iterable[Evidence]:
    """Yield, for each thing that was read, the models that agree with it, and how sure it is."""
    year = _issued_in(fields, mrz)
    if year is not None:
        in_years = frozenset(m for m, (first, last) in _ISSUED.items() if first <= year <= last)
        yield in_years, _PROVEN if mrz is not None else _READ
    lines = [squeeze(text)[0] for text in texts]
    if side is Side.FRONT:
        yield from _of_front(lines, fields)
        return
    yield from _of_authority(lines)
    if mrz is not None:
        yield _ALL - {_C}, _PROVEN
    elif "numero_ocr" in fields:
        yield frozenset({_C}), _READ
    if any(code.format.casefold() == "pdf417" for code in barcodes):
        yield _BEFORE_G, _PROVEN
    if sum(_is_dense(code) for code in barcodes) >= 2:
        yield _SINCE_G, _PROVEN


def _of_front(lines: Sequence[str], fields: Mapping[str, FieldReading]) -> Iterable[Evidence]:
    yield from _of_authority(lines)
    if "IFE" in lines:
        yield _IFE, _READ
    if "INE" in lines:
        yield _ALL - _IFE, _READ
    if any(line.endswith(country) for line in lines for country in _COUNTRIES):
        yield _ABROAD | {_NEW}, _MISSED
    if any(name in fields for name in ("estado", "municipio", "localidad")):
        yield _BEFORE_G, _READ
    vigencia = fields.get("vigencia")
    if vigencia is not None:
        combined = COMBINED.fullmatch(str(vigencia.value)) is not None
        yield _SINCE_G if combined else _BEFORE_G, _READ


def _of_authority(lines: Sequence[str]) -> Iterable[Evidence]:
    """Yield what the line with the authority's name says, and the one of who live abroad.

    One credential in sixty is of who lives abroad: without that line it is taken for the other.
    """
    federal, nacional = _likeness(lines, _FEDERAL), _likeness(lines, _NACIONAL)
    if max(federal, nacional) >= _ALIKE:
        yield (_IFE if federal > nacional else _ALL - _IFE), _READ
    if _likeness(lines, _OUTSIDE) >= _ALIKE:
        yield _ABROAD | {_NEW}, _READ
    else:
        named = max(federal, nacional) >= _ALIKE
        yield _ALL - _ABROAD, _LEFT_OUT if named else _MISSED


def _likeness(lines: Sequence[str], phrase: str) -> float:
    """Return how nearly the phrase stands in one of the lines, 0…100."""
    long = (line for line in lines if len(line) >= 0.8 * len(phrase))
    return max((fuzz.partial_ratio(phrase, line) for line in long), default=0.0)


def _is_dense(code: Barcode) -> bool:
    return code.format.casefold() == "qr" and len(code.payload) > _DENSE_BYTES


def _issued_in(fields: Mapping[str, FieldReading], mrz: Sequence[str] | None) -> int | None:
    emision = fields.get("emision")
    if emision is not None and str(emision.value).isdigit():
        return int(str(emision.value))
    if mrz is not None and mrz[1][8:10].isdigit():
        return 2000 + int(mrz[1][8:10]) - _VALID_YEARS
    return None
