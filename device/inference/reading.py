"""What was read from one image: the values and their form in JSON (keys of `read --jsonl`)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from device.inference.base import Model, Quad, Side, TextBox
from domain.credential.fields import Source

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field as printed, upper case; `box` is in card pixels, `confidence` 0…1."""

    value: Value = field(repr=False)
    confidence: float
    source: Source
    box: TextBox | None = None


@dataclass(frozen=True, slots=True)
class Barcode:
    """One code; `text` is None when its bytes are no printable text."""

    format: str
    payload: bytes = field(repr=False)
    text: str | None = field(repr=False)

    def to_json(self) -> dict[str, str]:
        if self.text is not None:
            return {"format": self.format, "text": self.text}
        return {"format": self.format, "base64": base64.b64encode(self.payload).decode("ascii")}


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of the card in the frame; shares are 0…1 of the card or of the frame.

    `focus`, `detail` and `motion` are those of `Sharpness`; `ink` and `paper` the tones 0…1 of the
    darkest and the lightest hundredth; `glare` what light burnt away and `patch` the wide parts of
    it; `covered_mm` how far a finger reaches over the card; `flatness` 1 is a card seen head on;
    `px_per_mm` counts in the direction that shows fewest.
    `blurred_fields` are the boxes too blurred or burnt out to trust, by their field.
    """

    focus: float
    brightness: float
    dark: float
    glare: float
    coverage: float
    px_per_mm: float
    inside: bool
    blurred_fields: tuple[str, ...] = ()
    detail: float = 1.0
    motion: float = 1.0
    ink: float = 0.0
    paper: float = 1.0
    burnt: float = 0.0
    patch: float = 0.0
    covered_mm: float = 0.0
    flatness: float = 1.0

    def to_json(self) -> dict[str, Any]:
        return {
            "focus": round(self.focus, 3),
            "brightness": round(self.brightness, 3),
            "dark": round(self.dark, 3),
            "glare": round(self.glare, 3),
            "coverage": round(self.coverage, 3),
            "px_per_mm": round(self.px_per_mm, 2),
            "inside": self.inside,
            "detail": round(self.detail, 3),
            "motion": round(self.motion, 2),
            "ink": round(self.ink, 3),
            "paper": round(self.paper, 3),
            "burnt": round(self.burnt, 3),
            "patch": round(self.patch, 3),
            "covered_mm": round(self.covered_mm, 1),
            "flatness": round(self.flatness, 2),
            "blurred_fields": list(self.blurred_fields),
        }


@dataclass(frozen=True, slots=True)
class Attack:
    """How much the image looks like a copy: a hint for the reviewer, never a verdict."""

    detected: bool
    score: float
    kind: str | None

    def to_json(self) -> dict[str, Any]:
        return {"detected": self.detected, "score": round(self.score, 3), "kind": self.kind}


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one image said. What was not read is absent."""

    found: bool
    reasons: tuple[str, ...]
    quad: Quad | None = None
    side: Side | None = None
    model: Model | None = None
    fields: Mapping[str, FieldReading] = field(default_factory=dict)
    mrz: tuple[str, str, str] | None = field(default=None, repr=False)
    barcodes: tuple[Barcode, ...] = ()
    quality: Quality | None = None
    attack: Attack | None = None
    checks: tuple[str, ...] = ()
    ms: Mapping[str, float] = field(default_factory=dict)
    # What other frames of the burst read instead, the likeliest first; a burst alone has rivals.
    rivals: Mapping[str, tuple[FieldReading, ...]] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Would the gate take this image: a credential, whole, sharp, lit, and readable."""
        return self.found and not self.reasons

    def values(self) -> dict[str, str | list[str]]:
        """Return the values by field, as the rules of `domain` take them."""
        return {
            name: reading.value if isinstance(reading.value, str) else list(reading.value)
            for name, reading in self.fields.items()
        }

    def to_json(self, *, frame: str) -> dict[str, Any]:
        """Return the object of one line of `read --jsonl`."""
        line: dict[str, Any] = {"frame": frame, "found": self.found}
        if self.quad is not None:
            line["corners"] = [[round(x, 1), round(y, 1)] for x, y in self.quad.corners]
        if self.model is not None:
            line["model"] = self.model.value
        if self.side is not None:
            line["side"] = self.side.value
        line["fields"] = self.values()
        line["confidence"] = {n: round(f.confidence, 4) for n, f in self.fields.items()}
        line["source"] = {n: f.source.value for n, f in self.fields.items()}
        if self.mrz is not None:
            line["mrz"] = list(self.mrz)
        line["barcodes"] = [code.to_json() for code in self.barcodes]
        line["quality"] = self.quality.to_json() if self.quality is not None else {}
        line["accepted"] = self.accepted
        line["reasons"] = list(self.reasons)
        if self.attack is not None:
            line["attack"] = self.attack.to_json()
        line["checks"] = list(self.checks)
        line["ms"] = {stage: round(value, 2) for stage, value in self.ms.items()}
        return line
