"""Reads the names: several lines under one label, or one under each of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from device.inference import lexicon
from device.inference.base import TextBox
from device.inference.formats import names_like
from device.inference.labels import Fragment, certainty, fragments
from device.inference.look import LookAgain, overlap, second_opinion
from device.inference.nearness import distance
from device.inference.reading import FieldReading
from domain.credential.fields import Source
from domain.credential.names import (
    first_internal_consonant,
    initial,
    relevant_given_name,
    relevant_surname,
)
from domain.credential.text import normalise_printed

# A line ends in a full stop only behind a short form: MA., GTO., Q. ROO.
_END_SIGN = re.compile(r"(?<=[A-ZÑÁÉÍÓÚÜ0-9]{6})[.,:\-]$|[,:\-]$")
_NAME_END = re.compile(r"(?<=[A-ZÑÁÉÍÓÚÜ]{3})\.$")
_NAMES = ("apellido_paterno", "apellido_materno", "nombres")
_CLEAR = 0.97  # a line read with this confidence is not looked at again
_PROBED = 0.6  # a line found where none was detected must be this certain
_MOST_GAP = 1.1  # glyph heights between two lines of a block
_CREDIBLE = 0.7  # a name read with this confidence may call the clave in doubt
_DOUBTED = 0.3
_DENIED = 0.02  # of a reading whose letters are not those of the clave
_NO_SURNAME = "XX"  # in a clave, for the second surname of who has none


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under a label; `is_whole` when none seems to be missing."""

    lines: tuple[Fragment, ...]
    is_whole: bool


def read_names(
    parts: Sequence[Fragment], used: set[int], clave: FieldReading | None, look: LookAgain
) -> dict[str, FieldReading]:
    """Return surnames and given names: two or three lines under their label.

    The six letters of the clave are a second witness of every line; they also tell a person with
    one surname from a line that was overlooked. Where the two disagree both are in doubt: with a
    clear name of known words, the clave is returned as well, doubted.
    """
    letters = str(clave.value)[:6] if clave is not None else ""
    named = _own_labelled_names(parts, used)
    if not named:
        lines = _labelled_names(parts, used, letters, look) or _proven_names(parts, used, letters)
        named = dict(zip(_names_of(len(lines)), lines, strict=True))
    found: dict[str, FieldReading] = {}
    for name, line in named.items():
        used.add(id(line))
        text, confidence = agreed(line, look, partial(_likelihood, name, letters))
        text = _NAME_END.sub("", text)
        if clave is not None and _letters(name, text) != _own_letters(name, letters):
            if confidence > _CREDIBLE and lexicon.weight(text) == 1:
                found["clave_elector"] = replace(clave, confidence=_DOUBTED * clave.confidence)
            confidence *= _DOUBTED
        found[name] = FieldReading(text, confidence, Source.TEXT, line.box)
    return found


def _likelihood(name: str, letters: str, text: str) -> float:
    """Return how likely a name is by its words, and by the letters that the clave took from it."""
    agrees = not letters or _letters(name, text) == _own_letters(name, letters)
    return lexicon.weight(text) * (1.0 if agrees else _DENIED)


def _names_of(count: int) -> tuple[str, ...]:
    """Return what two or three lines of names are, from the top."""
    return {0: (), 2: ("apellido_paterno", "nombres")}.get(count, _NAMES)


def _own_labelled_names(parts: Sequence[Fragment], used: set[int]) -> dict[str, Fragment]:
    """Return the names where surnames have labels of their own; none where one label has all."""
    labels = {part.label: part for part in parts if part.label in ("nombre", *_NAMES)}
    if "apellido_paterno" not in labels:
        return {}
    values = [p for p in parts if p.label is None and id(p) not in used and names_like(p.text)]
    pairs = sorted(
        (away, order, place)
        for order, name in enumerate(_NAMES)
        for place, value in enumerate(values)
        if (label := labels.get("nombre" if name == "nombres" else name)) is not None
        and (away := distance(label, value)) is not None
    )
    found: dict[str, Fragment] = {}
    taken: set[int] = set()
    for _, order, place in pairs:
        if _NAMES[order] not in found and place not in taken:
            found[_NAMES[order]] = values[place]
            taken.add(place)
    return {name: found[name] for name in _NAMES if name in found}


def _labelled_names(
    parts: Sequence[Fragment], used: set[int], letters: str, look: LookAgain
) -> tuple[Fragment, ...]:
    """Return the lines under the label of the names; none where their count leaves a doubt."""
    label = next((p for p in parts if p.label == "nombre"), None)
    if label is None:
        return ()
    under = block(parts, label, used, most=3, fits=names_like, look=look)
    if len(under.lines) == 3:
        return under.lines
    one_surname = under.is_whole and letters[2:4] in ("", _NO_SURNAME)
    return under.lines if len(under.lines) == 2 and one_surname else ()


def _proven_names(parts: Sequence[Fragment], used: set[int], letters: str) -> tuple[Fragment, ...]:
    """Return lines that stand under each other and give the six letters of the clave, each its own.

    Small labels are the first print to be lost in a blur; six letters in order are no accident.
    """
    if not letters:
        return ()
    count = 2 if letters[2:4] == _NO_SURNAME else 3
    values = [p for p in parts if p.label is None and id(p) not in used and names_like(p.text)]
    values.sort(key=lambda part: part.box.y0)
    for first in range(len(values)):
        lines = stack(values[first:], count)
        names = zip(_names_of(count), lines, strict=False)
        agrees = all(_letters(n, p.text) == _own_letters(n, letters) for n, p in names)
        if len(lines) == count and agrees:
            return lines
    return ()


