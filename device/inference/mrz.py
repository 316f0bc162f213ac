"""Reads the machine-readable zone: finds its three lines, decodes them, lets the digits decide.

A check digit chooses among what the recogniser itself held possible for a line; it never fills in
what was not seen. Several crops of the same lines are pooled before anything is given up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import contains

from device.inference import ctc, lexicon
from device.inference.base import CARD_WIDTH_PX, Image, TextBox, TextLine, TextRecogniser
from device.inference.labels import field_table
from device.inference.rows import join
from domain.credential import mrz as rules

_DIGIT, _LETTER = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FILLED = _DIGIT + rules.FILLER
# Form of the lines: domain.credential.mrz. One set of characters for each of 30 positions.
PATTERNS: tuple[tuple[str, ...], ...] = (
    (*"IDMEX", *[_DIGIT] * 10, "<", "<", *[_DIGIT] * 13),
    (
        *[_DIGIT] * 7, "HMX<", *[_DIGIT] * 7, *"MEX<",
        _DIGIT, _DIGIT, "<", "<", *[_DIGIT] * 5, "<", _DIGIT,
    ),
    (_LETTER, *[_LETTER + rules.FILLER] * 29),
)  # fmt: skip

_MOST_GAP = 6.0  # glyph heights between two pieces of a line: fillers are easily overlooked
_LEAST_WIDTH = 0.55 * CARD_WIDTH_PX
_MOST_LOSS = 14.0  # a line that fits its pattern worse than this is no MRZ line
_MOST_COST = 7.0  # how far from its first choice a check may take a line, in log probability
_MOST_PAIR_COST = 5.0  # of both proven lines together
_LEAST_MARGIN = 2.0  # between the chosen lines and the next that pass, likewise
_MOST_TEXTS = 60
_LEAST_CHANCE = 0.25  # of all texts together: below it nothing was recognised
_CLEAR = 0.985  # a line read with this confidence needs no second look at its rivals
_FOREIGN_LENGTH, _FOREIGN_CONFIDENCE = 24, 0.6
# (shift of the crop in glyph heights, factor on its height) of the retries.
_RETRIES = ((0.0, 1.18), (0.12, 1.0), (-0.12, 1.0))


@dataclass(frozen=True, slots=True)
class MrzReading:
    """Three lines whose checks hold. `name_confidence` is that of the third, which has no digit."""

    lines: tuple[str, str, str]
    confidence: float
    name_confidence: float
    boxes: tuple[TextBox, TextBox, TextBox]

    @property
    def printed(self) -> tuple[str, str, str] | None:
        """The three lines, or None when the names are too uncertain to be given."""
        floor = field_table().withhold_below["mrz_names"]
        return self.lines if self.name_confidence >= floor else None


@dataclass(frozen=True, slots=True)
class _Candidate:
    cost: float
    text: str


def read(grey: Image, boxes: Sequence[TextBox], recogniser: TextRecogniser) -> MrzReading | None:
    """Return the zone of a rectified back, or None when it is not there or cannot be proven."""
    for triple in find_rows(boxes):
        pools: list[dict[str, float]] = [{}, {}, {}]
        if not _pool(pools, recogniser.read(grey, triple)):
            continue
        found = _decide(pools, 1, triple)
        for crops, (shift, factor) in enumerate(_RETRIES, start=2):
            if found is not None:
                break
            moved = [_moved(box, shift, factor) for box in triple]
            _pool(pools, recogniser.read(grey, moved))
            found = _decide(pools, crops, triple)
        if found is not None:
            return _with_names(found, grey, recogniser)
    return None


def _with_names(found: MrzReading, grey: Image, recogniser: TextRecogniser) -> MrzReading:
    """Read the third line, which no digit proves, in several crops where one leaves a doubt."""
    if found.name_confidence >= _CLEAR:
        return found
    box = found.boxes[2]
    chances: dict[str, float] = {}
    crops = recogniser.read(grey, [box, *(_moved(box, *retry) for retry in _RETRIES)])
    for line in crops:
        for candidate in _candidates(line, PATTERNS[2]):
            chance = math.exp(-candidate.cost) / len(crops)
            chances[candidate.text] = chances.get(candidate.text, 0.0) + chance
    named = {text: chance for text, chance in chances.items() if _third_holds(text)}
    recognised = min(1.0, sum(named.values()) / _LEAST_CHANCE)
    weighed = {text: chance * lexicon.zone_weight(text) for text, chance in named.items()}
    best = max(weighed, key=lambda text: weighed[text], default=found.lines[2])
    share = recognised * weighed.get(best, 0.0) / max(sum(weighed.values()), 1e-12)
    lines = (found.lines[0], found.lines[1], best)
    if rules.failed_checks(lines):
        return replace(found, name_confidence=0.0)
    return replace(found, lines=lines, name_confidence=share)


def is_foreign(grey: Image, boxes: Sequence[TextBox], recogniser: TextRecogniser) -> bool:
    """Say whether a zone is there that is clearly another document's: it begins otherwise."""
    for first, _, _ in find_rows(boxes)[:1]:
        (line,) = recogniser.read(grey, [first])
        is_zone = len(line.text) >= _FOREIGN_LENGTH and rules.FILLER in line.text
        begins = sum(a != b for a, b in zip(line.text, "IDMEX", strict=False))
        return is_zone and line.confidence > _FOREIGN_CONFIDENCE and begins > 1
    return False


