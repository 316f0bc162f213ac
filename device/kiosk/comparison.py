"""The rows of the page where a person compares: what is missing first, then what is doubtful."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from device.capture.gathered import shown_value
from device.capture.session import Confirming, Read
from device.inference.model_of_card import of_both
from domain.credential.fields import FIELD_NAMES, MODELS_WITH_MRZ, Side
from wire.record import IDENTIFIERS, Field, Source

# What the person compares; the rest folds away while it is in order.
FIRST = (
    "nombres",
    "apellido_paterno",
    "apellido_materno",
    "clave_elector",
    "curp",
    "cic",
    "numero_ocr",
    "seccion",
    "vigencia",
)
_DOUBTFUL, _SURE = 80, 95


class Mark(StrEnum):
    """How a row stands out; the order is the order of the page."""

    SLIP = "slip"
    UNREAD = "unread"
    DOUBTFUL = "doubtful"
    LIKELY = "likely"
    SURE = "sure"
    TYPED = "typed"


@dataclass(frozen=True)
class Offer:
    """One reading of a field; `confidence` is in percent."""

    value: str
    source: str
    confidence: int


@dataclass(frozen=True)
class Row:
    """One field as the page shows it: the text in force, and the readings that there are."""

    name: str
    value: str
    mark: Mark
    confidence: int
    source: str
    has_crop: bool
    offers: tuple[Offer, ...]

    @property
    def is_first(self) -> bool:
        """Whether it is shown unfolded."""
        return self.name in FIRST or self.mark in (Mark.SLIP, Mark.DOUBTFUL)


def compare(
    case: Read,
    typed: Mapping[str, str],
    *,
    slips: Collection[str],
    doubted: Collection[str],
    today: date,
) -> list[Row]:
    """Return the rows in their order.

    Args:
        case: The visit.
        typed: Texts that were typed and not taken yet.
        slips: Those of them that have not the form of their field.
        doubted: Fields of which two witnesses say different things.
        today: The day by which the century of a birth is known.
    """
    offers = case.offers(today) if isinstance(case, Confirming) else {}
    rows = []
    for name in (*FIRST, *(name for name in FIELD_NAMES if name not in FIRST)):
        field = case.fields.get(name)
        row_offers = _offers(offers.get(name, ()), field)
        value = typed.get(name, shown_value(field.value) if field else "")
        is_asked_for = name in FIRST or case.process.typed_data_allowed
        if not (value or row_offers or (is_asked_for and _may_be_printed(name, case))):
            continue  # a model prints only some of the others: what is not there is not asked for
        rows.append(
            Row(
                name=name,
                value=value,
                mark=_mark(name, field, bool(row_offers), slips, doubted),
                confidence=round(field.confidence * 100) if field else 0,
                source=field.source.value if field else "",
                has_crop=card_of(case, field) is not None,
                offers=row_offers,
            )
        )
    return sorted(rows, key=_place)


def card_of(case: Read, field: Field | None) -> bytes | None:
    """Return the rectified side that shows a field, None where it was not seen there."""
    if field is None or field.side is None or field.box is None:
        return None
    return (case.front if field.side == Side.FRONT else case.back).card


def _may_be_printed(name: str, case: Read) -> bool:
    """Say whether this credential may carry a field: the CIC came with the code lines."""
    model = of_both(case.front.reading.model, case.back.reading.model)
    return name != "cic" or model is None or model in MODELS_WITH_MRZ


def _place(row: Row) -> tuple[int, bool]:
    """Return where a row goes; the order of the fields decides among equals."""
    urgent = {Mark.SLIP: 0, Mark.UNREAD: 1, Mark.DOUBTFUL: 2}
    is_asked_for = row.mark is not Mark.UNREAD or row.name in FIRST
    place = urgent.get(row.mark, 3) if is_asked_for else 3
    return place, row.mark is Mark.UNREAD and row.name not in IDENTIFIERS


def _offers(fields: tuple[Field, ...], chosen: Field | None) -> tuple[Offer, ...]:
    """Return the readings to choose among: none where there is only the one in force."""
    if not fields or (len(fields) == 1 and chosen is not None):
        return ()
    return tuple(
        Offer(shown_value(field.value), field.source.value, round(field.confidence * 100))
        for field in fields
    )


def _mark(
    name: str,
    field: Field | None,
    has_rivals: bool,
    slips: Collection[str],
    doubted: Collection[str],
) -> Mark:
    if name in slips:
        return Mark.SLIP
    if field is None:
        return Mark.UNREAD
    if field.source is Source.TYPED:
        return Mark.TYPED
    percent = round(field.confidence * 100)
    if has_rivals or name in doubted or percent < _DOUBTFUL:
        return Mark.DOUBTFUL
    return Mark.SURE if percent >= _SURE else Mark.LIKELY
