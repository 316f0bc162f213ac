"""Tells labels from values: each read line becomes fragments, in the order they are printed.

A label may stand alone, before its value on one line, or several pairs may share a line.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from device.inference import ctc
from device.inference.base import Character, Emissions, TextBox, TextLine
from device.inference.formats import FORMATS, LENGTHS, is_identifier, whole_value

_TABLE = Path(__file__).with_name("fields.toml")
_SHORT = 5  # a label of fewer letters must be exact: one wrong letter makes it another word
_CLOSE = 0.78
_NEVER = -30.0
_LONG = 7
_LOOK_ALIKES = ("1I", "0O", "5S", "8B", "2Z", "6G")
_LEAD = 0.7  # in log probability
# What makes a place of what looks like a label: DOMICILIO CONOCIDO, NOMBRE DE DIOS.
_NO_LABEL = {"domicilio": ("CONOCIDO",), "nombre": ("DE", "DEL")}
_TELLING_LENGTH = 4  # a shorter word inside a line is no label


@dataclass(frozen=True, slots=True)
class FieldTable:
    """Labels by field, longest first, squeezed; and the confidence below which each is withheld.

    `wordings` are the labels as they are printed.
    """

    labels: tuple[tuple[str, str], ...]
    wordings: tuple[tuple[str, str], ...]
    withhold_below: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fragment:
    """Part of a read line: a label (`label` is its field) or a value (`label` is None)."""

    text: str
    label: str | None
    box: TextBox
    line: TextLine
    start: int
    end: int

    @property
    def is_whole(self) -> bool:
        """Is this fragment all that its line says."""
        return self.start == 0 and self.end == len(self.line.text)


@cache
def field_table(path: Path = _TABLE) -> FieldTable:
    """Read the table of labels and thresholds."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    labels = {
        (squeeze(variant)[0], name)
        for name, variants in table["label"].items()
        for variant in variants
    }
    ordered = tuple(sorted(labels, key=lambda pair: (-len(pair[0]), pair)))
    wordings = tuple(
        (variant, name) for name, variants in table["label"].items() for variant in variants
    )
    return FieldTable(ordered, wordings, dict(table["withhold_below"]))


def squeeze(text: str) -> tuple[str, list[int]]:
    """Return letters and digits alone, upper case without accents, and where each one stood."""
    kept, places = [], []
    for place, character in enumerate(text):
        plain = unicodedata.normalize("NFD", character.upper())[0]
        if plain.isalnum() or plain == "<":
            kept.append(plain)
            places.append(place)
    return "".join(kept), places


def fragments(lines: Sequence[TextLine], table: FieldTable | None = None) -> list[Fragment]:
    """Return the fragments of all lines."""
    known = table or field_table()
    return [fragment for line in lines for fragment in _split(line, known)]


def _split(line: TextLine, table: FieldTable) -> list[Fragment]:
    squeezed, places = squeeze(line.text)
    if not squeezed:
        return []
    found: list[Fragment] = []
    at = _leading_value(squeezed, places, line.text, table)
    if at:
        found.append(_fragment(line, 0, places[at], None))
    while at < len(squeezed):
        match = _label_at(squeezed, at, line.text, places, table)
        if match is None:
            break
        name, end = match
        found.append(_fragment(line, places[at], _after(places, end, line.text), name))
        following = _next_label(squeezed, end, line.text, places, table)
        if following > end:
            found.append(
                _fragment(
                    line,
                    places[end],
                    _after(places, following, line.text),
                    None,
                )
            )
        at = following
    if not found:
        return [_fragment(line, 0, len(line.text), None)]
    return [fragment for fragment in found if fragment.text]


def _leading_value(squeezed: str, places: Sequence[int], text: str, table: FieldTable) -> int:
    """Return where a label begins behind a value that no name or address can be; 0 if nowhere."""
    at = _next_label(squeezed, 1, text, places, table)
    if at >= len(squeezed):
        return 0
    value = text[: places[at]].strip()
    known = is_identifier(value) or any(whole_value(name, value) for name in LENGTHS)
    return at if known else 0


def _label_at(
    squeezed: str, at: int, text: str, places: Sequence[int], table: FieldTable
) -> tuple[str, int] | None:
    """Return the label that begins here and where it ends, in squeezed positions."""
    if at and text[places[at] - 1].isalnum():
        return None
    rest = squeezed[at:]
    for label, name in table.labels:
        if rest.startswith(label) and _ends_well(
            rest[len(label) :], at + len(label), text, places, name
        ):
            return name, at + len(label)
    best: tuple[float, str, int] | None = None
    for label, name in table.labels:
        if len(label) <= _SHORT:
            continue
        for length in (len(label), len(label) - 1, len(label) + 1):
            if length > len(rest):
                continue
            likeness = Levenshtein.normalized_similarity(label, rest[:length], score_cutoff=_CLOSE)
            closer = likeness >= _CLOSE and (best is None or likeness > best[0])
            if closer and _ends_well(rest[length:], at + length, text, places, name):
                best = (likeness, name, at + length)
    return (best[1], best[2]) if best is not None else None


def _ends_well(rest: str, end: int, text: str, places: Sequence[int], name: str) -> bool:
    """Say whether a label may end here: a street called *Municipio Libre* is no label.

    What follows a label on its line is nothing, a value of its field, or another label.
    """
    if len(rest) <= (1 if end >= _LONG else 0):
        return True  # one sign more at the end is a speck or the side of a frame
    glued = text[places[end]].isalpha() and places[end] == places[end - 1] + 1
    pattern = FORMATS.get(name)
    if pattern is not None:
        return any(pattern.search(text[places[end] :][:width].strip()) for width in (None, 6))
    if name in ("nombre", "domicilio", "heading"):
        return not glued and not rest.startswith(_NO_LABEL.get(name, ()))
    return not glued


