"""Crops of the printed segments of rendered credentials, as photographed and rectified.

A card of the pool is seen by an invented camera at 560 to 1600 pixels of width and up to 25 degrees
of tilt, rectified by corners that are a little off, and each segment is cut by a box that is a
little off as well: all of what the parts before the recogniser do to a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from training.geometry import card_corners
from training.render.style import LABELS
from training.text_recogniser.alphabet import is_readable
from training.text_recogniser.crop import Pixels, normalise
from training.text_recogniser.lines import Gray, Line

Generator = np.random.Generator
Box = tuple[float, float, float, float]

_CURP = re.compile(r"[A-Z]{4}\d{6}[A-Z]{6}[0-9A-Z]\d")
_CLAVE = re.compile(r"[A-Z]{6}\d{8}[HMX]\d{3}")
_DATE = re.compile(r"\d{2}[/.-]\d{2}[/.-]\d{4}|\d{4} ?- ?\d{4}|\d{4} \d{2}")
_PRINTED = frozenset(word for words in LABELS.values() for word in words) | {
    "IFE", "INE", "MÉXICO", "CREDENCIAL PARA VOTAR", "FIRMA", "HUELLA", "ELECCIONES FEDERALES",
}  # fmt: skip
# Most segments of a card are labels and small numbers, all much alike: fewer teach as much.
_KEPT = {"label": 0.4, "number": 0.7}
_OFFICIAL = re.compile(
    r"INSTITUTO|ELECTOR|EXTRANJERO|SECRETARI|REGISTRO|DOCUMENTO|VALOR|LINEA|CREDENCIAL|DOMICILIO"
    r"|EXTRAVIO|REPRODUCCI|EXTRAORDINARIAS|TITULAR|CIUDADAN|EMISI[OÓ]N|VIGENCIA|SEXO|ESTADO|IDMEX"
)


@dataclass(frozen=True, slots=True)
class Printed:
    """One text on a card and its ink box x0, y0, x1, y1 in pixels of the card."""

    text: str
    box: Box


def kind_of(text: str) -> str:
    """The kind under which a segment is reported, told from its text alone."""
    if "<" in text or text.startswith("IDMEX"):
        return "mrz"
    if _CURP.fullmatch(text):
        return "curp"
    if _CLAVE.fullmatch(text):
        return "clave_elector"
    if _DATE.fullmatch(text):
        return "date"
    if text.isdecimal():
        return "number"
    if text in _PRINTED or _OFFICIAL.search(text):
        return "label"
    return "address" if any(c.isdecimal() or c in ",.#/" for c in text) else "name"


def read_card(path: Path) -> tuple[Pixels, list[Printed]]:
    """A card of the pool in gray and its segments.

    Raises:
        FileNotFoundError: The image beside the truth is missing.
    """
    gray = cv2.imread(str(path.with_suffix(".jpg")), cv2.IMREAD_GRAYSCALE)
    if gray is None:
        raise FileNotFoundError(f"{path.with_suffix('.jpg')} is missing")
    segments = [
        Printed(str(text).upper(), (x0, y0, x1, y1))
        for text, x0, y0, x1, y1 in json.loads(path.read_text())["segments"]
    ]
    return np.asarray(gray, np.uint8), segments


def join_touching(rng: Generator, segments: Sequence[Printed]) -> list[Printed]:
    """Sometimes take a label and the value right of it as one, as a text detector does."""
    joined: list[Printed] = []
    for left, right in _pairs_on_a_row(segments):
        height = max(left.box[3] - left.box[1], right.box[3] - right.box[1])
        near = 0 < right.box[0] - left.box[2] < 1.1 * height
        if near and "<" not in left.text + right.text and rng.random() < 0.3:
            box = (
                left.box[0],
                min(left.box[1], right.box[1]),
                right.box[2],
                max(left.box[3], right.box[3]),
            )
            joined.append(Printed(f"{left.text} {right.text}", box))
    return joined


def _pairs_on_a_row(segments: Sequence[Printed]) -> Iterator[tuple[Printed, Printed]]:
    for one in segments:
        for other in segments:
            overlap = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
            lower = min(one.box[3] - one.box[1], other.box[3] - other.box[1])
            if one is not other and overlap > 0.6 * lower and other.box[0] > one.box[2]:
                yield one, other


def photograph_segments(
    rng: Generator, card: Pixels, segments: Sequence[Printed], *, clean: float = 0.15
) -> list[Line]:
    """Photograph a card once and cut its segments.

    Args:
        rng: Draws the view, the light and the errors of the boxes.
        card: The rendered card in gray.
        segments: What is printed on it; texts outside the alphabet are left out.
        clean: Chance of an almost perfect picture.
    """
    view, scale = _photograph(rng, card, easy=rng.random() < clean)
    wanted = [s for s in [*segments, *join_touching(rng, segments)] if is_readable(s.text)]
    lines = []
    for segment in wanted:
        box = jittered(rng, segment, segments)
        x0, y0, x1, y1 = (round(v * scale) for v in box)
        crop = view[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
        if crop.shape[0] >= 6 and crop.shape[1] >= 6:
            interpolation = None if rng.random() < 0.7 else cv2.INTER_LINEAR
            pixels = normalise(np.ascontiguousarray(crop), interpolation)
            lines.append(Line(segment.text, kind_of(segment.text), pixels))
    return lines


def _photograph(rng: Generator, card: Pixels, *, easy: bool) -> tuple[Pixels, float]:
    """The rectified picture of a card and its size relative to the card's own pixels."""
    height, width = card.shape
    seen = float(rng.uniform(900, 1600) if easy else np.exp(rng.uniform(np.log(560), np.log(1600))))
    corners = card_corners(
        rng,
        width=seen,
        centre=(0, 0),
        most_tilt=8 if easy else 25,
        roll=float(rng.normal(0, 0.15) + rng.choice([0, 0, 0.5, 1]) * np.pi),
    )
    corners = corners - corners.min(axis=0) + 6
    frame_width, frame_height = np.ceil(corners.max(axis=0) + 6).astype(int)
    own = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shrink = seen / width
    source = card
    if shrink < 1:
        # What a sensor integrates over a pixel, before it is sampled.
        sigma = 0.45 * (1 / shrink**2 - 1) ** 0.5 + 0.05
        source = np.asarray(cv2.GaussianBlur(card, (0, 0), sigma), np.uint8)
    frame = cv2.warpPerspective(
        source,
        cv2.getPerspectiveTransform(own, corners.astype(np.float32)),
        (int(frame_width), int(frame_height)),
        flags=cv2.INTER_LINEAR,
        borderValue=float(rng.uniform(20, 220)),
    )
    exposed = _expose(rng, np.asarray(frame, np.uint8), seen, easy=easy)
    found = corners + rng.normal(0, 0.0035 * seen * rng.random(), (4, 2)).astype(np.float32)
    scale = float(rng.choice([1.0, 1.0, 0.8]))
    size = (round(width * scale), round(height * scale))
    straight = cv2.getPerspectiveTransform(
        found.astype(np.float32), (own * np.float32(scale)).astype(np.float32)
    )
    rectified = cv2.warpPerspective(
        exposed, straight, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(rectified, np.uint8), scale


def _expose(rng: Generator, frame: Pixels, seen: float, *, easy: bool) -> Pixels:
    """Light, reflections, lens, sensor and compression, at the size of the frame."""
    height, width = frame.shape
    fine = max(0.8, seen / 900)
    image = frame.astype(np.float32)
    image *= _light_field(rng, height, width, easy=easy)
    if not easy and rng.random() < 0.25:
        image += _reflections(rng, height, width)
    draw = rng.random()
    if draw < 0.2 and not easy:
        # A lens well out of focus, as a share of the card's width.
        image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.001, 0.003)) * seen).astype(
            np.float32
        )
    elif draw < 0.5:
        most = 0.6 if easy else 1.1
        image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.25, most)) * fine).astype(
            np.float32
        )
    elif draw < 0.7 and not easy:
        reach = max(2, round(float(rng.uniform(1.5, 4)) * fine))
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
        angle = float(rng.uniform(0, np.pi))
        dx, dy = np.cos(angle) * reach / 2, np.sin(angle) * reach / 2
        first = (round(reach - dx), round(reach - dy))
        cv2.line(kernel, first, (round(reach + dx), round(reach + dy)), 1.0)
        image = cv2.filter2D(image, -1, kernel / kernel.sum()).astype(np.float32)
    cv2.setRNGSeed(int(rng.integers(1 << 31)))
    grain: Gray = np.empty((height, width), np.float32)
    cv2.randn(grain, np.zeros(1), np.full(1, rng.uniform(0.5, 4 if easy else 11)))
    image += grain
    pixels = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        gamma = float(rng.uniform(0.7, 1.5))
        table = (255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
        pixels = table[pixels]
    if rng.random() < 0.7:
        quality = int(rng.integers(70 if easy else 30, 97))
        coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        pixels = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return pixels


def _grid(height: int, width: int) -> tuple[Gray, Gray]:
    """Coordinates in 0…1 on a coarse grid: light changes slowly, so few points carry it."""
    rows, columns = np.mgrid[0:48, 0:64].astype(np.float32)
    return rows / 47, columns / 63 * (width / height)


def _light_field(rng: Generator, height: int, width: int, *, easy: bool) -> Gray:
    y, x = _grid(height, width)
    angle = float(rng.uniform(0, 2 * np.pi))
    along = (x - 0.7) * np.cos(angle) + (y - 0.5) * np.sin(angle)
    field = float(rng.uniform(0.6, 1.2)) * (1 + float(rng.uniform(0, 0.3 if easy else 0.6)) * along)
    if not easy and rng.random() < 0.25:
        steep = float(rng.uniform(8, 60))
        edge = 1 / (1 + np.exp(-(along - float(rng.uniform(-0.35, 0.35))) * steep))
        field = field * (1 - float(rng.uniform(0.2, 0.6)) * edge)
    return cv2.resize(field.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


def _reflections(rng: Generator, height: int, width: int) -> Gray:
    y, x = _grid(height, width)
    angle = float(rng.uniform(0, np.pi))
    cx, cy = float(rng.uniform(0, width / height)), float(rng.uniform(0, 1))
    along = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
    across = -(x - cx) * np.sin(angle) + (y - cy) * np.cos(angle)
    spread = (along / rng.uniform(0.1, 0.6)) ** 2 + (across / rng.uniform(0.05, 0.2)) ** 2
    spot = float(rng.uniform(30, 150)) * np.exp(-spread)
    return cv2.resize(spot.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


def jittered(rng: Generator, segment: Printed, others: Sequence[Printed]) -> Box:
    """The box that a detector might give for a segment, neighbours mostly left out."""
    x0, y0, x1, y1 = segment.box
    height = y1 - y0
    above, below = rng.uniform(0.1, 0.5, 2)
    if rng.random() < 0.2:
        above, below = rng.uniform(-0.08, 0.7, 2)
    before, after = rng.uniform(0.0, 0.9, 2)
    if rng.random() < 0.2:
        before, after = rng.uniform(-0.08, 1.8, 2)
    left, right = x0 - before * height, x1 + after * height
    sliver = float(rng.uniform(0, 0.3)) * height
    for other in others:
        overlap = min(y1, other.box[3]) - max(y0, other.box[1])
        if overlap > 0.3 * height and other.text not in segment.text:
            # A sliver of the neighbour's letter may be in; a readable letter may not.
            if other.box[0] >= x1 - 1:
                right = min(right, max(x1, other.box[0] + sliver))
            elif other.box[2] <= x0 + 1:
                left = max(left, min(x0, other.box[2] - sliver))
    return left, y0 - above * height, right, y1 + below * height


@cache
def pool_cards(folder: Path, first: int, last: int) -> tuple[Path, ...]:
    """The truths of a range of the pool's cards, by number."""
    return tuple(p for p in sorted(folder.glob("*.json")) if first <= int(p.stem) < last)


@dataclass(frozen=True, slots=True)
class CardLines:
    """Draws shards of lines from a range of the pool's cards: see `shards.render`."""

    folder: Path
    first: int
    last: int

    def __call__(self, seed: int, index: int, count: int) -> list[Line]:
        """About `count` lines; every shard photographs cards drawn anew."""
        rng = np.random.default_rng([seed, index, 7])
        paths = pool_cards(self.folder, self.first, self.last)
        lines: list[Line] = []
        while len(lines) < count:
            card, segments = read_card(paths[int(rng.integers(len(paths)))])
            for _ in range(2):
                lines += [
                    line
                    for line in photograph_segments(rng, card, segments)
                    if rng.random() < _KEPT.get(line.kind, 1.0)
                ]
        return lines
