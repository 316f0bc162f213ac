"""Reads the domicile: one to three lines under their label, or over the short name of a state."""

from __future__ import annotations

import re
from collections.abc import Sequence

from device.inference.blocks import agreed, block, stack
from device.inference.formats import address_like, ends_with_state
from device.inference.labels import Fragment
from device.inference.look import LookAgain, around
from device.inference.reading import FieldReading
from domain.credential.fields import Source

# A word of two letters or more that touches a number; 1A, 2DA and 3ER are numbers, B4 is a door.
_GLUED = re.compile(r"[A-ZÑ]{2}\d|\d[A-ZÑ]{3}|\d[OI]|\b[OI]\d")
_CARELESS = 0.15
_LEAST_LETTERS = 6  # of a whole domicile: a number alone is what glare has left of one


def read_domicile(
    parts: Sequence[Fragment], used: set[int], look: LookAgain
) -> dict[str, FieldReading]:
    """Return the one to three lines of the domicile, or nothing when one seems to be missing."""
    lines = _labelled(parts, used, look) or _proven(parts, used)
    if not lines:
        return {}
    confidence, texts = 1.0, []
    for line in lines:
        used.add(id(line))
        text, chance = agreed(line, look, likelihood)
        confidence *= chance
        texts.append(text)
    box = around([line.box for line in lines])
    return {"domicilio": FieldReading(tuple(texts), confidence, Source.TEXT, box)}


def likelihood(text: str) -> float:
    """Return how many times likelier a line is than one printed without care; 1 is even.

    Print sets a space between a word and a number: LTE 5, 7 INT. The narrow ones among them are
    what a recogniser loses first. A line that ends in a sign ends in a speck, unless it abbreviates
    more.
    """
    glued = len(_GLUED.findall(text))
    speck = text[-1:] in ".,:-" and text.count(".") < 2
    return float(_CARELESS**glued * (_CARELESS if speck else 1.0))


def _labelled(parts: Sequence[Fragment], used: set[int], look: LookAgain) -> tuple[Fragment, ...]:
    """Return the lines under the label; none when one seems to be missing."""
    label = next((p for p in parts if p.label == "domicilio"), None)
    if label is None:
        return ()
    under = block(parts, label, used, most=3, fits=address_like, look=look)
    letters = sum(c.isalpha() for line in under.lines for c in line.text)
    return under.lines if under.is_whole and letters >= _LEAST_LETTERS else ()


def _proven(parts: Sequence[Fragment], used: set[int]) -> tuple[Fragment, ...]:
    """Return three lines that stand under each other, the first with a number, the last of a state.

    Where the label is lost, two lines may be a domicile that has lost its street: only a process
    that sees three can know.
    """
    values = [p for p in parts if p.label is None and id(p) not in used and address_like(p.text)]
    values.sort(key=lambda part: part.box.y0)
    for first, value in enumerate(values):
        lines = stack(values[first:], 3)
        numbered = any(c.isdigit() for c in value.text) and any(c.isalpha() for c in value.text)
        if len(lines) == 3 and numbered and ends_with_state(lines[-1].text):
            return lines
    return ()
