"""Reads printed segments: one crop per box, one run each, greedy text with its chance."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from device.inference import ctc
from device.inference.base import Character, Emissions, Floats, Image, TextBox, TextLine
from device.inference.tflite import ModelFile, Network

# Shares of the glyphs' height around a crop: a line that loses the rim of its glyphs is lost, one
# that shows the rim of its neighbours is read as well as any.
_MARGIN_Y = 0.3
_MARGIN_X = 0.55
_RIVALS = 3
_WIDTH_STEP = 64  # columns between the widths at which the network is run
_AIR = 16  # columns kept free behind a line


class TfliteTextRecogniser:
    """The line network with CTC."""

    def __init__(self, model: ModelFile, *, threads: int = 1) -> None:
        self._network = Network(model, threads=threads)
        self._alphabet = model.alphabet
        self._temperature = model.thresholds.get("temperature", 1.0)

    def read(self, grey: Image, boxes: Sequence[TextBox]) -> list[TextLine]:
        if not boxes:
            return []
        _, height, width, _ = self._network.input_shape
        crops = [crop(grey, box, height, width) for box in boxes]
        scores = [self._run(pixels) for pixels, _, _ in crops]
        spans = [(x0, x1) for _, x0, x1 in crops]
        return lines(scores, self._alphabet, boxes, spans)

    def _run(self, pixels: Image) -> Floats:
        logits = self._network.see(pixels[None, :, :, None])[0][0]
        return ctc.log_softmax(logits, temperature=self._temperature)


def lines(
    scores: Sequence[Floats],
    alphabet: str,
    boxes: Sequence[TextBox],
    spans: Sequence[tuple[float, float]],
) -> list[TextLine]:
    """Return what the scores of each line say; spans are the card x of their ends."""
    texts = [ctc.greedy(line) for line in scores]
    chances = ctc.chances(_padded(scores), [classes for classes, _ in texts])
    found = []
    for line, (classes, steps), chance, box, (x0, x1) in zip(
        scores, texts, chances, boxes, spans, strict=True
    ):
        emissions = Emissions(line, alphabet, x0, x1)
        found.append(
            TextLine(
                "".join(alphabet[c] for c in classes),
                float(chance),
                box,
                _characters(emissions, steps),
                emissions,
            )
        )
    return found


def _padded(scores: Sequence[Floats]) -> Floats:
    """Stack lines of different lengths: the shorter ones end in certain blanks."""
    steps, classes = max(len(line) for line in scores), scores[0].shape[1]
    stacked = np.full((len(scores), steps, classes), -30, np.float32)
    stacked[:, :, -1] = 0
    for row, line in zip(stacked, scores, strict=True):
        row[: len(line)] = line
    return stacked


def _characters(emissions: Emissions, steps: Sequence[int]) -> tuple[Character, ...]:
    if not steps:
        return ()
    at = emissions.scores[list(steps), :-1]
    order = np.argsort(-at, axis=1)[:, :_RIVALS]
    odds = np.exp(np.take_along_axis(at, order, axis=1))
    places = ctc.steps_to_x(emissions, steps)
    return tuple(
        Character(tuple((emissions.alphabet[c], float(p)) for c, p in zip(cs, ps, strict=True)), x)
        for cs, ps, x in zip(order.tolist(), odds.tolist(), places.tolist(), strict=True)
    )


def crop(grey: Image, box: TextBox, height: int, width: int) -> tuple[Image, float, float]:
    """Cut a segment out for the network, and say the card x of both ends of the crop.

    It is as high as asked and at most as wide: a longer line is squeezed, a shorter one padded on
    the right with the median of its edge.
    """
    across = box.height * _MARGIN_Y
    along = box.height * _MARGIN_X
    x0, x1 = max(0, round(box.x0 - along)), min(grey.shape[1], round(box.x1 + along))
    half = box.height / 2 + across
    part = _level(grey, box, x0, max(x1, x0 + 2), half)
    scaled = max(2, round(part.shape[1] * height / part.shape[0]))
    fitted = min(scaled, width)
    # As the training's crops were made.
    method = cv2.INTER_AREA if part.shape[0] > height else cv2.INTER_LINEAR
    pixels = np.asarray(cv2.resize(part, (fitted, height), interpolation=method), np.uint8)
    if fitted == width:
        return pixels, float(x0), float(x0 + part.shape[1])
    # The least width that leaves the end of the line some air, as in training.
    roomy = min(-(-(fitted + _AIR) // _WIDTH_STEP) * _WIDTH_STEP, width)
    canvas = np.full((height, roomy), int(np.median(pixels[:, -1])), np.uint8)
    canvas[:, :fitted] = pixels
    return canvas, float(x0), x0 + part.shape[1] * roomy / fitted


def _level(grey: Image, box: TextBox, x0: int, x1: int, half: float) -> Image:
    """Return the strip of a box, sheared level when its ends stand apart by over two pixels."""
    rise = box.slope * (x1 - x0)
    if abs(rise) < 2:
        y0, y1 = round(box.middle_y - half), round(box.middle_y + half)
        strip = grey[max(y0, 0) : max(y1, 1), x0:x1]
        above, below = max(-y0, 0), max(y1 - grey.shape[0], 0)
        if above or below:
            strip = np.asarray(
                cv2.copyMakeBorder(strip, above, below, 0, 0, cv2.BORDER_REPLICATE), np.uint8
            )
        return strip
    middle = 0.5 * (box.x0 + box.x1)
    to_source = np.array(
        [[1, 0, x0], [box.slope, 1, box.middle_y - half + box.slope * (x0 - middle)]]
    )
    size = (x1 - x0, max(2, round(2 * half)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(grey, to_source, size, flags=flags, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