def find_rows(boxes: Sequence[TextBox]) -> list[tuple[TextBox, TextBox, TextBox]]:
    """Return triples of rows that may be the zone, the likeliest first.

    Pieces of one line are joined; the lines are long, of one height and evenly spaced. Where only
    two of three were found, the third is looked for at their distance, below and above.
    """
    rows = [row for row in join(boxes, most_gap=_MOST_GAP) if row.width >= _LEAST_WIDTH]
    triples: list[tuple[float, tuple[TextBox, TextBox, TextBox]]] = []
    for i, first in enumerate(rows):
        for j in range(i + 1, len(rows)):
            for third in rows[j + 1 :]:
                uneven = _unevenness(first, rows[j], third)
                if uneven < 0.6:
                    triples.append((uneven, _aligned(first, rows[j], third)))
    if not triples:
        for upper, lower in pairwise(rows):
            pitch = lower.middle_y - upper.middle_y
            if pitch > 4 * upper.height or not _alike(upper, lower):
                continue
            triples.append((1.0, _aligned(upper, lower, _shifted(lower, pitch))))
            triples.append((1.1, _aligned(_shifted(upper, -pitch), upper, lower)))
            between = replace(upper, y0=(upper.y0 + lower.y0) / 2, y1=(upper.y1 + lower.y1) / 2)
            triples.append((1.2, _aligned(upper, between, lower)))
    return [triple for _, triple in sorted(triples, key=lambda item: item[0])[:3]]


def _alike(first: TextBox, second: TextBox) -> bool:
    return (
        0.7 < first.height / second.height < 1.43 and abs(first.x0 - second.x0) < 4 * first.height
    )


def _unevenness(first: TextBox, second: TextBox, third: TextBox) -> float:
    if not (_alike(first, second) and _alike(second, third)):
        return math.inf
    above, below = second.middle_y - first.middle_y, third.middle_y - second.middle_y
    if not 0.9 * first.height < above < 4 * first.height:
        return math.inf
    return abs(above - below) / max(above, below)


def _aligned(*rows: TextBox) -> tuple[TextBox, TextBox, TextBox]:
    """Give the three lines one left and one right end: all have thirty characters of one pitch."""
    longest = max(rows, key=lambda row: row.width)
    height = sorted(row.height for row in rows)[1]
    aligned = []
    for row in rows:
        x0, x1 = min(row.x0, longest.x0), max(row.x1, longest.x1)
        if row.x0 - longest.x0 > 3 * row.height:
            x0 = longest.x0
        drop = row.slope * (0.5 * (x0 + x1) - 0.5 * (row.x0 + row.x1))
        middle = row.middle_y + drop
        half = 0.5 * max(min(row.height, 1.25 * height), 0.8 * height)
        aligned.append(TextBox(x0, middle - half, x1, middle + half, row.slope))
    first, second, third = aligned
    return first, second, third


