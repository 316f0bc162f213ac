"""Networks that answer from a script: the whole reader runs on known answers, without a model.

The scripted recogniser builds real scores for its texts, so that all decoding behind it is the
product's own; `doubts` lets a character share its step with rivals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from device.inference.base import (
    Classification,
    Detection,
    Floats,
    Image,
    Model,
    Quad,
    Side,
    TextBox,
    TextLine,
)
from device.inference.recognise import lines

ALPHABET = "ABCDEFGHIJKLMNÑOPQRSTUVWXYZ0123456789< /-.,:()'#&ÁÉÍÓÚÜ"


@dataclass(frozen=True)
class ScriptedText:
    """One segment the script puts on the card; `doubts` maps a position to (rival, chance)."""

    text: str
    box: TextBox
    doubts: Mapping[int, tuple[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class ScriptedDetector:
    """Finds the same card in every frame; the whole frame when no quad is given."""

    quad: Quad | None = None
    finds: bool = True

    def detect(self, image: Image) -> Detection | None:
        if not self.finds:
            return None
        height, width = image.shape[:2]
        whole = Quad(((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)))
        return Detection(self.quad or whole, 1.0, 1.0)

    def locate(self, image: Image) -> Detection | None:
        return self.detect(image)


@dataclass(frozen=True)
class ScriptedClassifier:
    """Calls every card the same."""

    side: Side | None = Side.FRONT
    model: Model = Model.E
    upside_down: bool = False

    def classify(self, card: Image) -> Classification:
        return Classification(self.side, self.model, self.upside_down, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class ScriptedTextDetector:
    """Finds the boxes of the script."""

    texts: Sequence[ScriptedText]

    def find(self, grey: Image) -> list[TextBox]:
        return [text.box for text in self.texts]


@dataclass(frozen=True)
class ScriptedTextRecogniser:
    """Reads what the script prints where a box is asked for: the text whose middle it covers."""

    texts: Sequence[ScriptedText]

    def read(self, grey: Image, boxes: Sequence[TextBox]) -> list[TextLine]:
        if not boxes:
            return []
        asked = [self._at(box) for box in boxes]
        steps = max(2 * max(len(text.text) for text in asked) + 2, 4)
        scores = [_scores(text, steps) for text in asked]
        spans = []
        for text, box in zip(asked, boxes, strict=True):
            used = max(2 * len(text.text) + 1, 1)
            spans.append((box.x0, box.x0 + box.width * steps / used))
        return lines(scores, ALPHABET, boxes, spans)

    def _at(self, box: TextBox) -> ScriptedText:
        inside = [
            text
            for text in self.texts
            if box.y0 <= text.box.middle_y <= box.y1
            and text.box.x0 < box.x1
            and text.box.x1 > box.x0
        ]
        nearest = min(inside, key=lambda t: abs(t.box.middle_y - box.middle_y), default=None)
        return nearest or ScriptedText("", box)


def _scores(text: ScriptedText, steps: int) -> Floats:
    """One step per character and a blank between any two, nearly certain but for the doubts."""
    odds = np.full((steps, len(ALPHABET) + 1), 1e-6, np.float32)
    odds[:, -1] = 1.0
    for position, character in enumerate(text.text):
        step = odds[2 * position + 1]
        step[-1] = 1e-6
        rival, chance = text.doubts.get(position, ("", 0.0))
        step[ALPHABET.index(character)] = 1 - chance
        if rival:
            step[ALPHABET.index(rival)] = chance
    return np.asarray(np.log(odds / odds.sum(axis=1, keepdims=True)), np.float32)


__all__ = [
    "ALPHABET",
    "ScriptedClassifier",
    "ScriptedDetector",
    "ScriptedText",
    "ScriptedTextDetector",
    "ScriptedTextRecogniser",
]