def _next_label(
    squeezed: str, start: int, text: str, places: Sequence[int], table: FieldTable
) -> int:
    """Return where the next label begins after `start`, or the end of the line."""
    for at in range(start, len(squeezed)):
        begins_word = at == 0 or places[at] > places[at - 1] + 1
        if not begins_word or not squeezed[at].isalpha():
            continue
        for label, name in table.labels:
            end = at + len(label)
            if (
                len(label) >= _TELLING_LENGTH
                and squeezed.startswith(label, at)
                and _ends_well(squeezed[end:], end, text, places, name)
            ):
                return at
    return len(squeezed)


def _after(places: Sequence[int], end: int, text: str) -> int:
    return places[end] if end < len(places) else len(text)


def _fragment(line: TextLine, start: int, end: int, label: str | None) -> Fragment:
    text = line.text[start:end]
    if label is None:
        text = re.sub(r"^[\s:.\-]+", "", text)
    stripped = text.strip()
    begin = line.text.find(stripped, start) if stripped else start
    return Fragment(
        stripped,
        label,
        _part_box(line, begin, begin + len(stripped)),
        line,
        begin,
        begin + len(stripped),
    )


def _part_box(line: TextLine, start: int, end: int) -> TextBox:
    """Return the box of some characters of a line, by where the recogniser saw them."""
    box = line.box
    if (start == 0 and end >= len(line.text)) or not line.characters:
        return box
    at = [character.x for character in line.characters]
    x0 = box.x0 if start == 0 else 0.5 * (at[start - 1] + at[min(start, len(at) - 1)])
    x1 = box.x1 if end >= len(at) else 0.5 * (at[end - 1] + at[end])
    x0, x1 = max(box.x0, min(x0, box.x1 - 1)), min(box.x1, max(x1, box.x0 + 1))
    drop = box.slope * (0.5 * (x0 + x1) - 0.5 * (box.x0 + box.x1))
    return TextBox(x0, box.y0 + drop, max(x1, x0 + 1), box.y1 + drop, box.slope)


def emissions_of(fragment: Fragment) -> Emissions:
    """Return the scores of a fragment alone: the steps between its neighbours' middles."""
    line, emissions = fragment.line, fragment.line.emissions
    if fragment.is_whole:
        return emissions
    steps = len(emissions.scores)
    width = (emissions.x1 - emissions.x0) / steps
    at = [(c.x - emissions.x0) / width for c in line.characters]
    start, end = fragment.start, fragment.end
    first = 0 if start == 0 else math.ceil(0.5 * (at[start - 1] + at[start]))
    last = steps if end >= len(at) else math.floor(0.5 * (at[end - 1] + at[end]))
    scores = emissions.scores[first : max(last, first + 1)]
    x0 = emissions.x0 + first * width
    return Emissions(scores, emissions.alphabet, x0, x0 + len(scores) * width)


def without_spaces(emissions: Emissions) -> Emissions:
    """Return scores in which a space counts as nothing printed: how wide it is proves nothing."""
    scores = emissions.scores.copy()
    space = emissions.alphabet.index(" ")
    scores[:, emissions.blank] = np.logaddexp(scores[:, emissions.blank], scores[:, space])
    scores[:, space] = _NEVER
    return Emissions(scores, emissions.alphabet, emissions.x0, emissions.x1)


def with_look_alikes(emissions: Emissions) -> Emissions:
    """Return scores in which a digit may as well be the letter that some type draws like it.

    For values whose form says where digits and where letters stand: there it proves nothing that
    a 1 was read as an I. The character that was read keeps a small lead.
    """
    scores = emissions.scores.copy()
    for pair in _LOOK_ALIKES:
        one, other = (emissions.alphabet.index(c) for c in pair)
        for mine, its in ((one, other), (other, one)):
            lent = emissions.scores[:, its] - np.float32(_LEAD)
            scores[:, mine] = np.logaddexp(scores[:, mine], lent)
    return Emissions(scores, emissions.alphabet, emissions.x0, emissions.x1)


def certainty(fragment: Fragment) -> float:
    """Return the chance that every character of a fragment is right."""
    if fragment.is_whole:
        return fragment.line.confidence
    emissions = emissions_of(fragment)
    classes = [emissions.alphabet.index(character) for character in fragment.text]
    return float(ctc.chances(emissions.scores[None], [classes])[0])


def joined(first: Fragment, second: Fragment) -> Fragment:
    """Return two values of one line as one, a space between."""
    parts = emissions_of(first), emissions_of(second)
    scores = np.concatenate([part.scores for part in parts])
    a, b = first.box, second.box
    box = TextBox(a.x0, min(a.y0, b.y0), b.x1, max(a.y1, b.y1), a.slope)
    characters = (
        *first.line.characters[first.start : first.end],
        Character(((" ", 1.0),), 0.5 * (a.x1 + b.x0)),
        *second.line.characters[second.start : second.end],
    )
    text = f"{first.text} {second.text}"
    # The space is not in the scores, so the chance is that of both parts.
    chance = certainty(first) * certainty(second)
    emissions = Emissions(scores, parts[0].alphabet, parts[0].x0, parts[1].x1)
    return Fragment(
        text, None, box, TextLine(text, chance, box, characters, emissions), 0, len(text)
    )
