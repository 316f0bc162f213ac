"""Tells which label a line is that cannot be read, by what stands near it.

Labels are the smallest print and the first to be lost. But there are few of them, and a value that
stands below or beside a line narrows them down further: over `0222` it is *localidad* or *sección*,
over `07` *estado*. Which of those the blurred line is, the recogniser's own scores tell, although
the likeliest single text makes no sense.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from device.inference import ctc
from device.inference.formats import address_like, as_digits, is_identifier, names_like, whole_value
from device.inference.labels import Fragment, field_table
from device.inference.nearness import distance

_NEAR = 3.2  # glyph heights between a label that cannot be read and its value
_LEGIBLE = 0.9  # a line read with this confidence says what it says
_WIDTH = (0.3, 1.25)  # glyph heights that a character of a label may take
_LEAST_MARGIN = 2.0  # in log probability, over the label of any other field
_LEAST_LIKENESS = -1.1  # of the label against the freely read text, per character
_MOST_CHARACTERS = 26
_MIXED = re.compile(r"[A-Z]{2}.* [0-9#]")  # a street and its number


@dataclass(frozen=True, slots=True)
class _Question:
    """A line that cannot be read, and the fields that it may label."""

    place: int
    fields: frozenset[str]


def with_blurred_labels(parts: Sequence[Fragment], wanted: Collection[str]) -> list[Fragment]:
    """Return the fragments, those that are likeliest labels of the wanted fields made labels."""
    questions = [q for place in range(len(parts)) if (q := _question(parts, place, wanted))]
    found = list(parts)
    taken: set[str] = set()
    answers = [(q.place, *answer) for q in questions if (answer := _answer(parts[q.place], q))]
    for place, field, _ in sorted(answers, key=lambda answer: -answer[2]):
        if field not in taken:
            found[place] = replace(parts[place], label=field)
            taken.add(field)
    return found


def _question(parts: Sequence[Fragment], place: int, wanted: Collection[str]) -> _Question | None:
    part = parts[place]
    if part.label is not None or not part.is_whole or part.line.confidence > _LEGIBLE:
        return None
    if is_identifier(part.text) or sum(c.isdigit() for c in part.text) * 2 > len(part.text):
        return None
    fields = {
        field
        for value in parts
        if value.label is None and value is not part and (away := distance(part, value)) is not None
        if away < _NEAR
        for field in wanted
        if _fits(field, value.text)
    }
    return _Question(place, frozenset(fields)) if fields else None


def _fits(field: str, text: str) -> bool:
    if field == "nombre":
        return names_like(text)
    if field == "domicilio":
        return address_like(text) and _MIXED.search(text) is not None
    return (whole_value(field, text) or whole_value(field, as_digits(text))) is not None


def _answer(part: Fragment, question: _Question) -> tuple[str, float] | None:
    """Return the field that the line labels and how surely, in log probability over the next."""
    emissions = part.line.emissions
    wordings = [
        (text, field)
        for text, field in _wordings(emissions.alphabet)
        if _WIDTH[0] < part.box.width / (part.box.height * len(text)) < _WIDTH[1]
    ]
    own = [(text, field) for text, field in wordings if field in question.fields]
    if not own:
        return None
    texts = [[emissions.alphabet.index(c) for c in text] for text, _ in wordings]
    scores = np.repeat(emissions.scores[None], len(texts), axis=0)
    best: dict[str, tuple[float, int]] = {}
    for (text, field), chance in zip(wordings, ctc.chances(scores, texts), strict=True):
        likelihood = math.log(max(float(chance), 1e-35))
        best[field] = max(best.get(field, (-math.inf, 0)), (likelihood, len(text)))
    ranked = sorted(((likelihood, field) for field, (likelihood, _) in best.items()), reverse=True)
    (likelihood, field), rest = ranked[0], ranked[1:]
    freely = math.log(max(part.line.confidence, 1e-35))
    likeness = (likelihood - freely) / best[field][1]
    margin = likelihood - rest[0][0] if rest else -_LEAST_LIKENESS * best[field][1]
    if field not in question.fields or margin < _LEAST_MARGIN or likeness < _LEAST_LIKENESS:
        return None
    return field, margin


def _wordings(alphabet: str) -> list[tuple[str, str]]:
    """Return every wording of every label, as the recogniser spells."""
    return [
        (text, field)
        for text, field in field_table().wordings
        if len(text) <= _MOST_CHARACTERS and all(c in alphabet for c in text)
    ]
