"""Holds what the reader said of a frame against what was printed on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from device.inference.base import Quad
from device.inference.reading import Reading
from domain.credential.clave_elector import parse_clave_elector
from domain.credential.curp import parse_curp
from domain.credential.mrz import failed_checks
from domain.errors import DomainError

CONFIDENT = 0.9


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
class Score:
    """One frame's result. `outcomes` maps field (and `mrz`) to exact, abstained or wrong."""

    frame: str
    difficulty: str
    model: str
    side: str
    has_card: bool
    found: bool
    corner_error: float | None = None
    side_right: bool = False
    model_right: bool = False
    accepted: bool = False
    outcomes: Mapping[str, str] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()
    barcodes_printed: int = 0
    barcodes_read: int = 0
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
    right_side = found and reading.side is not None and reading.side.value == truth["side"]
    outcomes, mistakes = _fields(truth, reading)
    return Score(
        **base,
        corner_error=_corner_error(truth["corners"], reading.quad),
        side_right=right_side,
        model_right=found and reading.model is not None and reading.model.value == truth["model"],
        accepted=reading.accepted,
        outcomes=outcomes,
        mistakes=mistakes,
        barcodes_printed=len(truth["barcodes"]),
        barcodes_read=min(len(reading.barcodes), len(truth["barcodes"])),
        attacked=reading.attack is not None and reading.attack.detected,
    )


def _corner_error(printed: Any, quad: Quad | None) -> float | None:
    """Return the mean distance of the corners as a share of the card's diagonal."""
    if quad is None:
        return None
    corners = np.asarray(printed, np.float64)
    diagonal = 0.5 * sum(np.linalg.norm(corners[i] - corners[i + 2]) for i in (0, 1))
    return float(np.linalg.norm(quad.array() - corners, axis=1).mean() / diagonal)


def _fields(
    truth: Mapping[str, Any], reading: Reading
) -> tuple[dict[str, str], tuple[Mistake, ...]]:
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
    return outcomes, tuple(mistakes)


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
