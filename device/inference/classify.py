"""Says which side of which model a rectified card is, and whether it stands on its head."""

from __future__ import annotations

import cv2
import numpy as np

from device.inference.base import Classification, Floats, Image, Model, Side
from device.inference.tflite import ModelFile, Network

_SIDES = (Side.FRONT, Side.BACK, None)
_MODELS = (Model.C, Model.D, Model.E, Model.F, Model.G, Model.H, Model.NEW)


class TfliteCardClassifier:
    """The classifier network: side, upright or not, model, in one row of twelve logits."""

    def __init__(self, model: ModelFile, *, threads: int = 1) -> None:
        self._network = Network(model, threads=threads)

    def classify(self, card: Image) -> Classification:
        _, height, width, _ = self._network.input_shape
        small = cv2.resize(card, (width, height), interpolation=cv2.INTER_AREA)
        logits = self._network.see(np.asarray(small, np.uint8)[None])[0].reshape(-1)
        return decode(logits)


def decode(logits: Floats) -> Classification:
    """Return what twelve logits say: three of the side, two upright or not, seven of the model."""
    sides, ways, models = _softmax(logits[0:3]), _softmax(logits[3:5]), _softmax(logits[5:12])
    side, way, model = int(sides.argmax()), int(ways.argmax()), int(models.argmax())
    return Classification(
        side=_SIDES[side],
        model=_MODELS[model],
        upside_down=way == 1,
        side_confidence=float(sides[side]),
        model_confidence=float(models[model]),
        upright_confidence=float(ways[way]),
        model_chances=dict(zip(_MODELS, models.tolist(), strict=True)),
        likelier=Side.FRONT if sides[0] >= sides[1] else Side.BACK,
    )


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max())
    return np.asarray(shifted / shifted.sum(), np.float32)