def stack(values: Sequence[Fragment], most: int) -> tuple[Fragment, ...]:
    """Return the first value and those that follow it flush left, line by line."""
    lines = [values[0]]
    for part in values[1:]:
        height, last = part.box.height, lines[-1].box
        if len(lines) == most or part.box.y0 - last.y1 > _MOST_GAP * height:
            break
        if abs(part.box.x0 - last.x0) < 1.2 * height and part.box.middle_y > last.y1:
            lines.append(part)
    return tuple(lines)


def agreed(
    line: Fragment, look: LookAgain, prior: Callable[[str], float] | None = None
) -> tuple[str, float]:
    """Return the text of a line and its chance, by several crops where one leaves a doubt."""
    chance, text = certainty(line), line.text
    if chance < _CLEAR:
        opinions = second_opinion(line, look, prior)
        text = max(opinions, key=lambda t: opinions[t])
        chance = opinions[text]
    return _END_SIGN.sub("", normalise_printed(text)), chance


def _letters(name: str, text: str) -> str:
    """Return the two letters that a clave takes from a name."""
    word = relevant_given_name(text) if name == "nombres" else relevant_surname(text)
    return initial(word) + first_internal_consonant(word)


def _own_letters(name: str, letters: str) -> str:
    start = 2 * _NAMES.index(name)
    return letters[start : start + 2]


def block(
    parts: Sequence[Fragment],
    label: Fragment,
    used: set[int],
    *,
    most: int,
    fits: Callable[[str], bool],
    look: LookAgain,
) -> Block:
    """Return the values under a label, flush left, up to the next label.

    Where the pitch of the lines leaves room for one more, that place is looked at.
    """
    below = [p for p in _below(parts, label, used) if p.label is not None or fits(p.text)]
    lines: list[Fragment] = []
    for part in below:
        last = lines[-1].box if lines else label.box
        if part.label is not None:
            break
        left = lines[0].box.x0 if lines else label.box.x0
        beside = not lines and part.box.x0 >= label.box.x1
        if abs(part.box.x0 - left) > (1.2 if lines else 3.5) * part.box.height and not beside:
            continue
        if part.box.y0 - last.y1 > _MOST_GAP * part.box.height:
            between = _at(part, look, fits) if len(lines) + 1 < most else None
            if between is None:
                return Block(tuple(lines), is_whole=False)
            lines.append(between)
        lines.append(part)
        if len(lines) == most:
            return Block(tuple(lines), is_whole=True)
    if not lines:
        return Block((), is_whole=False)
    missed = _overlooked(lines, label, parts, fits, look)
    return Block((*lines, *missed), is_whole=True)


def _at(part: Fragment, look: LookAgain, fits: Callable[[str], bool]) -> Fragment | None:
    """Return the line that stands right above another, overlooked by the detector."""
    box, pitch = part.box, 1.45 * part.box.height
    place = TextBox(box.x0, box.y0 - pitch, box.x0 + 14 * box.height, box.y1 - pitch, box.slope)
    found = fragments(look([place]))
    whole = len(found) == 1 and found[0].label is None and fits(found[0].text)
    return found[0] if whole and certainty(found[0]) > _PROBED else None


def _below(parts: Sequence[Fragment], label: Fragment, used: set[int]) -> list[Fragment]:
    """Return values below a label or right of it, and labels that end its block, from the top."""
    found = []
    for part in parts:
        if part is label or id(part) in used:
            continue
        height = part.box.height
        shares_line = part.line is label.line and part.start >= label.end
        lower = part.box.middle_y > label.box.middle_y + 0.4 * height
        if part.label is not None:
            flush = abs(part.box.x0 - label.box.x0) < 2 * height
            if lower and flush:
                found.append(part)
            continue
        level = abs(part.box.middle_y - label.box.middle_y) < 0.4 * height
        beside = level and 0 <= part.box.x0 - label.box.x1 < 4 * height
        if shares_line or lower or beside:
            found.append(part)
    return sorted(found, key=lambda part: part.box.y0)


def _overlooked(
    lines: Sequence[Fragment],
    label: Fragment,
    parts: Sequence[Fragment],
    fits: Callable[[str], bool],
    look: LookAgain,
) -> list[Fragment]:
    """Return the line that stands one pitch below the last, if there is one."""
    last = lines[-1].box
    pitch = last.y0 - lines[-2].box.y0 if len(lines) > 1 else 1.45 * last.height
    place = TextBox(
        last.x0, last.y0 + pitch, last.x0 + 14 * last.height, last.y1 + pitch, last.slope
    )
    taken = any(
        part.box.y0 < place.y1 and part.box.y1 > place.y0 and overlap(part.box, place) > 0
        for part in parts
        if part is not label
    )
    if taken:
        return []
    found = fragments(look([place]))
    seen = [p for p in found if p.label is None and fits(p.text) and certainty(p) > _PROBED]
    return seen[:1] if len(seen) == len(found) else []