def _shifted(row: TextBox, distance: float) -> TextBox:
    return replace(row, y0=row.y0 + distance, y1=row.y1 + distance)


def _moved(box: TextBox, shift: float, factor: float) -> TextBox:
    middle, half = box.middle_y + shift * box.height, 0.5 * factor * box.height
    return replace(box, y0=middle - half, y1=middle + half)


def _pool(pools: list[dict[str, float]], lines: Sequence[TextLine]) -> bool:
    """Add the chances of what each line may say to its pool; can all three be MRZ lines?

    A text that several crops hold possible is likelier than one that a single crop is sure of.
    """
    whole = True
    for pool, line, pattern, rule in zip(pools, lines, PATTERNS, _RULES, strict=True):
        candidates = _candidates(line, pattern)
        whole = whole and bool(candidates)
        for candidate in candidates:
            if rule(candidate.text):
                pool[candidate.text] = pool.get(candidate.text, 0.0) + math.exp(-candidate.cost)
    return whole


def _candidates(line: TextLine, pattern: Sequence[str]) -> list[_Candidate]:
    fits = len(line.text) == len(pattern) and all(map(contains, pattern, line.text))
    if fits and line.confidence >= _CLEAR:
        return [_Candidate(-math.log(line.confidence), line.text)]
    found = ctc.fit(line.emissions, pattern)
    if found is None or found.loss > _MOST_LOSS:
        return []
    texts = ctc.cheapest(found.options, most_cost=_MOST_COST, most=_MOST_TEXTS)
    return [_Candidate(found.loss + cost, text) for cost, text in texts]


def _first_holds(line: str) -> bool:
    return str(rules.check_digit(line[5:14])) == line[14]


def _second_holds(line: str) -> bool:
    return (
        str(rules.check_digit(line[0:6])) == line[6]
        and str(rules.check_digit(line[8:14])) == line[14]
        and rules.is_calendar_date(line[0:6])
        and rules.is_calendar_date(line[8:14])
    )


def _third_holds(line: str) -> bool:
    """A name never begins or goes on after two fillers twice."""
    return "<<<" not in line.rstrip(rules.FILLER) and line.rstrip(rules.FILLER).count("<<") <= 1


_RULES = (_first_holds, _second_holds, _third_holds)


def _decide(
    pools: Sequence[dict[str, float]], crops: int, boxes: tuple[TextBox, TextBox, TextBox]
) -> MrzReading | None:
    """Choose the likeliest first and second line that share the composite digit, and the third."""
    if not all(pools):
        return None
    costs = [{text: -math.log(share / crops) for text, share in pool.items()} for pool in pools]
    pairs = sorted(
        (cost_1 + cost_2, first, second)
        for first, cost_1 in costs[0].items()
        for second, cost_2 in costs[1].items()
        if str(rules.check_digit(rules.composite_field(first, second))) == second[29]
    )
    thirds = sorted((cost, text) for text, cost in costs[2].items())
    if not pairs:
        return None
    (cost, first, second), (name_cost, third) = pairs[0], thirds[0]
    margin = pairs[1][0] - cost if len(pairs) > 1 else _MOST_COST
    name_margin = thirds[1][0] - name_cost if len(thirds) > 1 else _MOST_COST
    if cost > _MOST_PAIR_COST or margin < _LEAST_MARGIN:
        return None
    # Four digits hold: a wrong pair that passes is one in thousands of the doubt that is left.
    doubt = math.exp(-margin) / 2 + (1 - math.exp(-cost)) / 1000
    name_confidence = math.exp(-name_cost) / (1 + math.exp(-name_margin))
    lines = (first, second, third)
    if rules.failed_checks(lines):
        return None
    return MrzReading(lines, max(0.0, 1 - doubt), name_confidence, boxes)
