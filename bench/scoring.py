"""Holds what the reader said of a frame against what was printed on it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device.inference.base import Quad
from device.inference.reading import Reading
from domain.credential.clave_elector import parse_clave_elector
from domain.credential.curp import parse_curp
from domain.credential.mrz import failed_checks
from domain.errors import DomainError

CONFIDENT = 0.9
Polygon = npt.NDArray[np.float64]


def truths(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of truth of a folder of frames."""
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong value that was given; values are invented persons', so they may be shown."""

    field: str
    printed: str
    read: str
    confidence: float
    passes_checks: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A value that was given, how sure the reader was of it, and whether it was printed so."""

    field: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Score:
    """One frame's result. `outcomes` maps field (and `mrz`) to exact, abstained or wrong.

    `iou` is the intersection over the union of the found quad and the true one. Lines of the
    domicile are counted by themselves; a code counts when format and content are what is printed.
    """

    frame: str
    difficulty: str
    model: str
    side: str
    has_card: bool
    found: bool
    corner_error: float | None = None
    iou: float = 0.0
    side_right: bool = False
    model_right: bool = False
    accepted: bool = False
    outcomes: Mapping[str, str] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()
    given: tuple[Given, ...] = ()
    address_printed: int = 0
    address_exact: int = 0
    barcodes_printed: int = 0
    barcodes_read: int = 0
    barcodes_wrong: int = 0
    attacked: bool = False
    ms: Mapping[str, float] = field(default_factory=dict)


def score(truth: Mapping[str, Any], reading: Reading) -> Score:
    """Return the score of one frame by its line of truth."""
    found = reading.found
    base = {
        "frame": truth["frame"],
        "difficulty": truth["difficulty"],
        "model": truth.get("model", "none"),
        "side": truth.get("side", "none"),
        "has_card": bool(truth["found"]),
        "found": found,
        "ms": reading.ms,
    }
    if not truth["found"]:
        return Score(**base)
    side_right = found and reading.side is not None and reading.side.value == truth["side"]
    outcomes, mistakes, given = _fields(truth, reading)
    address_printed, address_exact = _address_lines(truth, reading)
    printed = Counter(_code_key(code) for code in truth["barcodes"])
    read = Counter(_code_key(code.to_json()) for code in reading.barcodes)
    # Which of several codes a finger covers is not told: those that were read are asked for.
    asked = (printed & read).total() if "barcode" in truth.get("hidden", ()) else printed.total()
    return Score(
        **base,
        corner_error=_corner_error(truth["corners"], reading.quad),
        iou=0.0 if reading.quad is None else overlap(truth["corners"], reading.quad.array()),
        side_right=side_right,
        model_right=found and reading.model is not None and reading.model.value == truth["model"],
        accepted=reading.accepted,
        outcomes=outcomes,
        mistakes=mistakes,
        given=given,
        address_printed=address_printed,
        address_exact=address_exact,
        barcodes_printed=asked,
        barcodes_read=(printed & read).total(),
        barcodes_wrong=(read - printed).total(),
        attacked=reading.attack is not None and reading.attack.detected,
    )


def _code_key(code: Mapping[str, Any]) -> tuple[str, str]:
    # Readers differ in how they spell formats: Code128, Code 128, QRCode, QR Code.
    spelled = str(code["format"]).replace(" ", "").replace("-", "").casefold()
    return spelled.removesuffix("code"), str(code.get("text", code.get("base64", "")))


def overlap(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Return intersection over union of two convex quads, exact but for rounding."""
    one, other = (_clockwise(np.asarray(quad, np.float64)) for quad in (first, second))
    common = one
    for start, end in zip(other, np.roll(other, -1, axis=0), strict=True):
        common = _clipped(common, start, end)
        if len(common) < 3:
            return 0.0
    shared = _area(common)
    return float(shared / (_area(one) + _area(other) - shared))


def _area(polygon: Polygon) -> float:
    x, y = polygon.T
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def _clockwise(polygon: Polygon) -> Polygon:
    return polygon if _area(polygon) >= 0 else polygon[::-1]


