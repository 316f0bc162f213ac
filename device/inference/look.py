"""Looks at a part of the card once more: other crops of a value, places where one should be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from device.inference import ctc
from device.inference.base import Emissions, TextBox, TextLine
from device.inference.labels import Fragment, emissions_of

LookAgain = Callable[[Sequence[TextBox]], list[TextLine]]

# (shift of the crop, factor on its height) of the further views, in glyph heights.
_LEAST_CHANCE = 0.3  # of all texts together: below it nothing was recognised
_VIEWS = ((0.0, 1.22), (-0.1, 1.0), (0.1, 0.9))


def blind(boxes: Sequence[TextBox]) -> list[TextLine]:
    """Look nowhere: for lines that come without their card."""
    nothing = Emissions(ctc.NOTHING, "", 0.0, 0.0)
    return [TextLine("", 0.0, box, (), nothing) for box in boxes]


def views(fragment: Fragment, look: LookAgain) -> list[Emissions]:
    """Return the scores of a value as it was seen and in three further crops."""
    further = [line.emissions for line in look(_boxes(fragment)) if line.emissions.alphabet]
    return [emissions_of(fragment), *further]


def second_opinion(
    fragment: Fragment, look: LookAgain, prior: Callable[[str], float] | None = None
) -> dict[str, float]:
    """Return the texts that the crops of a value give, with their share of all chances.

    Crops fail each in their own way: a text on which they agree is likelier right than any of them
    says, and one that only one of them holds loses to the others. `prior` says how many times
    likelier a text is than its picture alone tells.
    """
    crops = views(fragment, look)
    alphabet = crops[0].alphabet
    texts = sorted({text for seen in crops for text in ctc.beam(seen.scores)})
    means = np.stack(
        [ctc.chances(np.repeat(seen.scores[None], len(texts), axis=0), texts) for seen in crops]
    ).mean(axis=0)
    seen_as = {"".join(alphabet[c] for c in t): float(m) for t, m in zip(texts, means, strict=True)}
    recognised = min(1.0, sum(seen_as.values()) / _LEAST_CHANCE)
    weighed = {t: chance * (prior(t) if prior else 1.0) for t, chance in seen_as.items()}
    total = max(sum(weighed.values()), 1e-12)
    return {text: recognised * chance / total for text, chance in weighed.items()}


def _boxes(fragment: Fragment) -> list[TextBox]:
    box = fragment.box
    return [
        replace(
            box,
            y0=box.middle_y + shift * box.height - 0.5 * factor * box.height,
            y1=box.middle_y + shift * box.height + 0.5 * factor * box.height,
        )
        for shift, factor in _VIEWS
    ]


def expected_boxes(label: TextBox, height: float, *, characters: int) -> list[TextBox]:
    """Return where the value of a label would stand: beside it, then below it."""
    width = 0.72 * height * characters + 0.4 * height
    beside = TextBox(
        label.x1 + 0.1 * height,
        label.middle_y - 0.5 * height,
        label.x1 + 0.6 * height + width,
        label.middle_y + 0.5 * height,
        label.slope,
    )
    top = label.y1 + 0.45 * label.height
    below = TextBox(
        label.x0 - 0.2 * height, top, label.x0 + 0.2 * height + width, top + height, label.slope
    )
    return [beside, below]


def around(boxes: Sequence[TextBox]) -> TextBox:
    """Return the box of all boxes."""
    return TextBox(
        min(b.x0 for b in boxes),
        min(b.y0 for b in boxes),
        max(b.x1 for b in boxes),
        max(b.y1 for b in boxes),
        boxes[0].slope,
    )


def overlap(first: TextBox, second: TextBox) -> float:
    """Return how many pixels two boxes share from left to right; negative is the gap."""
    return min(first.x1, second.x1) - max(first.x0, second.x0)


def overlap_share(first: TextBox, second: TextBox) -> float:
    """Return the area that two boxes share, as a share of the smaller one."""
    across = max(0.0, overlap(first, second))
    down = max(0.0, min(first.y1, second.y1) - max(first.y0, second.y0))
    smaller = min(first.width * first.height, second.width * second.height)
    return across * down / max(smaller, 1.0)
