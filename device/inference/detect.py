"""Finds the card: one pass over the whole frame, a second over the crop around it, its edges."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from device.inference import edges
from device.inference.base import Detection, Floats, Image, Quad
from device.inference.corners import decode
from device.inference.tflite import ModelFile, Network

_PAD = 114  # grey around a letterboxed frame, as in training
# In widths of the card: less is no news, more is another card.
_STILL, _JUMP = 0.03, 0.25
_SAME = 0.4
_FAR = 0.05
# How well edges are seen: that need no second search, and that may lie far from the network's.
_CLEAR, _LIKELY = 0.88, 0.8
_MOST_STARTS = 4
_FILLS = 0.8  # share of the square that the card fills in the second pass


class TfliteCardDetector:
    """The corner network, run coarse to fine."""

    def __init__(self, model: ModelFile, *, threads: int = 1) -> None:
        self._network = Network(model, threads=threads)
        self._side = self._network.input_shape[1]
        self._least_presence = model.thresholds.get("presence", 0.5)

    def detect(self, image: Image) -> Detection | None:
        coarse = self._whole(image)
        if coarse is None:
            return None
        found = self._by_edges(image, self._second_pass(image, coarse))
        # Four clear edges are something of a card's shape, whatever the network thinks of its look:
        # what it is, the classifier and the print say.
        return found if found.presence >= self._least_presence or found.edges > _LIKELY else None

    def _second_pass(self, image: Image, coarse: Detection) -> Detection:
        fine = self._within(image, _square_around(coarse.quad, _FILLS))
        if fine is None:
            return coarse
        if _STILL < _distance(coarse.quad, fine.quad) < _JUMP:
            # The crop was cut around corners that were off: once more around the better ones.
            again = self._within(image, _square_around(fine.quad, _FILLS))
            if again is not None and _distance(fine.quad, again.quad) < _STILL:
                fine = again
        if _distance(coarse.quad, fine.quad) > _JUMP:
            return replace(coarse, rivals=(fine.quad, *coarse.rivals))
        # What the whole frame said of presence stands: the crop was cut around a card already.
        presence = max(coarse.presence, fine.presence)
        return replace(fine, presence=presence, rivals=(*fine.rivals, *coarse.rivals))

    def _by_edges(self, image: Image, found: Detection) -> Detection:
        """Return the card with the corners in which its edges meet, and how well those are seen.

        Where they are not clear, the search starts anew from what is known by then: the better
        corners, the network's answer on the crop around them, its other guesses at this card.
        """
        quad, seen = edges.refined(image, found.quad)
        if seen < _LIKELY and _distance(found.quad, quad) > _FAR:
            quad, seen = found.quad, 0.0
        if seen < _CLEAR:
            near = [rival for rival in found.rivals if _distance(found.quad, rival) < _SAME]
            again = self._within(image, _square_around(quad, _FILLS))
            if again is not None:
                # The same card turned is the same card: only its corners are asked for here.
                near = [_like(quad, again.quad), *(_like(quad, rival) for rival in near)]
            for start in [quad, *near][:_MOST_STARTS]:
                other, other_seen = edges.refined(image, start)
                if other_seen > max(seen + 0.03, _LIKELY) and _distance(found.quad, other) < _SAME:
                    quad, seen = other, other_seen
                if seen >= _CLEAR:
                    break
        return replace(found, quad=quad, edges=seen)

    def refine(self, image: Image, quad: Quad) -> Quad:
        """Return the corners of a rival by a second pass around it."""
        fine = self._within(image, _square_around(quad, _FILLS))
        near = fine is not None and _distance(quad, fine.quad) < _JUMP
        return edges.refined(image, fine.quad if fine is not None and near else quad)[0]

    def locate(self, image: Image) -> Detection | None:
        found = self._whole(image)
        return found if found is not None and found.presence >= self._least_presence else None

    def _whole(self, image: Image) -> Detection | None:
        height, width = image.shape[:2]
        side = float(max(height, width))
        return self._within(image, (width / 2 - side / 2, height / 2 - side / 2, side))

    def _within(self, image: Image, square: tuple[float, float, float]) -> Detection | None:
        """Run on a square (left, top, side) of the frame; what lies outside is padding."""
        left, top, side = square
        pixels = _cut(image, left, top, side, self._side)
        logits, presence = _told_apart(self._network.see(pixels[None]))
        guesses = decode(logits)
        if not guesses:
            return None
        scale = side / logits.shape[0]
        quads = [Quad.of(g.corners * scale + (left - 0.5, top - 0.5)) for g in guesses]
        return Detection(quads[0], presence, guesses[0].certainty, tuple(quads[1:]))


def _told_apart(outputs: list[Floats]) -> tuple[Floats, float]:
    """Return heatmap logits and the chance that a card is there: the outputs' order is free."""
    maps = next(o for o in outputs if o.ndim == 4)[0]
    none, card = next(o for o in outputs if o.ndim == 2)[0].tolist()
    return maps, 1 / (1 + float(np.exp(np.clip(none - card, -60, 60))))


def _square_around(quad: Quad, fills: float) -> tuple[float, float, float]:
    points = quad.array()
    low, high = points.min(axis=0), points.max(axis=0)
    side = float((high - low).max()) / fills
    centre = (low + high) / 2
    return float(centre[0] - side / 2), float(centre[1] - side / 2), side


def _distance(first: Quad, second: Quad) -> float:
    """Return how far the corner that moved most did, in widths of the card."""
    moved = np.linalg.norm(first.array() - second.array(), axis=1).max()
    return float(moved) / max(first.width_px, 1.0)


def _like(quad: Quad, other: Quad) -> Quad:
    """Return the other quad with its corners in the order that comes closest to the first."""
    turns = [Quad.of(np.roll(other.array(), turn, axis=0)) for turn in range(4)]
    return min(turns, key=lambda turned: _distance(quad, turned))


def _cut(image: Image, left: float, top: float, side: float, size: int) -> Image:
    """Return the square of the frame as size×size pixels, reduced by area, padded in grey."""
    height, width = image.shape[:2]
    scale = size / side
    x0, y0 = max(0, int(np.floor(left))), max(0, int(np.floor(top)))
    x1, y1 = min(width, int(np.ceil(left + side))), min(height, int(np.ceil(top + side)))
    x1, y1 = x1 - (x1 - x0) % 2, y1 - (y1 - y0) % 2  # so that it can be halved
    canvas = np.full((size, size, 3), _PAD, np.uint8)
    if x1 <= x0 or y1 <= y0:
        return canvas
    at_x, at_y = round((x0 - left) * scale), round((y0 - top) * scale)
    to_x = min(size, max(at_x + 1, round((x1 - left) * scale)))
    to_y = min(size, max(at_y + 1, round((y1 - top) * scale)))
    at_x, at_y = max(0, min(at_x, size - 1)), max(0, min(at_y, size - 1))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    source = image[y0:y1, x0:x1]
    if scale < 0.5:
        # By halves first: an area of 2×2 is several times cheaper than one of odd borders.
        halved = ((x1 - x0) // 2, (y1 - y0) // 2)
        source = np.asarray(cv2.resize(source, halved, interpolation=cv2.INTER_AREA), np.uint8)
    part = cv2.resize(source, (to_x - at_x, to_y - at_y), interpolation=method)
    canvas[at_y:to_y, at_x:to_x] = part
    return canvas
