"""Connectionist temporal classification: from steps to text, its chance, and its rivals.

Scores are log probabilities, steps × (alphabet + blank), the blank last.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.inference.base import Emissions, Floats

_NEVER = np.float32(-1e9)
_FREE_LOSS = 3.0
_BEAM_RANGE = 7.0  # a character this much less likely than the best of its step is no rival
# The scores of a line that shows nothing.
NOTHING: Floats = np.zeros((1, 1), np.float32)


def log_softmax(logits: Floats, *, temperature: float = 1.0) -> Floats:
    """Return log probabilities over the last axis; a temperature above 1 makes them humbler."""
    scaled = logits / np.float32(temperature)
    shifted = scaled - scaled.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), np.float32)


def greedy(scores: Floats) -> tuple[list[int], list[int]]:
    """Return the classes of the best path without repeats and blanks, and the step of each."""
    path = scores.argmax(axis=1)
    blank = scores.shape[1] - 1
    starts = np.flatnonzero((path != blank) & (np.concatenate(([blank], path[:-1])) != path))
    ends = np.append(starts[1:], len(path))[: len(starts)]
    steps = []
    for start, end in zip(starts, ends, strict=True):
        # A character is read where it is surest, not where it begins.
        run = path[start:end] == path[start]
        length = int(run.argmin()) if not run.all() else len(run)
        steps.append(int(start + scores[start : start + length, path[start]].argmax()))
    return [int(c) for c in path[starts]], steps


def rivals(scores: Floats) -> list[tuple[int, ...]]:
    """Return the best text and its nearest rivals: one character another, one more, one less.

    Each is the single likeliest of its kind, so that a doubt of any kind has a name.
    """
    text, steps = greedy(scores)
    blank = scores.shape[1] - 1
    found = [tuple(text)]
    if text:
        at = scores[steps].copy()
        own = at[np.arange(len(text)), text]
        at[np.arange(len(text)), text] = _NEVER
        less = int((at[:, blank] - own).argmax())
        found.append((*text[:less], *text[less + 1 :]))
        at[:, blank] = _NEVER
        place, other = divmod(int((at - own[:, None]).argmax()), at.shape[1])
        found.append((*text[:place], other, *text[place + 1 :]))
    # Where nothing was read, what came nearest to being read.
    path = scores.argmax(axis=1)
    silent = np.where(path == blank, scores[:, :blank].max(axis=1), _NEVER)
    step = int(silent.argmax())
    if silent[step] > _NEVER:
        before = sum(s < step for s in steps)
        more = int(scores[step, :blank].argmax())
        found.append((*text[:before], more, *text[before:]))
    return found


def beam(scores: Floats, *, width: int = 8) -> list[tuple[int, ...]]:
    """Return the likeliest texts, the best first: prefixes are followed together with their rivals.

    A text's chance is summed over the alignments that end in a blank and in its last character
    (A. Graves, *Supervised Sequence Labelling with Recurrent Neural Networks*, 2012, chapter 7.5).
    Steps on which nothing but the blank is likely cost nothing.
    """
    blank = scores.shape[1] - 1
    # The log chance of each prefix, by how it ends.
    silent: dict[tuple[int, ...], float] = {(): 0.0}
    voiced: dict[tuple[int, ...], float] = {(): -math.inf}
    for step in scores:
        likely = np.flatnonzero(step > step.max() - _BEAM_RANGE)
        if len(likely) == 1 and likely[0] == blank:
            odd = float(step[blank])
            silent = {p: _sum(chance, voiced[p]) + odd for p, chance in silent.items()}
            voiced = dict.fromkeys(silent, -math.inf)
            continue
        odds = {int(c): float(step[c]) for c in likely}
        next_silent: dict[tuple[int, ...], float] = {}
        next_voiced: dict[tuple[int, ...], float] = {}
        for prefix, in_blank in silent.items():
            in_letter = voiced[prefix]
            if blank in odds:
                _add(next_silent, prefix, _sum(in_blank, in_letter) + odds[blank])
            for character, odd in odds.items():
                if character == blank:
                    continue
                if prefix and prefix[-1] == character:
                    _add(next_voiced, prefix, in_letter + odd)
                    _add(next_voiced, (*prefix, character), in_blank + odd)
                else:
                    _add(next_voiced, (*prefix, character), _sum(in_blank, in_letter) + odd)
        both = {
            prefix: _sum(next_silent.get(prefix, -math.inf), next_voiced.get(prefix, -math.inf))
            for prefix in next_silent.keys() | next_voiced.keys()
        }
        kept = heapq.nlargest(width, both, key=lambda prefix: (both[prefix], prefix))
        silent = {prefix: next_silent.get(prefix, -math.inf) for prefix in kept}
        voiced = {prefix: next_voiced.get(prefix, -math.inf) for prefix in kept}
    return list(silent)


def _sum(first: float, second: float) -> float:
    """Add two chances given as logarithms."""
    high, low = (first, second) if first > second else (second, first)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


def _add(chances: dict[tuple[int, ...], float], prefix: tuple[int, ...], chance: float) -> None:
    if chance > -math.inf:
        chances[prefix] = _sum(chances.get(prefix, -math.inf), chance)


def chances(scores: Floats, texts: Sequence[Sequence[int]]) -> Floats:
    """Return the probability of each text given its line, summed over all alignments.

    `scores` is lines × steps × classes. All lines run together: that is what makes it affordable.
    """
    count, steps, classes = scores.shape
    longest = max((len(text) for text in texts), default=0)
    blank = classes - 1
    extended = np.full((count, 2 * longest + 1), blank)
    for row, text in enumerate(texts):
        extended[row, 1 : 2 * len(text) : 2] = text
    emitted = np.exp(np.take_along_axis(scores, extended[:, None, :].repeat(steps, axis=1), axis=2))
    # A character may follow another one without a blank between, unless it is the same.
    jumps = np.zeros_like(extended, dtype=np.float32)
    jumps[:, 2:] = (extended[:, 2:] != blank) & (extended[:, 2:] != extended[:, :-2])
    alpha = np.zeros(extended.shape, np.float64)
    alpha[:, 0] = emitted[:, 0, 0]
    if longest:
        alpha[:, 1] = emitted[:, 0, 1]
    total = np.zeros(count)
    for step in range(1, steps):
        following = alpha.copy()
        following[:, 1:] += alpha[:, :-1]
        following[:, 2:] += alpha[:, :-2] * jumps[:, 2:]
        alpha = following * emitted[:, step]
        if step % 8 == 0:  # rescale before the numbers leave the range of a double
            size = np.maximum(alpha.sum(axis=1), 1e-300)
            total += np.log(size)
            alpha /= size[:, None]
    rows, ends = np.arange(count), np.array([2 * len(text) for text in texts])
    final = alpha[rows, ends] + np.where(ends > 0, alpha[rows, np.maximum(ends - 1, 0)], 0)
    return np.asarray(np.exp(np.minimum(total + np.log(np.maximum(final, 1e-300)), 0)), np.float32)


@dataclass(frozen=True, slots=True)
class Fit:
    """A line read as a pattern: per position the allowed characters, cheapest first.

    `loss` is how much worse (in log probability) the best text of the pattern explains the line
    than the best free path does; `options` holds (extra cost, character) per position; `centres`
    are the steps where the best characters stand.
    """

    text: str
    loss: float
    options: tuple[tuple[tuple[float, str], ...], ...]
    centres: tuple[int, ...]


def fit(emissions: Emissions, pattern: Sequence[str]) -> Fit | None:
    """Read a line as exactly one character of each of `pattern`'s sets; None if it cannot be.

    For each position and character this is the best whole path through it: forward scores of the
    line joined with those of the reversed line. So a lost or doubled character elsewhere in the
    greedy text does not shift the rest.
    """
    classes = sorted({emissions.alphabet.index(c) for allowed in pattern for c in allowed})
    column = {emissions.alphabet[c]: i for i, c in enumerate(classes)}
    mask = np.full((len(pattern), len(classes)), _NEVER, np.float32)
    for position, allowed in enumerate(pattern):
        mask[position, [column[c] for c in allowed]] = 0
    letters = np.ascontiguousarray(emissions.scores[:, classes])
    blanks = emissions.scores[:, emissions.blank]
    ahead = _forward(letters, blanks, mask)
    behind = _forward(letters[::-1], blanks[::-1], mask[::-1])[::-1, ::-1]
    through = ahead + behind - letters[:, None, :]
    best = through.max(axis=0) + mask
    score = float(best[0].max())
    if score < -1e8:
        return None
    options = tuple(_ranked(row, score, classes, emissions.alphabet) for row in best)
    text = "".join(ranked[0][1] for ranked in options)
    centres = tuple(
        int(through[:, position, column[c]].argmax()) for position, c in enumerate(text)
    )
    return Fit(text, float(emissions.scores.max(axis=1).sum()) - score, options, centres)


def posterior(found: Fit) -> float:
    """Return the chance that every character of a fit is right, given that the pattern holds.

    A look-alike outside of the pattern, such as O for 0, costs little: it is no rival.
    """
    chance = math.exp(-max(0.0, found.loss - _FREE_LOSS))
    for ranked in found.options:
        chance /= sum(math.exp(-cost) for cost, _ in ranked)
    return chance


def _forward(letters: Floats, blanks: Floats, mask: Floats) -> Floats:
    """Return, per step, position and class, the best path that is emitting it at that step."""
    steps, (positions, _) = len(letters), mask.shape
    states = np.full((steps, *mask.shape), _NEVER, np.float32)
    current = np.full(mask.shape, _NEVER, np.float32)
    waiting = np.full(positions + 1, _NEVER, np.float32)  # in a blank after so many characters
    waiting[0] = 0
    entry = np.empty_like(mask)
    rows = np.arange(positions - 1)
    for step in range(steps):
        entry[:] = waiting[:-1, None]
        if positions > 1:
            # The best other character before this one; the same one needs a blank between.
            before = current[:-1]
            first = before.argmax(axis=1)
            top = before[rows, first]
            rivals = before.copy()
            rivals[rows, first] = _NEVER
            np.maximum(entry[1:], top[:, None], out=entry[1:])
            entry[rows + 1, first] = np.maximum(waiting[1:-1], rivals.max(axis=1))
        ended = current.max(axis=1)
        current = np.maximum(current, entry) + letters[step] + mask
        waiting[1:] = np.maximum(waiting[1:], ended)
        waiting += blanks[step]
        states[step] = current
    return states


def _ranked(
    row: Floats, score: float, classes: Sequence[int], alphabet: str
) -> tuple[tuple[float, str], ...]:
    order = np.argsort(-row)
    return tuple(
        (score - float(row[i]), alphabet[classes[int(i)]]) for i in order[:6] if row[i] > -1e8
    )


def cheapest(
    options: Sequence[Sequence[tuple[float, str]]], *, most_cost: float, most: int = 400
) -> Iterator[tuple[float, str]]:
    """Yield texts made of one option per position, cheapest first, up to a cost and a number."""
    start = (0,) * len(options)
    first_cost = sum(ranked[0][0] for ranked in options)
    queue: list[tuple[float, tuple[int, ...]]] = [(first_cost, start)]
    seen = {start}
    for _ in range(most):
        if not queue:
            return
        cost, choice = heapq.heappop(queue)
        if cost > most_cost:
            return
        yield cost, "".join(options[i][k][1] for i, k in enumerate(choice))
        for i, k in enumerate(choice):
            if k + 1 >= len(options[i]) or options[i][k + 1][0] > most_cost:
                continue
            following = (*choice[:i], k + 1, *choice[i + 1 :])
            if following not in seen:
                seen.add(following)
                heapq.heappush(queue, (cost - options[i][k][0] + options[i][k + 1][0], following))


@dataclass(frozen=True, slots=True)
class Choice:
    """The cheapest text that passes a rule, and how far behind the next one is."""

    text: str
    cost: float
    margin: float


def choose(found: Fit, rule: Callable[[str], bool], *, most_cost: float) -> Choice | None:
    """Return the cheapest text of a fit that passes the rule.

    The rule chooses among what the recogniser itself held possible; it never adds a character.
    """
    best: tuple[float, str] | None = None
    for cost, text in cheapest(found.options, most_cost=2 * most_cost):
        if not rule(text):
            continue
        if best is None:
            if cost > most_cost:
                return None
            best = (cost, text)
        else:
            return Choice(best[1], best[0], cost - best[0])
    return None if best is None else Choice(best[1], best[0], 2 * most_cost - best[0])


def steps_to_x(emissions: Emissions, steps: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the card x of the middle of each step."""
    share = (np.asarray(steps, np.float64) + 0.5) / len(emissions.scores)
    return emissions.x0 + share * (emissions.x1 - emissions.x0)
