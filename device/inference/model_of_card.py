"""Which model a credential is of, from what was read on it and how it looks.

The pictures of two models may hardly differ (the backs of D, E and F; E and F but for one line of
small print), while the years, the header and the fields that a model lacks tell them apart. So the
classifier proposes, and every contradiction with what was read counts against a model.

Sources: years of issue and fields by model, `docs/training-data.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from device.inference.formats import COMBINED
from device.inference.labels import squeeze
from device.inference.reading import Barcode, FieldReading
from domain.credential.fields import Model, Side

_C, _D, _E, _F, _G, _H, _NEW = Model
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
_CONTRADICTED = 0.02  # what remains of a model's chance when something read speaks against it
_LEAST_CHANCE = 0.01  # the classifier's doubt never excludes a model by itself


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
    for possible in _evidence(side, texts, fields, mrz, barcodes):
        for model in Model:
            if model not in possible:
                weights[model] *= _CONTRADICTED
    return max(weights, key=lambda model: weights[model])


def _evidence(
    side: Side,
    texts: Iterable[str],
    fields: Mapping[str, FieldReading],
    mrz: Sequence[str] | None,
    barcodes: Sequence[Barcode],
) -> Iterable[frozenset[Model]]:
    """Yield, for each thing that was read, the models that agree with it."""
    year = _issued_in(fields, mrz)
    if year is not None:
        yield frozenset(m for m, (first, last) in _ISSUED.items() if first <= year <= last)
    if side is Side.FRONT:
        yield from _of_front(texts, fields)
        return
    if mrz is not None:
        yield frozenset(Model) - {_C}
    elif "numero_ocr" in fields:
        yield frozenset({_C})
    if any(code.format.casefold() == "pdf417" for code in barcodes):
        yield _BEFORE_G


def _of_front(
    texts: Iterable[str], fields: Mapping[str, FieldReading]
) -> Iterable[frozenset[Model]]:
    print_ = [squeeze(text)[0] for text in texts]
    if any("FEDERALELECTORAL" in text for text in print_):
        yield frozenset({_C, _D})
    if any("NACIONALELECTORAL" in text for text in print_):
        yield frozenset(Model) - {_C, _D}
    if any("EXTRANJERO" in text for text in print_):
        yield frozenset({_F, _H, _NEW})
    if any(name in fields for name in ("estado", "municipio", "localidad")):
        yield _BEFORE_G
    vigencia = fields.get("vigencia")
    if vigencia is not None:
        combined = COMBINED.fullmatch(str(vigencia.value)) is not None
        yield _SINCE_G if combined else _BEFORE_G


def _issued_in(fields: Mapping[str, FieldReading], mrz: Sequence[str] | None) -> int | None:
    emision = fields.get("emision")
    if emision is not None and str(emision.value).isdigit():
        return int(str(emision.value))
    if mrz is not None and mrz[1][8:10].isdigit():
        return 2000 + int(mrz[1][8:10]) - _VALID_YEARS
    return None
