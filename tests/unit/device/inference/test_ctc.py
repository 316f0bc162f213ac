import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.inference import ctc
from device.inference.base import Emissions, Floats

ALPHABET = "AB1"


def random_scores(seed: int, steps: int) -> Floats:
    logits = np.random.default_rng(seed).normal(0, 2, (steps, len(ALPHABET) + 1))
    return ctc.log_softmax(logits.astype(np.float32))


def collapse(path: tuple[int, ...], blank: int) -> tuple[int, ...]:
    merged = [c for i, c in enumerate(path) if i == 0 or c != path[i - 1]]
    return tuple(c for c in merged if c != blank)


def by_hand(scores: Floats) -> dict[tuple[int, ...], tuple[float, float]]:
    """Sum and maximum of the probability of every text over all paths."""
    found: dict[tuple[int, ...], tuple[float, float]] = {}
    steps, classes = scores.shape
    for path in itertools.product(range(classes), repeat=steps):
        chance = float(np.exp(sum(scores[i, c] for i, c in enumerate(path))))
        total, best = found.get(collapse(path, classes - 1), (0.0, 0.0))
        found[collapse(path, classes - 1)] = (total + chance, max(best, chance))
    return found


class TestGreedy:
    def test_merges_repeats_and_drops_blanks(self) -> None:
        path = [0, 0, 3, 0, 1, 3, 3, 2]
        scores = np.full((8, 4), -9, np.float32)
        scores[range(8), path] = 0
        classes, steps = ctc.greedy(scores)
        assert classes == [0, 0, 1, 2]
        assert steps == [0, 3, 4, 7]

    def test_reads_nothing_in_blanks(self) -> None:
        scores = np.full((5, 4), -9, np.float32)
        scores[:, 3] = 0
        assert ctc.greedy(scores) == ([], [])


class TestChances:
    @settings(deadline=None, max_examples=20)
    @given(st.integers(0, 10_000), st.integers(2, 5))
    def test_agree_with_the_sum_over_all_paths(self, seed: int, steps: int) -> None:
        scores = random_scores(seed, steps)
        texts = by_hand(scores)
        batch = np.repeat(scores[None], len(texts), axis=0)
        found = ctc.chances(batch, list(texts))
        assert found == pytest.approx([total for total, _ in texts.values()], abs=1e-4)

    def test_stay_finite_on_long_lines(self) -> None:
        scores = random_scores(1, 96)[None]
        assert 0 <= float(ctc.chances(scores, [[0, 1] * 20])[0]) <= 1


class TestFit:
    @settings(deadline=None, max_examples=25)
    @given(st.integers(0, 10_000), st.integers(3, 6), st.integers(1, 3))
    def test_finds_the_best_text_of_the_pattern(self, seed: int, steps: int, length: int) -> None:
        scores = random_scores(seed, steps)
        allowed = [ALPHABET[: 1 + (seed + i) % 3] for i in range(length)]
        texts = {
            "".join(ALPHABET[c] for c in classes): best
            for classes, (_, best) in by_hand(scores).items()
            if len(classes) == length
            and all(ALPHABET[c] in letters for c, letters in zip(classes, allowed, strict=True))
        }
        found = ctc.fit(Emissions(scores, ALPHABET, 0, 100), allowed)
        if not texts:
            assert found is None
            return
        assert found is not None
        best = max(texts.values())
        assert texts[found.text] == pytest.approx(best, rel=1e-3)
        free = float(scores.max(axis=1).sum())
        assert found.loss == pytest.approx(free - np.log(best), abs=1e-3)

    def test_gives_each_rival_the_cost_of_its_own_best_path(self) -> None:
        scores = random_scores(7, 5)
        found = ctc.fit(Emissions(scores, ALPHABET, 0, 100), [ALPHABET, ALPHABET])
        assert found is not None
        best = {
            text: np.log(chance) for text, (_, chance) in by_hand(scores).items() if len(text) == 2
        }
        top = max(best.values())
        for position, ranked in enumerate(found.options):
            for cost, letter in ranked:
                own = max(v for t, v in best.items() if t[position] == ALPHABET.index(letter))
                assert cost == pytest.approx(top - own, abs=1e-3)


class TestCheapest:
    def test_yields_by_rising_cost_up_to_the_limit(self) -> None:
        options = [((0.0, "A"), (1.0, "B")), ((0.0, "X"), (0.4, "Y"), (3.0, "Z"))]
        found = list(ctc.cheapest(options, most_cost=1.5))
        assert [text for _, text in found] == ["AX", "AY", "BX", "BY"]
        assert [cost for cost, _ in found] == pytest.approx([0, 0.4, 1, 1.4])


class TestRivals:
    def test_names_the_likeliest_doubt_of_each_kind(self) -> None:
        odds = np.full((7, 4), 1e-4, np.float32)
        odds[[0, 2, 4, 6], 3] = 1
        odds[1, 0], odds[1, 3] = 0.6, 0.4  # A, or nothing
        odds[3, 1], odds[3, 2] = 0.7, 0.3  # B, or 1
        odds[5, 0] = 1
        odds[4, 2], odds[4, 3] = 0.2, 0.8  # nothing, or 1
        found = ctc.rivals(np.log(odds / odds.sum(axis=1, keepdims=True)))
        assert set(found) == {(0, 1, 0), (1, 0), (0, 2, 0), (0, 1, 2, 0)}

    def test_has_no_text_to_change_where_nothing_was_read(self) -> None:
        scores = np.full((3, 4), -9, np.float32)
        scores[:, 3] = 0
        assert ctc.rivals(scores)[0] == ()


class TestBeam:
    @given(st.integers(0, 2**32 - 1))
    def test_finds_the_text_whose_alignments_add_up_to_most(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        scores = ctc.log_softmax(rng.normal(0, 2, (6, 4)).astype(np.float32))
        texts = [t for length in range(4) for t in itertools.product(range(3), repeat=length)]
        chances = ctc.chances(np.repeat(scores[None], len(texts), axis=0), texts)
        found = ctc.beam(scores, width=64)
        assert found[0] == texts[int(chances.argmax())] or len(found[0]) > 3

    def test_puts_a_rival_of_two_characters_beside_the_best_text(self) -> None:
        chances = np.full((6, 4), 0.001, np.float32)
        for step, shares in enumerate(
            [{0: 0.6, 1: 0.4}, {}, {2: 0.999}, {}, {0: 0.55, 1: 0.45}, {}]
        ):
            chances[step, 3] = 0.999 if not shares else 0.001
            for character, share in shares.items():
                chances[step, character] = share
        found = ctc.beam(np.log(chances))
        assert found[0] == (0, 2, 0)
        assert {(0, 2, 1), (1, 2, 0), (1, 2, 1)} <= set(found)
