"""Reads CURP and clave de elector: a known form, a check digit, and two witnesses of one person.

The CURP proves itself by its digit. The clave has none, but shares birth, sex, entity and six
letters with the CURP; where the two disagree by what the recogniser was in doubt about, the
cheapest pair that agrees is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from device.inference import ctc
from device.inference.base import TextBox, TextLine
from device.inference.labels import Fragment, squeeze
from domain import entidades
from domain.credential.clave_elector import ClaveElector, parse_clave_elector
from domain.credential.curp import Curp, parse_curp
from domain.errors import ClaveElectorError, CurpError

_DIGIT, _LETTER = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CONSONANT = "BCDFGHJKLMNPQRSTVWXYZ"
_ENTITY_FIRST = "".join(sorted({letters[0] for letters in entidades.LETTERS}))
_ENTITY_SECOND = "".join(sorted({letters[1] for letters in entidades.LETTERS}))

CURP_PATTERN: tuple[str, ...] = (
    _LETTER, "AEIOUX", _LETTER, _LETTER, *[_DIGIT] * 6, "HMX", _ENTITY_FIRST, _ENTITY_SECOND,
    *[_CONSONANT] * 3, _DIGIT + _LETTER, _DIGIT,
)  # fmt: skip
CLAVE_PATTERN: tuple[str, ...] = (
    *[_LETTER, _CONSONANT] * 3, *[_DIGIT] * 8, "HMX", *[_DIGIT] * 3,
)  # fmt: skip

_MOST_LOSS = 9.0
_MOST_COST = 5.0
_LEAST_MARGIN = 1.2
_MOST_TEXTS = 80


@dataclass(frozen=True, slots=True)
class Identifier:
    """One chosen value. `confidence` is the chance that it is right, given all that proves it."""

    text: str
    confidence: float
    box: TextBox


@dataclass(frozen=True, slots=True)
class Candidates:
    """Texts of one field by cost, all of its form; cost is in log probability, 0 is certain."""

    texts: tuple[tuple[float, str], ...]
    box: TextBox

    @property
    def best(self) -> float:
        return self.texts[0][0] if self.texts else math.inf


def is_curp(text: str) -> bool:
    try:
        parse_curp(text)
    except CurpError:
        return False
    return True


def is_clave(text: str) -> bool:
    try:
        parse_clave_elector(text)
    except ClaveElectorError:
        return False
    return True


def find_curp(fragments: Sequence[Fragment]) -> Candidates | None:
    """Return what may be the CURP among the values of a front."""
    return _find(fragments, CURP_PATTERN, is_curp)


def find_clave(fragments: Sequence[Fragment]) -> Candidates | None:
    """Return what may be the clave de elector among the values of a front."""
    return _find(fragments, CLAVE_PATTERN, is_clave)


def _find(
    fragments: Sequence[Fragment], pattern: Sequence[str], rule: Callable[[str], bool]
) -> Candidates | None:
    best: Candidates | None = None
    for fragment in fragments:
        letters, _ = squeeze(fragment.text)
        if fragment.label is not None or not 16 <= len(letters) <= 20:
            continue
        if sum(c.isdigit() for c in letters) < 6:
            continue
        found = _candidates(fragment, pattern, rule)
        if found.texts and (best is None or found.best < best.best):
            best = found
    return best


def _candidates(
    fragment: Fragment, pattern: Sequence[str], rule: Callable[[str], bool]
) -> Candidates:
    emissions = fragment.line.emissions
    if not fragment.is_whole:
        emissions = part(fragment.line, fragment.start, fragment.end).emissions
    found = ctc.fit(emissions, pattern)
    if found is None or found.loss > _MOST_LOSS:
        return Candidates((), fragment.box)
    texts = (
        (found.loss + cost, text)
        for cost, text in ctc.cheapest(found.options, most_cost=2 * _MOST_COST, most=_MOST_TEXTS)
        if rule(text)
    )
    return Candidates(tuple(texts), fragment.box)


def part(line: TextLine, start: int, end: int) -> TextLine:
    """Return a line whose scores cover some of its characters alone: the steps between their
    neighbours' middles."""
    emissions = line.emissions
    steps = len(emissions.scores)
    width = (emissions.x1 - emissions.x0) / steps
    at = [(c.x - emissions.x0) / width for c in line.characters]
    first = 0 if start == 0 else int(np.ceil(0.5 * (at[start - 1] + at[start])))
    last = steps if end >= len(at) else int(np.floor(0.5 * (at[end - 1] + at[end])))
    scores = emissions.scores[first : max(last, first + 1)]
    cut = type(emissions)(
        scores,
        emissions.alphabet,
        emissions.x0 + first * width,
        emissions.x0 + (first + len(scores)) * width,
    )
    return TextLine(
        line.text[start:end], line.confidence, line.box, line.characters[start:end], cut
    )


def decide(
    claves: Candidates | None, curps: Candidates | None
) -> tuple[Identifier | None, Identifier | None]:
    """Return the clave and the CURP; each is None when no text of it stands out."""
    if claves is None or curps is None or not claves.texts or not curps.texts:
        return _alone(claves, proof=1.0), _alone(curps, proof=0.1)
    pairs = sorted(
        (clave_cost + curp_cost, clave, curp)
        for clave_cost, clave in claves.texts
        for curp_cost, curp in curps.texts
        if agree(parse_clave_elector(clave), parse_curp(curp))
    )
    alone = claves.best + curps.best
    if not pairs or pairs[0][0] - alone > _MOST_COST:
        # They truly disagree: an honest misprint or a forgery, which the checks will name.
        return _alone(claves, proof=1.0), _alone(curps, proof=0.1)
    cost, clave, curp = pairs[0]
    clave_margin = min((c - cost for c, other, _ in pairs if other != clave), default=_MOST_COST)
    curp_margin = min((c - cost for c, _, other in pairs if other != curp), default=_MOST_COST)
    # The clave's last three digits have no witness: their doubt is in the margin alone.
    return (
        _identifier(clave, clave_margin, cost, claves.box, proof=0.3),
        _identifier(curp, curp_margin, cost, curps.box, proof=0.01),
    )


def agree(clave: ClaveElector, curp: Curp) -> bool:
    """Say whether a clave and a CURP can be of one person."""
    return (
        clave.letters[0::2] == curp.initials[0] + curp.initials[2] + curp.initials[3]
        and clave.letters[1::2] == curp.consonants
        and clave.birth == f"{curp.born_on:%y%m%d}"
        and clave.sex == curp.sex
        and entidades.same_entidad(clave.entidad, curp.entidad)
    )


def _alone(candidates: Candidates | None, *, proof: float) -> Identifier | None:
    if candidates is None or not candidates.texts:
        return None
    cost, text = candidates.texts[0]
    margin = candidates.texts[1][0] - cost if len(candidates.texts) > 1 else _MOST_COST
    return _identifier(text, margin, cost, candidates.box, proof=proof)


def _identifier(
    text: str, margin: float, cost: float, box: TextBox, *, proof: float
) -> Identifier | None:
    """`proof` is the chance that a wrong text passes what this one passed."""
    if margin < _LEAST_MARGIN or cost > _MOST_LOSS:
        return None
    doubt = math.exp(-margin) + (1 - math.exp(-cost)) * proof
    return Identifier(text, max(0.0, 1 - doubt), box)
