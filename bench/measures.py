"""The figures to reach, and how each is counted from scores: one list for us and for every peer.

Source of the targets: the issue "Reading credentials better and faster", *Figures to reach*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.scoring import Score

# The least overlap of the found quad with the true one that counts as detection.
LEAST_IOU = 0.9
CODES = ("clave_elector", "curp", "cic", "numero_ocr")
YEARS = ("seccion", "vigencia", "anio_registro")
NAMES = ("nombres", "apellido_paterno", "apellido_materno")

# (successes, trials) of some scores; no trials: the reader is not asked this.
Count = Callable[[Sequence[Score]], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table: percent, easy / medium / hard; `at_most` when less is better."""

    title: str
    target: tuple[float, float, float] | None
    count: Count
    at_most: bool = False
    # A peer that is given lines of text alone, or the true corners, is not asked this.
    ours_alone: bool = False


def exact(names: Sequence[str]) -> Count:
    """Count each printed value of these fields by itself."""

    def count(scores: Sequence[Score]) -> tuple[int, int]:
        outcomes = [s.outcomes[n] for s in scores if s.has_card for n in names if n in s.outcomes]
        return outcomes.count("exact"), len(outcomes)

    return count


def all_exact(names: Sequence[str]) -> Count:
    """Count cards: a success is one on which every one of these fields it prints is exact."""

    def count(scores: Sequence[Score]) -> tuple[int, int]:
        cards = [
            outcomes
            for s in scores
            if s.has_card
            for outcomes in [[s.outcomes[n] for n in names if n in s.outcomes]]
            if outcomes
        ]
        return sum(all(o == "exact" for o in card) for card in cards), len(cards)

    return count


def _each(holds: Callable[[Score], bool]) -> Count:
    def count(scores: Sequence[Score]) -> tuple[int, int]:
        cards = [s for s in scores if s.has_card]
        return sum(holds(s) for s in cards), len(cards)

    return count


def _address_lines(scores: Sequence[Score]) -> tuple[int, int]:
    return sum(s.address_exact for s in scores), sum(s.address_printed for s in scores)


def _wrong(scores: Sequence[Score]) -> tuple[int, int]:
    cards = [s for s in scores if s.has_card]
    given = sum(o != "abstained" for s in cards for o in s.outcomes.values())
    return sum(len(s.mistakes) for s in cards), given


def _passing(scores: Sequence[Score]) -> tuple[int, int]:
    wrong, given = _wrong(scores)
    return sum(m.passes_checks for s in scores for m in s.mistakes) if wrong else 0, given


def _barcodes(scores: Sequence[Score]) -> tuple[int, int]:
    return sum(s.barcodes_read for s in scores), sum(s.barcodes_printed for s in scores)


def _false_credential(scores: Sequence[Score]) -> tuple[int, int]:
    others = [s for s in scores if not s.has_card]
    return sum(s.found for s in others), len(others)


MEASURES: tuple[Measure, ...] = (
    Measure(
        "detection, IoU ≥ 0.9",
        (99.9, 99.5, 97.0),
        _each(lambda s: s.found and s.iou >= LEAST_IOU),
        ours_alone=True,
    ),
    Measure(
        "model and side",
        (99.5, 99.0, 97.0),
        _each(lambda s: s.model_right and s.side_right),
        ours_alone=True,
    ),
    Measure("side", None, _each(lambda s: s.side_right), ours_alone=True),
    Measure("MRZ, three lines", (99.0, 98.0, 93.0), exact(("mrz",))),
    Measure("clave, CURP, CIC, OCR number", (99.5, 99.0, 95.0), exact(CODES)),
    Measure("… clave de elector", None, exact(("clave_elector",))),
    Measure("… CURP", None, exact(("curp",))),
    Measure("… CIC and OCR number, a card", None, all_exact(("cic", "numero_ocr"))),
    Measure("sección, vigencia, año", (99.0, 98.0, 92.0), exact(YEARS)),
    Measure("… sección", None, exact(("seccion",))),
    Measure("… vigencia", None, exact(("vigencia",))),
    Measure("… año de registro", None, exact(("anio_registro",))),
    Measure("names, each", (98.0, 95.0, 85.0), exact(NAMES)),
    Measure("names, all three of a card", (98.0, 95.0, 85.0), all_exact(NAMES)),
    Measure("address lines", (95.0, 90.0, 70.0), _address_lines),
    Measure("wrong, of values given", (0.3, 0.5, 1.0), _wrong, at_most=True),
    Measure("wrong and passing all checks", (0.0, 0.0, 0.0), _passing, at_most=True),
    Measure("barcodes", (100.0, 99.0, 92.0), _barcodes, ours_alone=True),
    Measure(
        "false credential on negatives", (0.5, 0.5, 0.5), _false_credential, True, ours_alone=True
    ),
)
