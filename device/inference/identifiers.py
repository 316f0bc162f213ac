"""Reads CURP and clave de elector: a known form, a check digit, and two witnesses of one person.

The CURP proves itself by its digit. The clave has none, but shares birth, sex, entity and six
letters with the CURP; where the two disagree by what the recogniser was in doubt about, the
cheapest pair that agrees is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from device.inference import ctc
from device.inference.base import TextBox
from device.inference.labels import (
    Fragment,
    certainty,
    emissions_of,
    squeeze,
    with_look_alikes,
    without_spaces,
)
from device.inference.look import LookAgain, views
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
_FREE_LOSS = 2.0
_MOST_COST = 5.0
_LEAST_MARGIN = 1.2
_MOST_TEXTS = 80
_LEAST_DIGITS = 4  # of nine or ten: some may have been read as letters
_YOUNGEST, _OLDEST = 17, 115  # years: who turns 18 before the next election may enrol at 17
_CLEAR = 0.98  # a value read with this confidence needs no look at its rivals


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


def is_curp(text: str, today: date | None = None) -> bool:
    """Say whether a text is a CURP, and of a person who can vote.

    The check digit takes 0 and O for the same; the homoclave's kind gives the century, and only
    one of the two makes a living adult.
    """
    try:
        parsed = parse_curp(text)
    except CurpError:
        return False
    if today is None:
        return True
    return _YOUNGEST <= today.year - parsed.born_on.year <= _OLDEST


def is_clave(text: str) -> bool:
    try:
        parse_clave_elector(text)
    except ClaveElectorError:
        return False
    return True


def read_identifiers(
    fragments: Sequence[Fragment], look: LookAgain, *, today: date | None = None
) -> tuple[Identifier | None, Identifier | None]:
    """Return the clave de elector and the CURP among the values of a front."""
    is_living_curp = partial(is_curp, today=today)
    claves, curps = _clear(fragments, is_clave), _clear(fragments, is_living_curp)
    if claves is not None and curps is not None:
        decided = decide(claves, curps)
        if all(decided):
            return decided
    # Something is in doubt: weigh every rival of every character.
    return decide(
        _find(fragments, CLAVE_PATTERN, is_clave, look),
        _find(fragments, CURP_PATTERN, is_living_curp, look),
    )


def _clear(fragments: Sequence[Fragment], rule: Callable[[str], bool]) -> Candidates | None:
    """Return the value that was read without doubt and keeps the rule."""
    for fragment in fragments:
        letters, _ = squeeze(fragment.text)
        if fragment.label is None and len(letters) == len(CURP_PATTERN) and rule(letters):
            chance = certainty(fragment)
            if chance >= _CLEAR:
                return Candidates(((-math.log(chance), letters),), fragment.box)
    return None


def _find(
    fragments: Sequence[Fragment],
    pattern: Sequence[str],
    rule: Callable[[str], bool],
    look: LookAgain,
) -> Candidates | None:
    best: tuple[float, Fragment] | None = None
    for fragment in fragments:
        letters, _ = squeeze(fragment.text)
        if fragment.label is not None or not 16 <= len(letters) <= 20:
            continue
        if sum(c.isdigit() for c in letters) < _LEAST_DIGITS:
            continue
        found = ctc.fit(with_look_alikes(without_spaces(emissions_of(fragment))), pattern)
        if found is not None and found.loss < _MOST_LOSS and (not best or found.loss < best[0]):
            best = (found.loss, fragment)
    return _candidates(best[1], pattern, rule, look) if best is not None else None


def _candidates(
    fragment: Fragment, pattern: Sequence[str], rule: Callable[[str], bool], look: LookAgain
) -> Candidates:
    """Return the texts that keep the rule, by their mean chance over several crops."""
    chances: dict[str, float] = {}
    crops = views(fragment, look)
    for emissions in crops:
        found = ctc.fit(with_look_alikes(without_spaces(emissions)), pattern)
        if found is None or found.loss > _MOST_LOSS:
            continue
        # Look-alikes outside of the pattern are no rivals: the form of the value is certain.
        loss = max(0.0, found.loss - _FREE_LOSS)
        most = 2 * _MOST_COST
        for cost, text in ctc.cheapest(found.options, most_cost=most, most=_MOST_TEXTS):
            if rule(text):
                chances[text] = chances.get(text, 0.0) + math.exp(-loss - cost) / len(crops)
    ranked = sorted((-math.log(min(chance, 1.0)), text) for text, chance in chances.items())
    return Candidates(tuple(ranked), fragment.box)


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
