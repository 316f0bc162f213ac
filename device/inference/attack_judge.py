"""The network that tells the card itself from what is held up in its place.

A score of 0.5 is the threshold at which no more than one true card in fifty was suspected on
simulated photographs, the only ones it has ever seen: docs/attacks.md. It informs the reviewer and
blocks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from device.inference.attack_views import views
from device.inference.base import Floats, Image, Quad
from device.inference.reading import Attack
from device.inference.tflite import ModelFile, Network

_DETECTED = 0.5
_FARTHEST = 30.0  # log odds beyond which a score is 0 or 1 to thirteen places


class TfliteAttackJudge:
    """Scores a card in a frame; `kind` is one of the listed classes, the first of which is none."""

    def __init__(self, model: ModelFile, *, threads: int = 1) -> None:
        self._network = Network(model, threads=threads)
        self._kinds = model.classes["kind"]
        self._threshold = model.thresholds["suspicion"]

    def score(self, frame: Image, card: Image, quad: Quad) -> Attack:
        """Return how much the card of `quad` looks like a copy, and like which kind of one.

        `card` is the rectified card, which other judges look at; this one cuts its own views.
        """
        logits = self._network.see(views(frame, quad)[None])[0].reshape(-1)
        return decode(logits, self._kinds, self._threshold)


def suspicion_of(logits: Floats) -> float:
    """Return the log odds of all attacks together against the original, the first class."""
    return float(np.logaddexp.reduce(logits[1:].astype(np.float64)) - logits[0])


def decode(logits: Floats, kinds: Sequence[str], threshold: float) -> Attack:
    """Return what one row of logits says; a suspicion at the threshold scores 0.5."""
    beyond = float(np.clip(suspicion_of(logits) - threshold, -_FARTHEST, _FARTHEST))
    score = float(1 / (1 + np.exp(-beyond)))
    detected = score >= _DETECTED
    return Attack(detected, score, kinds[1 + int(logits[1:].argmax())] if detected else None)