def _clipped(polygon: Polygon, start: Polygon, end: Polygon) -> Polygon:
    """Return the part of a polygon that lies right of a line (Sutherland and Hodgman, 1974)."""
    along, away = end - start, polygon - start
    sides = along[0] * away[:, 1] - along[1] * away[:, 0]
    kept = []
    for here, point in enumerate(polygon):
        before = here - 1
        if sides[here] * sides[before] < 0:
            share = sides[before] / (sides[before] - sides[here])
            kept.append(polygon[before] + share * (point - polygon[before]))
        if sides[here] >= 0:
            kept.append(point)
    return np.array(kept).reshape(-1, 2)


def _corner_error(printed: Any, quad: Quad | None) -> float | None:
    """Return the mean distance of the corners as a share of the card's diagonal."""
    if quad is None:
        return None
    corners = np.asarray(printed, np.float64)
    diagonal = 0.5 * sum(np.linalg.norm(corners[i] - corners[i + 2]) for i in (0, 1))
    return float(np.linalg.norm(quad.array() - corners, axis=1).mean() / diagonal)


def _fields(
    truth: Mapping[str, Any], reading: Reading
) -> tuple[dict[str, str], tuple[Mistake, ...], tuple[Given, ...]]:
    printed = dict(truth["fields"])
    said = dict(reading.values())
    # Models since G print both years as one value; the year of emisión alone is read out of it.
    if "emision" not in printed and str(printed.get("vigencia", "")).startswith(
        str(said.get("emision", "-"))
    ):
        said.pop("emision")
    # What a finger or the frame's border covers cannot be asked for; given wrong, it is wrong.
    hidden = set(truth.get("hidden", ()))
    outcomes: dict[str, str] = {}
    mistakes = []
    for name in sorted(printed.keys() | said.keys()):
        if name not in said:
            if name not in hidden:
                outcomes[name] = "abstained"
        elif _same(name, said[name], printed.get(name)):
            outcomes[name] = "exact"
        else:
            outcomes[name] = "wrong"
            confidence = reading.fields[name].confidence
            passes = _passes(name, said[name], reading)
            mistakes.append(
                Mistake(name, str(printed.get(name, "")), str(said[name]), confidence, passes)
            )
    if truth["mrz"] and not ("mrz" in hidden and reading.mrz is None):
        lines = list(reading.mrz) if reading.mrz is not None else None
        exact = lines == truth["mrz"]
        outcomes["mrz"] = "abstained" if lines is None else "exact" if exact else "wrong"
        if lines is not None and not exact:
            passes = not failed_checks(lines)
            mistakes.append(Mistake("mrz", str(truth["mrz"]), str(lines), 1.0, passes))
    given = tuple(
        Given(name, reading.fields[name].confidence, outcomes[name] == "exact")
        for name in said
        if name in outcomes
    )
    return outcomes, tuple(mistakes), given


def _address_lines(truth: Mapping[str, Any], reading: Reading) -> tuple[int, int]:
    """Return how many lines of the domicile are printed, and how many of them were read exactly."""
    printed = Counter(truth["fields"].get("domicilio", ()))
    said = reading.values().get("domicilio")
    if said is None and "domicilio" in truth.get("hidden", ()):
        return 0, 0
    return printed.total(), (printed & Counter(said or ())).total()


def _same(name: str, said: object, printed: object) -> bool:
    """Say whether a value is the printed one; the spaces around the dash of two years are none."""
    if name == "vigencia":
        return str(said).replace(" ", "") == str(printed).replace(" ", "")
    return said == printed


def _passes(name: str, value: object, reading: Reading) -> bool:
    """Say whether a wrong value passes the checks that there are for it."""
    if name == "curp":
        return _parses(parse_curp, str(value))
    if name == "clave_elector":
        agrees = not any(code.startswith("clave_curp") for code in reading.checks)
        return "curp" in reading.fields and agrees and _parses(parse_clave_elector, str(value))
    return name in ("cic", "numero_ocr") and reading.fields[name].source.value == "mrz"


def _parses(parse: Any, text: str) -> bool:
    try:
        parse(text)
    except DomainError:
        return False
    return True
