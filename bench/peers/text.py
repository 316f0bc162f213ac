"""Lines of text as any peer gives them, and their parts: labels and values."""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from rapidfuzz.distance import Levenshtein

from bench.report import ROOT

Point = tuple[float, float]

# Peers get the same list of labels as our own reader.
_TABLE = ROOT / "device" / "inference" / "fields.toml"
_CLOSE = 0.8
_SHORT = 5  # letters: a shorter label must be exact and stand apart
_LONG = 7  # a longer one is a label even inside a word: peers drop spaces
_REST_OF_LABEL = re.compile("(Y|DELA|DEL)?(APELLIDOS?S?|CIUDADAN[OA]|ELECTOR|TITULAR)")
_LOOK_ALIKE_LETTERS = str.maketrans("01586", "OISBG")


@dataclass(frozen=True, slots=True)
class PeerLine:
    """One read line with its four corners, clockwise from the top left of the text."""

    text: str
    confidence: float
    quad: tuple[Point, Point, Point, Point]

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> PeerLine:
        """Return a line of a worker's answer."""
        a, b, c, d = ((float(x), float(y)) for x, y in said["quad"])
        return cls(str(said["text"]), float(said["confidence"]), (a, b, c, d))


@dataclass(frozen=True, slots=True)
class Part:
    """Part of a line, upright: a label (`label` is its field) or a value (`label` is None)."""

    text: str
    label: str | None
    x0: float
    y0: float
    x1: float
    y1: float
    line: int

    @property
    def height(self) -> float:
        return max(self.y1 - self.y0, 1.0)

    @property
    def middle_y(self) -> float:
        return 0.5 * (self.y0 + self.y1)


def upright(lines: Sequence[PeerLine], *, half_turn: bool = False) -> list[Part]:
    """Return whole lines turned so that most text runs to the right, from the top.

    Peers turn crops of lines, not the page: a detector's quad of a sideways line is known by its
    long side; whether the page is upside down by `half_turn`, which the caller tries both ways.
    """
    angle = _angle(lines) + (math.pi if half_turn else 0.0)
    cos, sin = math.cos(-angle), math.sin(-angle)
    parts = []
    for number, line in enumerate(lines):
        turned = [(x * cos - y * sin, x * sin + y * cos) for x, y in line.quad]
        xs, ys = sorted(x for x, _ in turned), sorted(y for _, y in turned)
        # Means of the outer pairs: the box of a tilted line is not its bounding box.
        box = (xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2, (xs[2] + xs[3]) / 2, (ys[2] + ys[3]) / 2
        parts.append(Part(line.text.strip(), None, *box, number))
    return sorted(parts, key=lambda part: part.middle_y)


def _angle(lines: Sequence[PeerLine]) -> float:
    """Return the direction of the text, by the long sides of the lines, in radians."""
    votes = []
    for line in lines:
        (ax, ay), (bx, by), (cx, cy), _ = line.quad
        across, down = (bx - ax, by - ay), (cx - bx, cy - by)
        x, y = across if math.hypot(*across) >= math.hypot(*down) else down
        if x < 0 or (x == 0 and y < 0):
            x, y = -x, -y
        votes.append((math.atan2(y, x), math.hypot(x, y)))
    if not votes:
        return 0.0
    votes.sort()
    half, passed = sum(weight for _, weight in votes) / 2, 0.0
    for angle, weight in votes:
        passed += weight
        if passed >= half:
            return angle
    return votes[-1][0]


def squeeze(text: str) -> tuple[str, list[int]]:
    """Return letters and digits alone, upper case without accents, and where each one stood."""
    kept, places = [], []
    for place, character in enumerate(text):
        upper = "I" if character in "!|" else character.upper()
        plain = unicodedata.normalize("NFD", upper)[0]
        if plain.isascii() and plain.isalnum():
            kept.append(plain)
            places.append(place)
    return "".join(kept), places


@cache
def _labels() -> tuple[tuple[str, str], ...]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["label"]
    pairs = {(squeeze(text)[0], name) for name, texts in table.items() for text in texts}
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


def split(whole: Part) -> list[Part]:
    """Part a line into labels and values: peers join what stands close together."""
    squeezed, places = squeeze(whole.text)
    found, at, parts = [], 0, []
    while at < len(squeezed):
        label = _label_at(squeezed, at, whole.text, places)
        if label is None:
            at += 1
        else:
            found.append((at, at + label[0], label[1]))
            at += label[0]
    start = 0
    for begin, end, name in found:
        if begin > start:
            parts.append(_cut(whole, places, start, begin, None))
        parts.append(_cut(whole, places, begin, end, name))
        start = end
        # NOMBRE(S) Y APELLIDOS, NOMBRE DEL TITULAR: the rest of the line is no name.
        if name == "nombre" and _REST_OF_LABEL.fullmatch(squeezed, start):
            start = len(squeezed)
    if start < len(squeezed):
        parts.append(_cut(whole, places, start, len(squeezed), None))
    return [part for part in parts if part.text]


def _label_at(squeezed: str, at: int, text: str, places: Sequence[int]) -> tuple[int, str] | None:
    """Return length and field of the label that begins here: as printed, else nearly so."""
    starts = at == 0 or not text[places[at] - 1].isalpha()
    letters = squeezed.translate(_LOOK_ALIKE_LETTERS)
    for label, name in _labels():
        end = at + len(label)
        if not letters.startswith(label, at) or _takes_value(squeezed, places, end):
            continue
        if len(label) >= _SHORT and (starts or len(label) >= _LONG):
            return len(label), name
        parted = end == len(squeezed) or places[end] > places[end - 1] + 1
        # SEXOH, CURPABCD…: the value of these two may follow without a space.
        joined = name == "curp" or (name == "sexo" and squeezed[end:] in ("H", "M", "X"))
        if starts and (parted or squeezed[end].isdigit() or joined):
            return len(label), name
    for label, name in _labels():
        if len(label) < _SHORT + 1 or not (starts or len(label) >= _LONG):
            continue
        for length in (len(label), len(label) - 1, len(label) + 1):
            said = letters[at : at + length]
            whole = len(said) == length and not _takes_value(squeezed, places, at + length)
            if whole and _close(said, label):
                return length, name
    return None


def _takes_value(squeezed: str, places: Sequence[int], end: int) -> bool:
    """Say whether what ends here ends in a digit of the value that follows without a gap."""
    gap = end == len(squeezed) or places[end] > places[end - 1] + 1
    return squeezed[end - 1].isdigit() and not (gap and not squeezed[end - 2].isdigit())


def _close(said: str, label: str) -> bool:
    return said[0] == label[0] and Levenshtein.normalized_similarity(said, label) >= _CLOSE


def _cut(whole: Part, places: Sequence[int], start: int, end: int, label: str | None) -> Part:
    """Return part of a line; its box by the share of its characters."""
    first = places[start]
    last = places[end] if end < len(places) else len(whole.text)
    text = whole.text[first:last].strip(" :")
    if label is None and end == len(places):
        text = whole.text[first:].strip(" :")
    width = (whole.x1 - whole.x0) / max(len(whole.text), 1)
    x0, x1 = whole.x0 + first * width, whole.x0 + last * width
    return Part(text, label, x0, whole.y0, x1, whole.y1, whole.line)
